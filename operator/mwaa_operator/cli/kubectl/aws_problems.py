"""AWS's errors, in the words for a person at a terminal."""

from collections.abc import Callable
from typing import TypeVar

from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.planning.failure import AwsError, FailureKind

_NO_WAY_TO_AWS = {
    "NoCredentialsError": ("There are no AWS credentials.", "Log in to AWS, or set AWS_PROFILE."),
    "NoRegionError": (
        "There is no AWS Region to ask.",
        "Set AWS_REGION, choose an AWS_PROFILE that has one, or name one with --region.",
    ),
}

_Answer = TypeVar("_Answer")


class CannotLookError(ProblemError):
    """There are no AWS credentials, or no region to look in."""


def asked(call: Callable[[], _Answer]) -> _Answer:
    """What a call to AWS gives. Raises ProblemError in the words for a person at a terminal."""
    try:
        return call()
    except AwsError as error:
        raise problem(error) from None


def problem(error: AwsError) -> ProblemError:
    """What AWS, or boto3, said."""
    if error.code in _NO_WAY_TO_AWS:
        return CannotLookError(*_NO_WAY_TO_AWS[error.code])
    if error.code == "ProfileNotFound":
        return ProblemError(f"{error.message}.", "`aws configure list-profiles` shows those that there are.")
    message = f"AWS was asked for {error.operation}: {error.code}: {error.message}".rstrip(". ") + "."
    if error.kind is FailureKind.CREDENTIALS:
        return ProblemError(message, "Log in to AWS again, or choose other credentials with AWS_PROFILE.")
    if error.kind is FailureKind.DENIED:
        return ProblemError(message, f"Your AWS identity needs {error.action or 'that permission'}.")
    return ProblemError(message, "Try again." if error.kind in {FailureKind.THROTTLED, FailureKind.TRANSIENT} else "")
