"""Amazon CloudWatch Logs: what the operator asks about log groups."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call, pages


def log_groups(client: Any, prefix: str) -> list[Mapping[str, Any]]:
    """The log groups whose names begin so. Raises AwsError."""
    return pages(client, "DescribeLogGroups", "logGroups", {"logGroupNamePrefix": prefix})


def tags(client: Any, arn: str) -> Mapping[str, str]:
    """The tags of a log group, by its ARN without an asterisk at the end. Raises AwsError, of the kind GONE where it is not there."""
    found: Mapping[str, str] = call(client, "ListTagsForResource", {"resourceArn": arn}).get("tags", {})
    return found
