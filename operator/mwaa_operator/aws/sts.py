"""AWS STS: who the operator is."""

from typing import Any

from mwaa_operator.aws.errors import translated


def account_id(client: Any) -> str:
    """The number of the account that the credentials belong to. Raises AwsError."""
    with translated("GetCallerIdentity", service="sts"):
        return str(client.get_caller_identity()["Account"])
