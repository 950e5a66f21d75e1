"""Amazon CloudWatch Logs: what the operator reads of log streams."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call

MOST_LISTED = 50
"""How many streams AWS lists in one answer (CloudWatch Logs API, DescribeLogStreams)."""


def newest_streams(client: Any, group: str) -> list[Mapping[str, Any]]:
    """The streams of a group that were written to last, up to `MOST_LISTED`. Raises AwsError, of the kind GONE where there is no group."""
    asked = {"logGroupName": group, "orderBy": "LastEventTime", "descending": True, "limit": MOST_LISTED}
    return list(call(client, "DescribeLogStreams", asked).get("logStreams", []))


def last_events(client: Any, group: str, stream: str, *, count: int) -> list[str]:
    """The messages of a stream's last events, in the order of their writing. Raises AwsError."""
    asked = {"logGroupName": group, "logStreamName": stream, "limit": count, "startFromHead": False}
    return [str(event.get("message", "")) for event in call(client, "GetLogEvents", asked).get("events", [])]
