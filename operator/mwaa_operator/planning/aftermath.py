"""After a call to AWS has failed: what is said, what is remembered, and when it is tried again (design §4.10, §4.11)."""

from dataclasses import dataclass
from datetime import datetime

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import OperationOutcome
from mwaa_operator.api.environment_status import LastOperation, OperationError
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.failure import ADVICE, ADVICE_AFTER_PATIENCE, RESPONSES, AwsError, FailureKind
from mwaa_operator.planning.model import Standing, Verdict
from mwaa_operator.planning.schedule import failure_backoff

_LEAVES_OPEN = frozenset({FailureKind.TRANSIENT, FailureKind.CONFLICT})
"""Failures after which the operation may be under way all the same: no answer, or one to the repetition of a call whose answer was lost,
made by something in between. The next look tells. Anything else is AWS's no."""


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What follows from a failed call."""

    verdict: Verdict
    operation: LastOperation | None
    retry_seconds: float


def after_failure(
    error: AwsError, *, operation: LastOperation | None, failures: int, at: Moment, since: datetime | None = None
) -> Aftermath:
    """Judge a failed call.

    `operation` is the one that the call was to start, or None for a call that only looks. `failures` counts those in a row, this one
    included, of which the first was at `since`. The waits are seconds of AWS's time.
    """
    response = RESPONSES[error.kind]
    began = operation.started_at if operation else since or at.now
    patient = response.patience is None or at.seconds_since(began) < response.patience
    reason = response.reason if patient or error.kind is not FailureKind.PROPAGATION else Reason.INVALID_CONFIGURATION
    advice = (ADVICE if patient else ADVICE_AFTER_PATIENCE)[error.kind]
    advice = advice.replace("{action}", error.action or "what is named here")
    words = f": {error.message.rstrip('. ')}" if error.message else ""
    message = f"{error.operation} failed with {error.code}{words}. {advice}"
    if operation is not None and error.kind not in _LEAVES_OPEN:
        refused = OperationError(code=error.code, message=error.message, request_id=error.request_id)
        final = not patient and not response.retry_refused
        ended = {"outcome": OperationOutcome.REFUSED, "finished_at": at.now} if final else {}
        operation = operation.model_copy(update={"error": refused, **ended})
    elif operation is not None and error.kind is FailureKind.CONFLICT:
        operation = operation.model_copy(update={"contested": True})
    return Aftermath(
        verdict=Verdict(
            standing=Standing.PROGRESSING if patient else Standing.STALLED,
            reason=reason,
            message=message,
            # A call that only looks and fails says nothing about the environment.
            ready=False if operation else None,
            synced=False if operation else None,
        ),
        operation=operation,
        retry_seconds=failure_backoff(failures, first=response.first, most=response.most)
        if patient
        else response.stalled,
    )
