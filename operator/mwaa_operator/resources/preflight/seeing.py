"""What becomes of a look at AWS that failed: what may not be seen is `Unseen`, and what may be tried again is tried again."""

from collections.abc import Callable
from typing import TypeVar

from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.snapshot import Unseen

_PASSING = frozenset({FailureKind.THROTTLED, FailureKind.TRANSIENT, FailureKind.CREDENTIALS})
_OUT_OF_REACH = frozenset({"NotImplemented", "501", "EndpointConnectionError", "ConnectTimeoutError"})
"""Where waiting does not help: a service that is not offered, or that no way leads to from here. MWAA itself answered a moment ago, and a
private network may have no endpoint of the other services."""

_Fact = TypeVar("_Fact")


def seen(what: str, look: Callable[[], _Fact], *, action: str | None = None) -> _Fact | Unseen:
    """What a look gives, or why it could not be had. `what` is named in a sentence; `action` is what the look needs in IAM's words, where
    AWS's answer does not tell. Raises AwsError for what passes by itself.
    """
    try:
        return look()
    except AwsError as error:
        return unseen(what, error, action=action)


def unseen(what: str, error: AwsError, *, action: str | None = None) -> Unseen:
    """Why something could not be looked at. Raises the error if it passes by itself."""
    if error.kind is FailureKind.DENIED:
        lacks = action or error.action or "a permission"
        return Unseen(
            f"The operator may not look at {what}: it lacks {lacks}.",
            f"Allow it {lacks}, or see to it yourself that all is well there.",
        )
    if error.kind in _PASSING and error.code not in _OUT_OF_REACH:
        raise error
    return Unseen(
        f"AWS does not show {what}: {error.operation} ends in {error.code}.",
        "See to it yourself that all is well there.",
    )
