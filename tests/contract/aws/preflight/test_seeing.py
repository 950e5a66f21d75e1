"""What becomes of looks that fail."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.snapshot import Unseen
from mwaa_operator.resources.preflight.seeing import seen


def failing(kind: FailureKind, code: str, action: str | None = None):
    """Make a look that fails."""

    def look() -> str:
        raise AwsError(kind=kind, operation="GetRole", code=code, message="no", action=action)

    return look


def test_what_is_denied_is_unseen_and_names_the_action():
    found = seen("the role", failing(FailureKind.DENIED, "AccessDenied", "iam:GetRole"))
    assert isinstance(found, Unseen)
    assert "iam:GetRole" in found.why
    assert "iam:GetRole" in found.advice


def test_action_of_the_look_is_better_known_than_the_operations_name():
    found = seen("it", failing(FailureKind.DENIED, "403", "s3:HeadObject"), action="s3:GetObjectVersion")
    assert isinstance(found, Unseen)
    assert "s3:GetObjectVersion" in found.why


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FailureKind.INVALID, "InvalidInput"),
        (FailureKind.GONE, "NoSuchEntity"),
        (FailureKind.TRANSIENT, "NotImplemented"),
        (FailureKind.TRANSIENT, "501"),
        (FailureKind.TRANSIENT, "EndpointConnectionError"),
        (FailureKind.TRANSIENT, "ConnectTimeoutError"),
    ],
)
def test_what_waiting_does_not_help_is_unseen(kind, code):
    assert isinstance(seen("the role", failing(kind, code)), Unseen)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FailureKind.THROTTLED, "Throttling"),
        (FailureKind.TRANSIENT, "InternalFailure"),
        (FailureKind.TRANSIENT, "ReadTimeoutError"),
        (FailureKind.CREDENTIALS, "ExpiredToken"),
    ],
)
def test_what_passes_by_itself_is_raised(kind, code):
    with pytest.raises(AwsError):
        seen("the role", failing(kind, code))
