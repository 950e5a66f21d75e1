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
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.parsers import ResponseParserError

from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.permissions.names import action_of

_WITHOUT_BODY = frozenset({"HeadObject", "HeadBucket"})
"""Operations whose errors have no name, only an HTTP status (HTTP: a HEAD has no body)."""

_BY_CODE = {
    "AccessDenied": FailureKind.DENIED,
    "AccessDeniedException": FailureKind.DENIED,
    "UnauthorizedOperation": FailureKind.DENIED,
    "NotAuthorized": FailureKind.DENIED,
    "OptInRequired": FailureKind.DENIED,
    "403": FailureKind.DENIED,
    "ExpiredToken": FailureKind.CREDENTIALS,
    "ExpiredTokenException": FailureKind.CREDENTIALS,
    "InvalidClientTokenId": FailureKind.CREDENTIALS,
    "UnrecognizedClientException": FailureKind.CREDENTIALS,
    "SignatureDoesNotMatch": FailureKind.CREDENTIALS,
    "IncompleteSignature": FailureKind.CREDENTIALS,
    "InvalidAccessKeyId": FailureKind.CREDENTIALS,
    "InvalidSignatureException": FailureKind.CREDENTIALS,
    "MissingAuthenticationToken": FailureKind.CREDENTIALS,
    "MissingAuthenticationTokenException": FailureKind.CREDENTIALS,
    "RequestExpired": FailureKind.CREDENTIALS,
    "RequestTimeTooSkewed": FailureKind.CREDENTIALS,
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
    "RequestTimeout": FailureKind.TRANSIENT,
    "RequestTimeoutException": FailureKind.TRANSIENT,
    "ServiceUnavailableException": FailureKind.TRANSIENT,
}

_VALIDATION = (
    (FailureKind.CONFLICT, re.compile(r"must complete previous operation|already exists", re.I)),
    (FailureKind.STATUS, re.compile(r"status cannot be", re.I)),
    (FailureKind.QUOTA, re.compile(r"quota|limit exceeded|reached the limit|maximum number of environments", re.I)),
    (FailureKind.DENIED, re.compile(r"not authorized to perform", re.I)),
    (
        FailureKind.INVALID,
        re.compile(
            r"failed to satisfy constraint|validation errors? detected|must (?:be|have|match|not)|cannot be (?:changed|empty)"
            r"|not supported|unsupported|only available (?:for|from)\b.*\bversion"
            r"|invalid (?:value|parameter|airflow)|is not a valid|unknown parameter"
            r"|between \d+ and \d+|less than or equal|greater than or equal",
            re.I,
        ),
    ),
)
"""Texts of ValidationException, the first match decides. Conflicts first: they say "must" as well."""


_IN_BETWEEN = "It carries no error of AWS's, so it probably comes from something in between, such as a proxy."


def failure(error: BotoCoreError | ClientError, *, operation: str, service: str = "airflow") -> AwsError:
    """What went wrong, without anything of the request's parameters. `service` is IAM's prefix of the service's actions."""
    if isinstance(error, ClientError):
        return _answered(error, operation, service)
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        kind, message = FailureKind.CREDENTIALS, str(error)
    elif isinstance(error, ParamValidationError):
        # boto3's text quotes the values it dislikes, which may be passwords.
        kind, message = FailureKind.INVALID, "The parameters do not fit the AWS API."
    elif isinstance(error, NoRegionError):
        kind, message = FailureKind.INVALID, "No region: name one in the spec, or give the operator one by AWS_REGION."
    elif isinstance(error, InvalidRegionError):
        kind, message = FailureKind.INVALID, str(error)
    else:
        kind, message = FailureKind.TRANSIENT, str(error)
    return AwsError(kind=kind, operation=operation, code=type(error).__name__, message=message)


@contextmanager
def translated(operation: str, *, service: str = "airflow") -> Iterator[None]:
    """Raise AwsError for whatever boto3 raises within, and for an answer without the members that AWS documents."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise failure(error, operation=operation, service=service) from None
    except (ResponseParserError, KeyError):
        raise AwsError(
            kind=FailureKind.TRANSIENT, operation=operation, code="UnreadableAnswer", message=_IN_BETWEEN
        ) from None


def _answered(error: ClientError, operation: str, service: str) -> AwsError:
    details = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    code, message = str(details.get("Code", "Unknown")), str(details.get("Message", ""))
    http_status = metadata.get("HTTPStatusCode", 0)
    kind = _kind(code, message, http_status) if service == "airflow" else _kind_elsewhere(code, message, http_status)
    if operation not in _WITHOUT_BODY and (code.isdigit() or code == "Unknown"):
        # AWS names its errors. One without a name passes, and a proxy's 404 must not look like an environment that is gone.
        kind = FailureKind.THROTTLED if http_status == 429 else FailureKind.TRANSIENT
        message = _IN_BETWEEN
    return AwsError(
        kind=kind,
        operation=operation,
        code=code,
        message=message,
        request_id=metadata.get("RequestId"),
        action=_lacking_action(operation, code, message, service) if kind is FailureKind.DENIED else None,
    )


def _lacking_action(operation: str, code: str, message: str, service: str) -> str:
    """The IAM action that the caller lacks. AWS's message names it, where AWS has one; it may be another than the call's own."""
    named = re.search(r"not authorized to perform: ([\w-]+:\w+)", message)
    if named:
        return named[1]
    if code == "UnauthorizedOperation" and service == "airflow":
        # MWAA makes a dry run of this call of EC2 as its own caller (`mwaa-behaviour.md` §1.3).
        return "ec2:CreateVpcEndpoint"
    return action_of(f"{service}:{operation}")


_ELSEWHERE = (
    (FailureKind.QUOTA, re.compile(r"LimitExceeded$|QuotaExceeded|^TooManyBuckets$")),
    (FailureKind.GONE, re.compile(r"NotFound(?:Exception)?$|^NoSuch|^NatGatewayNotFound$|^Gateway\.NotAttached$")),
    (
        FailureKind.CONFLICT,
        re.compile(
            r"^DependencyViolation$|^IncorrectState$|^InvalidIPAddress\.InUse$|InUse$|Conflict|^OperationAborted|^EntityAlreadyExists$"
            r"|Duplicate$|AlreadyAssociated$|^BucketAlreadyOwnedByYou$|^BucketNotEmpty$|ConcurrentModification|ResourceAlreadyExists"
        ),
    ),
)
"""Codes of EC2, IAM, S3, KMS and CloudWatch Logs, the first match decides; each of these services has a reference of its own."""


def _kind_elsewhere(code: str, message: str, http_status: int) -> FailureKind:
    """What the other services say by the code, where MWAA has one code for nearly everything."""
    known = _BY_CODE.get(code)
    return known or next((kind for kind, text in _ELSEWHERE if text.search(code)), _kind(code, message, http_status))


def _kind(code: str, message: str, http_status: int) -> FailureKind:
    if code == "ValidationException":
        return next((kind for kind, text in _VALIDATION if text.search(message)), FailureKind.PROPAGATION)
    if code in _BY_CODE:
        return _BY_CODE[code]
    if http_status == 429:
        return FailureKind.THROTTLED
    # Anything else that is not modelled is the request's fault if HTTP says so, else taken for passing.
    return FailureKind.INVALID if 400 <= http_status < 500 and http_status != 408 else FailureKind.TRANSIENT
