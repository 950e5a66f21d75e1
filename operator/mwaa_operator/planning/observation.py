"""What was seen in AWS, as plain data.

A thin view over GetEnvironment's answer: it keeps AWS's member names, so that a reader can hold it beside the API reference, and adds
only what the service is known to leave open (`mwaa-behaviour.md` §1.2, §2).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MASKED = "***"
"""What GetEnvironment returns in place of some sensitive option values (`mwaa-behaviour.md` §1.2)."""

_AWS_ITSELF = re.compile(r"maintenance|internal|mwaa", re.IGNORECASE)
"""`LastUpdate.Source` names internal processes of MWAA, environment maintenance among them; the exact values are not documented
(`mwaa-behaviour.md` §2)."""


@dataclass(frozen=True, kw_only=True)
class LastUpdate:
    """The outcome of AWS's last operation on an environment, failed creates included."""

    status: str | None = None
    created_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    source: str | None = None

    @property
    def failed(self) -> bool:
        return self.status == "FAILED"

    @property
    def made_by_aws(self) -> bool:
        """Whether AWS's own doings caused it. A caller's ARN may contain any word."""
        source = self.source or ""
        return not source.startswith("arn:") and bool(_AWS_ITSELF.search(source))


@dataclass(frozen=True)
class AwsEnvironment:
    """The `Environment` member of a GetEnvironment answer. Not shown in reprs, for it may hold option values."""

    document: Mapping[str, Any] = field(repr=False)

    @property
    def status(self) -> str:
        return str(self.document.get("Status", "UNKNOWN"))

    @property
    def arn(self) -> str | None:
        return self.document.get("Arn")

    @property
    def created_at(self) -> datetime | None:
        return as_datetime(self.document.get("CreatedAt"))

    @property
    def tags(self) -> Mapping[str, str]:
        return self.document.get("Tags") or {}

    @property
    def last_update(self) -> LastUpdate:
        raw = self.document.get("LastUpdate") or {}
        error = raw.get("Error") or {}
        return LastUpdate(
            status=raw.get("Status"),
            created_at=as_datetime(raw.get("CreatedAt")),
            error_code=error.get("ErrorCode"),
            error_message=error.get("ErrorMessage"),
            source=raw.get("Source"),
        )


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Everything one pass saw, before it decides."""

    environment: AwsEnvironment | None
    account_id: str
    newest_object_versions: Mapping[str, str] = field(default_factory=dict)
    """Newest S3 version of each file that the spec names without a version, by the name of its path field."""

    @property
    def exists(self) -> bool:
        """Whether there is an environment. The tombstone that AWS shows for a while after a delete is none."""
        return self.environment is not None and self.environment.status != "DELETED"


def as_datetime(value: Any) -> datetime | None:
    """An AWS time (boto3's datetime, or epoch seconds) as an aware datetime in UTC."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return value.astimezone(UTC) if isinstance(value, datetime) else None
