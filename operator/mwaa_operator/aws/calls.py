"""Calls by name: any operation of any service, as planning asks for them."""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from mwaa_operator.aws.errors import translated


def call(client: Any, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a call, named as AWS does, with AWS's own members. Raises AwsError."""
    service = client.meta.service_model.signing_name
    with translated(operation, service=service):
        answer: Mapping[str, Any] = getattr(client, xform_name(operation))(**parameters)
        return answer


def pages(client: Any, operation: str, result: str, parameters: Mapping[str, Any]) -> list[Any]:
    """All that a listing call gives under `result`, over as many pages as it takes. Raises AwsError."""
    service = client.meta.service_model.signing_name
    with translated(operation, service=service):
        pager = client.get_paginator(xform_name(operation))
        return [item for page in pager.paginate(**parameters) for item in page.get(result, [])]
