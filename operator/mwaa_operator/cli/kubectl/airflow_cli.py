"""`kubectl mwaa cli`: a command of Airflow's own command line, run by MWAA in the environment."""

import sys
from typing import Annotated

import typer

from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import Found
from mwaa_operator.cli.kubectl.options import Context, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import emit

FAILED = 1


def cli(
    *,
    name: Name,
    words: Annotated[
        list[str], typer.Argument(metavar="COMMAND", help="Of Airflow's CLI, after --, without `airflow` before it.")
    ],
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Run a command of Airflow's CLI, such as `cli NAME -- dags list`. Needs airflow:CreateCliToken.

    Exit code: 0 the command went well, 1 it did not.
    """
    document = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig).environment(name).json()
    from mwaa_operator.cli.kubectl.airflow import Airflow

    command = words[1:] if words[0] == "airflow" and len(words) > 1 else words
    done = Airflow(document).command(command)
    if output:
        emit({"succeeded": done.succeeded, "stdout": done.stdout, "stderr": done.stderr}, output)
    else:
        sys.stdout.write(done.stdout)
        sys.stdout.flush()
        sys.stderr.write(done.stderr)
    if not done.succeeded:
        raise Found(FAILED)
