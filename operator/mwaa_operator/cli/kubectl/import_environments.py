"""`kubectl mwaa import`: existing environments as MwaaEnvironments that change nothing when they are applied."""

import sys
from typing import Annotated

import typer

from mwaa_operator.cli.kubectl.endings import Found, ProblemError
from mwaa_operator.cli.kubectl.options import Output
from mwaa_operator.cli.kubectl.output import emit, note

_GOING = frozenset({"DELETING", "DELETED", "CREATE_FAILED"})
"""Statuses in which there is nothing to be taken over."""


def import_environments(
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The one environment of this name.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All environments of the Region that no operator looks after.")
    ] = False,
    region: Annotated[str | None, typer.Option("--region", help="AWS Region; left out: as boto3 finds it.")] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", help="Namespace to write into them; left out: none is named.")
    ] = None,
    output: Output = None,
) -> None:
    """Write YAML of environments that exist in AWS. Applied, it takes them over (adoption: Adopt) and changes nothing."""
    if (name is None) is not everything:
        raise ProblemError("It takes either --name NAME or --all.", "`-h` explains both.")
    from mwaa_operator.cli.kubectl.aws_client import Aws
    from mwaa_operator.cli.kubectl.imported import as_yaml_text, imported, is_owned, object_names

    aws = Aws("mwaa", region)
    names = [name] if name else sorted(aws.pages("ListEnvironments", "Environments", {}))
    called, documents, flawed = object_names(names), [], False
    for each in names:
        missing = f"There is no environment {each} in {aws.region}. --all shows those that there are."
        found = aws.call("GetEnvironment", {"Name": each}, missing=missing)["Environment"]
        if found.get("Status") in _GOING:
            note(f"{each} is left out: it is {found['Status']}.")
            continue
        if everything and is_owned(found):
            note(f"{each} is left out: its tags say that an operator looks after it already.")
            continue
        document, remarks = imported(found, name=called[each], region=aws.region, namespace=namespace)
        for remark in remarks:
            note(f"{each}: {remark.text}")
        flawed = flawed or any(remark.flaw for remark in remarks)
        documents.append((document, remarks))
    if output:
        emit({"apiVersion": "v1", "kind": "List", "items": [document for document, _ in documents]}, output)
    else:
        sys.stdout.write("---\n".join(as_yaml_text(document, remarks) for document, remarks in documents))
    if not documents:
        note(f"There is no environment to import in {aws.region}.")
    if flawed:
        raise Found(1)
