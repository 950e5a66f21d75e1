"""Failed calls to AWS, as data: what kind of failure it is decides what happens next (design §4.10, §4.11)."""

from dataclasses import dataclass
from enum import StrEnum

from mwaa_operator.api.conditions import Reason


class FailureKind(StrEnum):
    """Why a call failed, as far as it matters for what to do next."""

    PROPAGATION = "propagation"
    """AWS refuses something that may just be too new: a role, a policy, a bucket setting."""
    INVALID = "invalid"
    """AWS refuses the values. The same call will be refused again."""
    DENIED = "denied"
    """The caller lacks a permission."""
    CREDENTIALS = "credentials"
    """There are no credentials, or they are not valid."""
    CONFLICT = "conflict"
    """Something is under way in AWS, or was done meanwhile: look again. It may be this very call, sent before with its answer lost."""
    STATUS = "status"
    """The status that the environment has come to does not allow it."""
    GONE = "gone"
    """What the call is about does not exist."""
    MISSING = "missing"
    """A file that the spec names is not in the bucket."""
    QUOTA = "quota"
    """A limit of the account is reached."""
    THROTTLED = "throttled"
    """AWS asks for fewer calls."""
    TRANSIENT = "transient"
    """AWS did not answer, or with an internal error."""


class AwsError(Exception):
    """A call to AWS that failed. Holds nothing of the call's parameters, for they may be secrets."""

    def __init__(
        self,
        *,
        kind: FailureKind,
        operation: str,
        code: str,
        message: str,
        request_id: str | None = None,
        action: str | None = None,
    ) -> None:
        """`action` is the IAM action that the caller lacks, for example airflow:TagResource, if it is a matter of permissions."""
        super().__init__(f"{operation}: {code}: {message}")
        self.action = action
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
        self.request_id = request_id


@dataclass(frozen=True, kw_only=True)
class Response:
    """What the operator does about a kind of failure.

    `patience`: seconds for which the call is repeated before it counts as refused; None means for ever, 0 not at all.
    `first` and `most`: seconds of the growing wait between tries; `stalled`: seconds between tries after that.
    `retry_refused`: whether a refused call is still tried now and then,
    because the cause can be mended in AWS without an edit of the spec (refused calls cost nothing and change nothing).
    """

    reason: Reason
    patience: float | None
    first: float
    most: float
    stalled: float = 300
    retry_refused: bool = True


RESPONSES: dict[FailureKind, Response] = {
    FailureKind.PROPAGATION: Response(reason=Reason.WAITING_FOR_IAM, patience=300, first=5, most=30),
    FailureKind.INVALID: Response(
        reason=Reason.INVALID_CONFIGURATION, patience=0, first=300, most=300, retry_refused=False
    ),
    FailureKind.DENIED: Response(reason=Reason.ACCESS_DENIED, patience=60, first=5, most=300),
    FailureKind.CREDENTIALS: Response(reason=Reason.NO_CREDENTIALS, patience=60, first=5, most=300),
    FailureKind.CONFLICT: Response(reason=Reason.WAITING_FOR_ENVIRONMENT, patience=None, first=2, most=60),
    FailureKind.STATUS: Response(reason=Reason.WAITING_FOR_ENVIRONMENT, patience=None, first=2, most=60),
    FailureKind.GONE: Response(reason=Reason.NOT_FOUND, patience=None, first=2, most=60),
    FailureKind.MISSING: Response(reason=Reason.FILE_NOT_FOUND, patience=0, first=5, most=60, stalled=60),
    FailureKind.QUOTA: Response(reason=Reason.QUOTA_EXCEEDED, patience=0, first=60, most=300),
    FailureKind.THROTTLED: Response(reason=Reason.THROTTLED, patience=None, first=2, most=120),
    FailureKind.TRANSIENT: Response(reason=Reason.AWS_UNREACHABLE, patience=None, first=2, most=120),
}

ADVICE: dict[FailureKind, str] = {
    FailureKind.PROPAGATION: "It is tried again for a few minutes, because new roles "
    "and permissions take a while to be known everywhere.",
    FailureKind.INVALID: "Change the spec; it is not tried again before that.",
    FailureKind.DENIED: "Allow the operator's role {action}; it is tried again by itself.",
    FailureKind.CREDENTIALS: "Give the operator valid AWS credentials; it is tried again by itself.",
    FailureKind.CONFLICT: "It is tried again once AWS has finished.",
    FailureKind.STATUS: "The environment is looked at again.",
    FailureKind.GONE: "The environment is looked at again.",
    FailureKind.MISSING: "It is looked for again by itself.",
    FailureKind.QUOTA: "Ask AWS for a higher quota or delete what is not needed; it is tried again by itself.",
    FailureKind.THROTTLED: "It is tried again more slowly.",
    FailureKind.TRANSIENT: "It is tried again by itself.",
}

ADVICE_AFTER_PATIENCE = ADVICE | {
    FailureKind.PROPAGATION: "It has been refused for too long to be a matter of propagation: correct what AWS names here. It is tried "
    "again every few minutes.",
}
"""What to say once a failure has lasted for longer than it should."""
