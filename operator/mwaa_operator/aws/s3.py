"""Amazon S3: what the operator asks about the files that an environment reads."""

from typing import Any

from mwaa_operator.aws.errors import translated
from mwaa_operator.planning.failure import AwsError, FailureKind


def newest_version(client: Any, *, bucket: str, key: str) -> str:
    """The newest version id of an object.

    Raises AwsError, of the kind MISSING where there is no such object or it has no version.
    """
    try:
        with translated("HeadObject", service="s3"):
            answer = client.head_object(Bucket=bucket, Key=key)
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            raise _missing(
                f"There is no object {key} in the bucket {bucket}. Upload it, or remove its path from the spec."
            ) from None
        if error.kind is FailureKind.DENIED:
            # S3 answers a HEAD without a word of explanation, and with 403 as well where a caller who may not list asks for nothing.
            raise AwsError(
                kind=FailureKind.DENIED,
                operation="HeadObject",
                code=error.code,
                message=f"The operator may not look at {key} in the bucket {bucket}: it needs s3:GetObject on the objects and "
                "s3:ListBucket on the bucket.",
                request_id=error.request_id,
                action=error.action,
            ) from None
        raise
    version = answer.get("VersionId")
    if version in {None, "null"}:
        raise _missing(
            f"The bucket {bucket} is not versioned, which MWAA needs. Turn versioning on and upload {key} again."
        )
    return str(version)


def _missing(message: str) -> AwsError:
    return AwsError(kind=FailureKind.MISSING, operation="HeadObject", code="NotFound", message=message)
