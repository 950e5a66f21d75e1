"""Buckets and files with one thing wrong, made from good ones by boto3 as somebody would, and mended again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .ground import REGION, REQUIREMENTS, Ground
from .ground_world import Aws, world

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

# ---- the bucket ----


@world("BucketExists", aws=Aws.REFUSES)
def bucket_of_nowhere(ground: Ground) -> Iterator[None]:
    with _another_bucket(ground, f"nowhere-{ground.account}"):
        yield


@world("BucketInRegion", aws=Aws.REFUSES)
def bucket_of_another_region(ground: Ground) -> Iterator[None]:
    with _bucket(ground, "elsewhere", region="eu-central-1"):
        yield


@world("BucketVersioned", aws=Aws.REFUSES)
def bucket_without_versions(ground: Ground) -> Iterator[None]:
    with _bucket(ground, "unversioned", versioned=False):
        yield


@contextmanager
def _bucket(ground: Ground, word: str, *, region: str = REGION, versioned: bool = True) -> Iterator[None]:
    """Make another bucket that is in order otherwise, and ask for it."""
    name, s3 = f"{word}-{ground.account}", ground.client("s3", region=region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(BLOCKS, True))
    made = s3.put_object(Bucket=name, Key="dags/", Body=b"")
    with _another_bucket(ground, name):
        yield
    s3.delete_object(Bucket=name, Key="dags/", **({"VersionId": made["VersionId"]} if versioned else {}))
    s3.delete_bucket(Bucket=name)


@contextmanager
def _another_bucket(ground: Ground, name: str) -> Iterator[None]:
    """Ask for a bucket that the role may read, and for no files."""
    files = dict.fromkeys(
        member for member in ground.fields if member.endswith(("sS3Path", "tS3Path", "ObjectVersion"))
    )
    files.pop("DagS3Path", None)
    with ground.allowing("s3:Get*", "s3:ListBucket*"), ground.asking(SourceBucketArn=f"arn:aws:s3:::{name}", **files):
        yield


@world("BucketBlocksPublicAccess", aws=Aws.REFUSES)
def bucket_that_is_open(ground: Ground) -> Iterator[None]:
    ground.s3.delete_public_access_block(Bucket=ground.bucket)
    yield
    block(ground, **dict.fromkeys(BLOCKS, True))


@world("BucketBlocksPublicAccess", aws=Aws.REFUSES)
def bucket_that_is_half_open(ground: Ground) -> Iterator[None]:
    block(ground, BlockPublicAcls=True)
    yield
    block(ground, **dict.fromkeys(BLOCKS, True))


def block(ground: Ground, **blocks: bool) -> None:
    ground.s3.put_public_access_block(Bucket=ground.bucket, PublicAccessBlockConfiguration=blocks)


@world("BucketKeySame", aws=Aws.REFUSES)
def bucket_with_a_key_of_its_own(ground: Ground) -> Iterator[None]:
    key = ground.kms.create_key()["KeyMetadata"]["Arn"]
    _encrypt(ground, SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    yield
    _encrypt(ground, SSEAlgorithm="AES256")


def _encrypt(ground: Ground, **default: str) -> None:
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    ground.s3.put_bucket_encryption(Bucket=ground.bucket, ServerSideEncryptionConfiguration=rules)


@world("DagFolderExists", aws=Aws.REFUSES)
def folder_whose_name_only_begins_like_it(ground: Ground) -> Iterator[None]:
    with ground.asking(DagS3Path="dag"):
        yield


# ---- the files ----


@world("FilesExist", aws=Aws.REFUSES)
def version_that_is_none(ground: Ground) -> Iterator[None]:
    with ground.asking(RequirementsS3ObjectVersion="nonsense"):
        yield


@world("FilesExist", aws=Aws.REFUSES)
def file_of_nowhere(ground: Ground) -> Iterator[None]:
    with ground.asking(PluginsS3Path="nowhere.zip"):
        yield


@world("PluginsZipped", error=False)
def plugins_that_are_no_archive(ground: Ground) -> Iterator[None]:
    with ground.holding("PluginsS3Path", "import airflow\n"):
        yield


@world("PluginsZipped", error=False)
def plugins_that_are_empty(ground: Ground) -> Iterator[None]:
    with ground.holding("PluginsS3Path", ""):
        yield


@world("RequirementsConstrained", error=False)
def requirements_without_constraints(ground: Ground) -> Iterator[None]:
    with ground.holding("RequirementsS3Path", "pandas\n"):
        yield


@world("ConstraintInForce", error=False)
def constraints_as_a_comment(ground: Ground) -> Iterator[None]:
    with ground.holding("RequirementsS3Path", f"# {REQUIREMENTS}"):
        yield


@world("StartupScriptUnix", error=False)
def script_from_windows(ground: Ground) -> Iterator[None]:
    with ground.holding("StartupScriptS3Path", "#!/bin/sh\r\nexport A=1\r\n"):
        yield
