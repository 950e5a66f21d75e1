"""AWS's errors, told apart once, here, by what they mean for what to do next.

MWAA answers almost everything with ValidationException, and wrongly typed values look like a role that IAM does not know everywhere
yet. The texts decide (`mwaa-behaviour.md` §1.3); a text that is not known counts as propagation, because waiting a few minutes with a
clear condition is better than giving up on a role that is two seconds old.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
)

from mwaa_operator.planning.failure import AwsError, FailureKind

_BY_CODE = {
    "AccessDenied": FailureKind.DENIED,
    "AccessDeniedException": FailureKind.DENIED,
    "UnauthorizedOperation": FailureKind.DENIED,
    "403": FailureKind.DENIED,
    "ExpiredToken": FailureKind.CREDENTIALS,
    "ExpiredTokenException": FailureKind.CREDENTIALS,
    "InvalidClientTokenId": FailureKind.CREDENTIALS,
    "UnrecognizedClientException": FailureKind.CREDENTIALS,
    "SignatureDoesNotMatch": FailureKind.CREDENTIALS,
    "IncompleteSignature": FailureKind.CREDENTIALS,
    "ResourceNotFoundException": FailureKind.GONE,
    "404": FailureKind.GONE,
    "NoSuchKey": FailureKind.GONE,
    "NoSuchBucket": FailureKind.GONE,
    "Throttling": FailureKind.THROTTLED,
    "ThrottlingException": FailureKind.THROTTLED,
    "ThrottledException": FailureKind.THROTTLED,
    "TooManyRequestsException": FailureKind.THROTTLED,
    "RequestLimitExceeded": FailureKind.THROTTLED,
    "SlowDown": FailureKind.THROTTLED,
    "InternalServerException": FailureKind.TRANSIENT,
    "ServiceUnavailableException": FailureKind.TRANSIENT,
}

_VALIDATION = (
    (FailureKind.CONFLICT, re.compile(r"must complete previous operation|already exists|status cannot be", re.I)),
    (FailureKind.QUOTA, re.compile(r"quota|limit exceeded|maximum number of environments", re.I)),
    (FailureKind.DENIED, re.compile(r"not authorized to perform", re.I)),
    (
        FailureKind.INVALID,
        re.compile(
            r"failed to satisfy constraint|validation errors? detected|must (?:be|have|match|not)|cannot be (?:changed|empty)"
            r"|not supported|unsupported|invalid (?:value|parameter|airflow)|is not a valid|unknown parameter"
            r"|between \d+ and \d+|less than or equal|greater than or equal",
            re.I,
        ),
    ),
)
"""Texts of ValidationException, the first match decides. Conflicts first: they say "must" as well."""


def failure(error: BotoCoreError | ClientError, *, operation: str) -> AwsError:
    """What went wrong, without anything of the request's parameters."""
    if isinstance(error, ClientError):
        return _answered(error, operation)
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        kind, message = FailureKind.CREDENTIALS, str(error)
    elif isinstance(error, ParamValidationError):
        # boto3's text quotes the values it dislikes, which may be passwords.
        kind, message = FailureKind.INVALID, "The parameters do not fit the AWS API."
    else:
        kind, message = FailureKind.TRANSIENT, str(error)
    return AwsError(kind=kind, operation=operation, code=type(error).__name__, message=message)


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise AwsError for whatever boto3 raises within."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise failure(error, operation=operation) from None


def _answered(error: ClientError, operation: str) -> AwsError:
    details = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    code, message = str(details.get("Code", "Unknown")), str(details.get("Message", ""))
    return AwsError(
        kind=_kind(code, message, metadata.get("HTTPStatusCode", 0)),
        operation=operation,
        code=code,
        message=message,
        request_id=metadata.get("RequestId"),
    )


def _kind(code: str, message: str, http_status: int) -> FailureKind:
    if code == "ValidationException":
        return next((kind for kind, text in _VALIDATION if text.search(message)), FailureKind.PROPAGATION)
    if code in _BY_CODE:
        return _BY_CODE[code]
    if http_status == 429:
        return FailureKind.THROTTLED
    # Anything else that is not modelled, HTML from a proxy included, is taken for passing.
    return FailureKind.INVALID if 400 <= http_status < 500 and http_status != 408 else FailureKind.TRANSIENT
