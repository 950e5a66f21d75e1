"""Amazon MWAA, operation by operation (API version 2020-07-01). No decisions, no retries beyond boto3's own."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.errors import translated
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.observation import AwsEnvironment

_OPERATIONS = {
    "CreateEnvironment": "create_environment",
    "UpdateEnvironment": "update_environment",
    "DeleteEnvironment": "delete_environment",
    "TagResource": "tag_resource",
    "UntagResource": "untag_resource",
}


def get_environment(client: Any, name: str) -> AwsEnvironment | None:
    """The environment, or None if AWS knows none of that name. Raises AwsError."""
    try:
        with translated("GetEnvironment"):
            return AwsEnvironment(client.get_environment(Name=name)["Environment"])
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return None
        raise


def call(client: Any, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make one of the mutating calls, named as AWS does, with AWS's own members. Raises AwsError."""
    method = getattr(client, _OPERATIONS[operation])
    with translated(operation):
        answer: Mapping[str, Any] = method(**parameters)
        return answer
