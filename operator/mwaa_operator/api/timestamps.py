"""Points in time as they stand in Kubernetes objects: RFC 3339, in UTC, with a `Z`."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer


def to_rfc3339(moment: datetime) -> str:
    """Write an aware `datetime` as the Kubernetes API does; a fraction of a second is kept only where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Timestamp = Annotated[AwareDatetime, PlainSerializer(to_rfc3339, return_type=str)]
