"""Amazon S3: what the operator asks about a bucket and its settings. None stands for what is not there."""

import json
from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.planning.failure import AwsError, FailureKind

PAGES = 10
"""So many pages of versions are listed at a time: ten thousand versions."""

_NOT_SET = frozenset(
    {
        "NoSuchTagSet",
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
    }
)
"""What S3 says about a setting that a bucket does not have (Amazon S3 API reference, error responses)."""


def region_of(client: Any, *, bucket: str, owner: str) -> str | None:
    """The region of a bucket of the account `owner`, or None where there is no bucket of that name.

    Raises AwsError: of the kind DENIED where the bucket is another account's, or may not be looked at.
    """
    try:
        answer = call(client, "HeadBucket", {"Bucket": bucket, "ExpectedBucketOwner": owner})
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return None
        raise
    return str(answer.get("BucketRegion") or client.meta.region_name)


def tags(client: Any, *, bucket: str, owner: str) -> dict[str, str]:
    """The bucket's tags. Raises AwsError."""
    answer = setting(client, "GetBucketTagging", bucket=bucket, owner=owner)
    return {tag["Key"]: tag["Value"] for tag in answer.get("TagSet", [])}


def policy(client: Any, *, bucket: str, owner: str) -> Mapping[str, Any] | None:
    """The bucket's policy. Raises AwsError."""
    answer = setting(client, "GetBucketPolicy", bucket=bucket, owner=owner)
    document: Mapping[str, Any] | None = json.loads(answer["Policy"]) if "Policy" in answer else None
    return document


def setting(client: Any, operation: str, *, bucket: str, owner: str) -> dict[str, Any]:
    """The answer of a call that reads a setting, empty where the bucket has none. Raises AwsError."""
    return setting_of(client, operation, {"Bucket": bucket, "ExpectedBucketOwner": owner})


def setting_of(client: Any, operation: str, whose: Mapping[str, str]) -> dict[str, Any]:
    """The same of what the members `whose` name: a bucket, whoever may own it, or an account. Raises AwsError."""
    try:
        answer = call(client, operation, whose)
    except AwsError as error:
        if error.code in _NOT_SET:
            return {}
        raise
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def holds_anything(client: Any, *, bucket: str, prefix: str, owner: str) -> bool:
    """Whether any object's key begins so. Raises AwsError."""
    parameters = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": 1, "ExpectedBucketOwner": owner}
    return bool(call(client, "ListObjectsV2", parameters).get("Contents"))


def some_versions(client: Any, *, bucket: str, owner: str) -> list[dict[str, str]]:
    """Key and VersionId of the first versions and delete markers, at most PAGES pages of a thousand. Raises AwsError."""
    found: list[dict[str, str]] = []
    place: dict[str, Any] = {}
    for _ in range(PAGES):
        answer = call(client, "ListObjectVersions", {"Bucket": bucket, "ExpectedBucketOwner": owner, **place})
        listed = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        found += [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]
        if not answer.get("IsTruncated"):
            break
        place = {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer["NextVersionIdMarker"]}
    return found


def some_uploads(client: Any, *, bucket: str, owner: str) -> list[dict[str, str]]:
    """Key and UploadId of the first thousand multipart uploads that were never finished. Raises AwsError."""
    answer = call(client, "ListMultipartUploads", {"Bucket": bucket, "ExpectedBucketOwner": owner})
    return [{"Key": one["Key"], "UploadId": one["UploadId"]} for one in answer.get("Uploads", [])]
