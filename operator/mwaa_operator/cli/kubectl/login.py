"""`kubectl mwaa login`: the Airflow UI, signed in with the caller's own AWS identity."""

import os
import sys
import webbrowser
from typing import Annotated
from urllib.parse import urlsplit

import typer

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Context, Kubeconfig, Name, Namespace, Output
from mwaa_operator.cli.kubectl.output import emit, note

SANDBOX_ENDPOINT = "MWAA_OPERATOR_WEBSERVER_ENDPOINT"
"""The variable that says where the web servers of a sandbox are; AWS's are where AWS says."""


def login(
    *,
    name: Name,
    show: Annotated[
        bool,
        typer.Option("--print", help="Print the address instead of opening it. It is a password, good for 60 seconds."),
    ] = False,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Open the Airflow UI in a browser, signed in. Needs airflow:CreateWebLoginToken for a role of the environment."""
    document = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig).environment(name).json()
    from mwaa_operator.cli.kubectl.aws_client import Aws

    aws, environment = Aws("mwaa", view.region(document), of=document), view.name_in_aws(document)
    missing = (
        f"There is no web server of {environment} in {aws.region} now. "
        f"`kubectl mwaa status {view.named(document)}` says how it stands."
    )
    answer = aws.call("CreateWebLoginToken", {"Name": environment}, missing=missing)
    webserver = _webserver(str(answer["WebServerHostname"]).removeprefix("https://"))
    address = f"{webserver}/aws_mwaa/aws-console-sso?login=true#{answer['WebToken']}"
    if view.member(document, "status.environment.webserverAccessMode") == "PRIVATE_ONLY":
        note("Its web server is private: the browser has to be within its VPC, or come by a VPN.")
    if output:
        emit(
            {
                "url": address,
                "iamIdentity": answer.get("IamIdentity"),
                "airflowIdentity": answer.get("AirflowIdentity"),
            },
            output,
        )
    elif show:
        sys.stdout.write(address + "\n")
    elif webbrowser.open(address):
        note(f"Opened {webserver} as {answer.get('AirflowIdentity') or answer.get('IamIdentity') or 'you'}.")
    else:
        raise ProblemError(
            "There is no browser here.", "--print shows the address, to be opened elsewhere within 60 seconds."
        )


def _webserver(host: str) -> str:
    """Where a browser finds it. A sandbox's names lead nowhere, and browsers take every name below localhost to this machine (RFC 6761)."""
    endpoint = os.environ.get(SANDBOX_ENDPOINT)
    if not endpoint:
        return f"https://{host}"
    where = urlsplit(endpoint)
    return f"{where.scheme}://{host.partition('.')[0]}.localhost{f':{where.port}' if where.port else ''}"
