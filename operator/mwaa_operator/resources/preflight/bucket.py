"""Looks at the source bucket for the checks."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.s3_buckets import setting_of
from mwaa_operator.aws.shared_answers import ClientMaker
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
from mwaa_operator.resources.preflight.at_once import at_once
from mwaa_operator.resources.preflight.seeing import seen, unseen


def look(clients: ClientMaker, question: Question) -> BucketFacts | Unseen:
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
    places = list(dict.fromkeys(dag_places(question)))
    looked: list[Callable[[], Any]] = [partial(_setting, storage, bucket, *setting) for setting in _SETTINGS]
    versioning, blocks, encryption, *folders = at_once(
        [*looked, *(partial(_folder, storage, place) for place in places)]
    )
    return BucketFacts(
        exists=True,
        region=region,
        versioning=versioning,
        blocks=blocks,
        account_blocks={} if all_on(blocks) else _of_account(clients, question),
        encryption=encryption,
        dag_folders=dict(zip(places, folders, strict=True)),
    )


def _setting(storage: Any, bucket: str, name: str, action: str, read: Callable[[Any, Mapping[str, str]], Any]) -> Any:
    return seen(f"the {name} of {bucket}", lambda: read(storage, {"Bucket": bucket}), action=action)


def _versioning(storage: Any, whose: Mapping[str, str]) -> str | None:
    status = call(storage, "GetBucketVersioning", whose).get("Status")
    return None if status is None else str(status)


def _of_account(clients: ClientMaker, question: Question) -> Mapping[str, bool] | Unseen:
    control = clients.client("s3control", question.region)
    return seen(
        "the account's public access block",
        lambda: _blocks(control, {"AccountId": question.account_id}),
        action="s3:GetAccountPublicAccessBlock",
    )


def _blocks(client: Any, whose: Mapping[str, str]) -> Mapping[str, bool]:
    found = setting_of(client, "GetPublicAccessBlock", whose).get("PublicAccessBlockConfiguration", {})
    return {name: bool(found.get(name)) for name in PUBLIC_ACCESS_BLOCKS}


def _encryption(storage: Any, whose: Mapping[str, str]) -> Encryption | None:
    found = setting_of(storage, "GetBucketEncryption", whose)
    if not found:
        return None
    rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return Encryption(algorithm=str(default.get("SSEAlgorithm", "")), key=default.get("KMSMasterKeyID"))


_SETTINGS = (
    ("versioning", "s3:GetBucketVersioning", _versioning),
    ("public access block", "s3:GetBucketPublicAccessBlock", _blocks),
    ("encryption", "s3:GetEncryptionConfiguration", _encryption),
)


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
