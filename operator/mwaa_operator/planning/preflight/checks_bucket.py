"""Checks of the source bucket (User Guide, mwaa-s3-bucket; `mwaa-behaviour.md` §4)."""

from mwaa_operator.planning.preflight.facts_bucket import (
    PUBLIC_ACCESS_BLOCKS,
    BucketFacts,
    Encryption,
    all_on,
    bucket_facts,
    dag_places,
)
from mwaa_operator.planning.preflight.facts_key import key_asked_for, key_id
from mwaa_operator.planning.preflight.model import Outcome, check, error, untold, warning
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import FILES, VERSIONS_OF_FILES, listed

_PAGE = "mwaa-s3-bucket.html"
_NEEDS = (Subject.BUCKET,)
_AWS_MANAGED = "alias/aws/s3"


def _there(snapshot: Snapshot) -> BucketFacts | None:
    """The bucket, if there is one: that there is none is told once, by the first check."""
    facts = bucket_facts(snapshot)
    return facts if facts.exists else None


@check("BucketExists", judges=["SourceBucketArn"], needs=_NEEDS, page=_PAGE)
def bucket_exists(snapshot: Snapshot) -> Outcome:
    """The source bucket exists."""
    if bucket_facts(snapshot).exists:
        return None
    return error(
        f"There is no bucket {snapshot.question.bucket}.",
        "Create it, correct sourceBucketArn, or have one made by provision.bucket.",
    )


@check("BucketInRegion", judges=["SourceBucketArn"], needs=_NEEDS, page=_PAGE)
def bucket_in_region(snapshot: Snapshot) -> Outcome:
    """The bucket is in the Region of the environment."""
    facts, question = _there(snapshot), snapshot.question
    if facts is None or facts.region in {None, question.region}:
        return None
    return error(
        f"The bucket {question.bucket} is in {facts.region}, and the environment is to be in {question.region}.",
        f"Take a bucket in {question.region}, or make the environment in {facts.region}.",
    )


@check("BucketVersioned", judges=["SourceBucketArn", *FILES, *VERSIONS_OF_FILES], needs=_NEEDS, page=_PAGE)
def bucket_versioned(snapshot: Snapshot) -> Outcome:
    """The bucket keeps versions of its objects."""
    facts = _there(snapshot)
    if facts is None or facts.versioning == "Enabled":
        return None
    if isinstance(facts.versioning, Unseen):
        return untold(facts.versioning)
    how = "suspended" if facts.versioning == "Suspended" else "off"
    return error(f"Versioning of the bucket {snapshot.question.bucket} is {how}.", "Turn it on.")


@check("BucketBlocksPublicAccess", judges=["SourceBucketArn"], needs=_NEEDS, page=_PAGE)
def bucket_blocks_public_access(snapshot: Snapshot) -> Outcome:
    """All four blocks of public access are on, for the bucket or for the account."""
    facts = _there(snapshot)
    if facts is None or all_on(facts.blocks) or all_on(facts.account_blocks):
        return None
    for blocks in (facts.blocks, facts.account_blocks):
        if isinstance(blocks, Unseen):
            return untold(blocks)
    own, of_account = dict(facts.blocks), dict(facts.account_blocks)  # type: ignore[arg-type] # neither is unseen
    off = [name for name in PUBLIC_ACCESS_BLOCKS if not own.get(name)]
    bucket = snapshot.question.bucket
    advice = (
        f"Turn on all four blocks of public access of the bucket: {listed(off)} {'is' if len(off) == 1 else 'are'} off."
    )
    if all(of_account.get(name) for name in off):
        return warning(
            f"Public access to the bucket {bucket} is blocked in part by the bucket, in part by the account.", advice
        )
    return error(f"Public access to the bucket {bucket} is not blocked.", advice)


@check("BucketKeySame", judges=["SourceBucketArn", "KmsKey"], needs=_NEEDS, page="custom-keys-certs.html")
def bucket_key_same(snapshot: Snapshot) -> Outcome:
    """The key that the bucket encrypts with, if it is not one of AWS's, is the key of the environment."""
    facts = _there(snapshot)
    encryption = facts.encryption if facts else None
    if isinstance(encryption, Unseen):
        return untold(encryption)
    key = _own_key(encryption)
    if key is None:
        return None
    asked = key_asked_for(snapshot.question)
    bucket = snapshot.question.bucket
    if asked is None:
        return error(
            f"The bucket {bucket} encrypts with the key {key}, and the environment has no kmsKey.",
            "Set kmsKey to that key when the environment is created, or have the bucket encrypt with SSE-S3.",
        )
    if "alias/" in key or "alias/" in asked:
        return warning(
            f"The bucket {bucket} encrypts with {key}, the environment with {asked}: whether that is one key is not to be seen.",
            "Name the same key by its ARN in both places.",
        )
    if key_id(key) == key_id(asked):
        return None
    return error(
        f"The bucket {bucket} encrypts with the key {key}, and the environment with {asked}.",
        "Have the bucket encrypt with the environment's key, or with SSE-S3.",
    )


def _own_key(encryption: Encryption | None) -> str | None:
    if encryption is None or not encryption.algorithm.startswith("aws:kms") or not encryption.key:
        return None
    return None if encryption.key.endswith(_AWS_MANAGED) else encryption.key


@check(
    "DagFolderExists",
    judges=["SourceBucketArn", "DagS3Path", "Teams"],
    needs=_NEEDS,
    page="configuring-dag-folder.html",
)
def dag_folder_exists(snapshot: Snapshot) -> Outcome:
    """There is something in each folder of DAGs."""
    facts = _there(snapshot)
    seen = {} if facts is None else facts.dag_folders
    common, *teams = dag_places(snapshot.question)
    # DAGs that are put there before the call make the folder.
    asked = teams if "DagS3Path" in snapshot.question.coming else [common, *teams]
    places = [place for place in asked if place in seen]
    empty = [f"{path} in the bucket {bucket}" for bucket, path in places if seen[bucket, path] is False]
    if empty:
        return error(
            f"There is no folder {listed(empty)}.", "Upload the DAGs there, or create the folder as an empty object."
        )
    unseen = next((one for one in seen.values() if isinstance(one, Unseen)), None)
    return None if unseen is None else untold(unseen)
