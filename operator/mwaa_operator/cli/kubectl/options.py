"""The options that commands share. Each command imports this, so it imports nothing itself that takes time."""

from enum import StrEnum
from typing import Annotated

import typer

from mwaa_operator.cli.kubectl.cluster import RESOURCE, Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError


class Format(StrEnum):
    """How programs want it."""

    JSON = "json"
    YAML = "yaml"


def complete_name(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the MwaaEnvironments that begin so."""
    chosen = context.params
    cluster = Cluster(
        namespace=chosen.get("namespace"), context=chosen.get("context"), kubeconfig=chosen.get("kubeconfig")
    )
    try:
        found = cluster.ask("get", RESOURCE, "--output=name", "--request-timeout=2s").text().split()
    except ProblemError:
        return []
    return [name for each in found if (name := each.rpartition("/")[2]).startswith(incomplete)]


Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the MwaaEnvironment.", autocompletion=complete_name)]
Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", help="Names of MwaaEnvironments.", autocompletion=complete_name)
]
OptionalName = Annotated[
    str | None, typer.Argument(metavar="NAME", help="Name of the MwaaEnvironment.", autocompletion=complete_name)
]
Namespace = Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace; left out: that of the context.")]
Context = Annotated[str | None, typer.Option("--context", help="Context of the kubeconfig.")]
Kubeconfig = Annotated[str | None, typer.Option("--kubeconfig", help="Path of the kubeconfig.")]
Output = Annotated[Format | None, typer.Option("--output", "-o", help="Format for programs; left out: for people.")]
File = Annotated[
    str | None,
    typer.Option("--filename", "-f", metavar="FILE", help="A file with one MwaaEnvironment; - is standard input."),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Ask neither the cluster nor AWS; judge by what the file says.")
]
Region = Annotated[
    str | None, typer.Option("--region", help="AWS Region, where the spec names none; left out: as boto3 finds it.")
]
