"""What a MwaaEnvironment's document says, read without the models: a plain command has no time to import them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Document = Mapping[str, Any]

COLOURS = {"True": "green", "False": "red", "Unknown": "yellow"}


def status(document: Document) -> Document:
    """The status; empty before the operator has looked."""
    return document.get("status") or {}


def member(document: Document, path: str) -> Any:
    """What stands at a dotted path; None where nothing does."""
    found: Any = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def condition(document: Document, kind: str) -> Document:
    """A condition; empty if there is none of that type."""
    return next((each for each in status(document).get("conditions") or () if each.get("type") == kind), {})


def summary(document: Document) -> Document:
    """The condition that tells how things stand: what is under way or in the way, else whether the environment is ready."""
    for kind in ("Stalled", "Reconciling"):
        if condition(document, kind).get("status") == "True":
            return condition(document, kind)
    synced = condition(document, "Synced")
    return synced if synced and synced.get("status") != "True" else condition(document, "Ready")


def ready(document: Document) -> str:
    """True, False or Unknown."""
    return str(condition(document, "Ready").get("status") or "Unknown")


def named(document: Document) -> str:
    """The object, as words of a command line that finds it from any namespace."""
    namespace = document["metadata"].get("namespace")
    return f"{document['metadata']['name']}{f' -n {namespace}' if namespace else ''}"


def name_in_aws(document: Document) -> str:
    """The environment's name in AWS."""
    return str(member(document, "spec.name") or document["metadata"]["name"])


def region(document: Document) -> str | None:
    """The AWS Region, as far as the object knows it."""
    named: str | None = member(document, "status.account.region") or member(document, "spec.region")
    return named


def moment(text: str | None) -> datetime | None:
    """A time as Kubernetes writes it."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def age(text: str | None, now: datetime) -> str:
    """How long ago something was, as kubectl says it: 42s, 7m, 3h, 5d."""
    then = moment(text)
    return "" if then is None else span((now - then).total_seconds())


def span(seconds: float) -> str:
    """A time of so many seconds, in one unit."""
    whole = max(int(seconds), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if whole >= 2 * size or (unit == "m" and whole >= size):
            return f"{whole // size}{unit}"
    return f"{whole}s"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
