"""Calls by name: any operation of any service, as planning asks for them."""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from mwaa_operator.aws.errors import translated

_REFUSED = {"DeleteObjects": "Errors", "DeleteVpcEndpoints": "Unsuccessful"}
"""Operations on several things at once, and where their answer, which is always a good one, lists what was not done."""


def call(client: Any, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a call, named as AWS does, with AWS's own members. Raises AwsError."""
    service = client.meta.service_model.signing_name
    with translated(operation, service=service):
        answer: Mapping[str, Any] = getattr(client, xform_name(operation))(**parameters)
        _refuse(operation, answer)
        return answer


def pages(client: Any, operation: str, result: str, parameters: Mapping[str, Any]) -> list[Any]:
    """All that a listing call gives under `result`, over as many pages as it takes. Raises AwsError."""
    service = client.meta.service_model.signing_name
    with translated(operation, service=service):
        pager = client.get_paginator(xform_name(operation))
        return [item for page in pager.paginate(**parameters) for item in page.get(result, [])]


def found_in(answer: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path of an answer (Vpc.VpcId); None where nothing does."""
    found: Any = answer
    for member in path.split("."):
        found = found.get(member) if isinstance(found, Mapping) else None
    return found


def _refuse(operation: str, answer: Mapping[str, Any]) -> None:
    """Raise boto3's error for the first thing that was not done."""
    for refused in answer.get(_REFUSED.get(operation, ""), []):
        error = refused.get("Error", refused)
        details = {"Code": error.get("Code", "Unknown"), "Message": error.get("Message", "")}
        raise ClientError({"Error": details, "ResponseMetadata": answer.get("ResponseMetadata", {})}, operation)
