"""Looks at the source bucket for the checks."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.s3_buckets import setting_of
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.facts_bucket import (
    PUBLIC_ACCESS_BLOCKS,
    BucketFacts,
    Encryption,
    Place,
    all_on,
    dag_places,
)
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.resources.preflight.seeing import seen, unseen


def look(clients: Clients, question: Question) -> BucketFacts | Unseen:
    """See the bucket, its settings, and whether there is anything where DAGs are read from. Raises AwsError."""
    bucket = question.bucket
    what = f"the bucket {bucket}"
    try:
        found = call(clients.client("s3", question.region), "HeadBucket", {"Bucket": bucket})
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return BucketFacts(exists=False)
        return unseen(what, error, action="s3:ListBucket")
    region = str(found.get("BucketRegion") or question.region)
    storage = clients.client("s3", region)
    blocks = seen(
        f"the public access block of {bucket}",
        lambda: _blocks(storage, {"Bucket": bucket}),
        action="s3:GetBucketPublicAccessBlock",
    )
    return BucketFacts(
        exists=True,
        region=region,
        versioning=seen(
            f"the versioning of {bucket}", lambda: _versioning(storage, bucket), action="s3:GetBucketVersioning"
        ),
        blocks=blocks,
        account_blocks={} if all_on(blocks) else _of_account(clients, question),
        encryption=seen(
            f"the encryption of {bucket}", lambda: _encryption(storage, bucket), action="s3:GetEncryptionConfiguration"
        ),
        dag_folders={place: _folder(storage, place) for place in dict.fromkeys(dag_places(question))},
    )


def _versioning(storage: Any, bucket: str) -> str | None:
    status = call(storage, "GetBucketVersioning", {"Bucket": bucket}).get("Status")
    return None if status is None else str(status)


def _of_account(clients: Clients, question: Question) -> Mapping[str, bool] | Unseen:
    control = clients.client("s3control", question.region)
    return seen(
        "the account's public access block",
        lambda: _blocks(control, {"AccountId": question.account_id}),
        action="s3:GetAccountPublicAccessBlock",
    )


def _blocks(client: Any, whose: Mapping[str, str]) -> Mapping[str, bool]:
    found = setting_of(client, "GetPublicAccessBlock", whose).get("PublicAccessBlockConfiguration", {})
    return {name: bool(found.get(name)) for name in PUBLIC_ACCESS_BLOCKS}


def _encryption(storage: Any, bucket: str) -> Encryption | None:
    found = setting_of(storage, "GetBucketEncryption", {"Bucket": bucket})
    if not found:
        return None
    rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return Encryption(algorithm=str(default.get("SSEAlgorithm", "")), key=default.get("KMSMasterKeyID"))


def _folder(storage: Any, place: Place) -> bool | Unseen:
    bucket, path = place
    prefix = path.strip("/")
    if not prefix:
        return True

    def exists() -> bool:
        try:
            listed = call(storage, "ListObjectsV2", {"Bucket": bucket, "Prefix": f"{prefix}/", "MaxKeys": 1})
        except AwsError as error:
            if error.kind is FailureKind.GONE:
                return False
            raise
        return bool(listed.get("Contents"))

    return seen(f"the folder {path} of the bucket {bucket}", exists, action="s3:ListBucket")
