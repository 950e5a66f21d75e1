"""Grounds with one thing wrong, made from a good one by boto3 as somebody would, and mended again.

Each world is a context manager over a `Ground`: broken within, mended after it. Whoever wants to see what AWS makes of it creates the
environment within.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .ground import OPERATOR, REGION, REQUIREMENTS, ROLE, Ground

Breaking = Callable[[Ground], AbstractContextManager[None]]


class Aws(StrEnum):
    """What the simulated AWS makes of a CreateEnvironment."""

    REFUSES = "refuses it at once"
    FAILS = "fails it after a while"
    NOT_SHOWN = "takes it"
    """As AWS does, or because the simulator does not know better."""


@dataclass(frozen=True)
class World:
    """A broken ground: `check` finds it, as an error or only as a warning."""

    check: str
    broken: Breaking
    error: bool = True
    aws: Aws = Aws.NOT_SHOWN


WORLDS: dict[str, World] = {}
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _world(
    check: str, *, error: bool = True, aws: Aws = Aws.NOT_SHOWN
) -> Callable[[Callable[[Ground], Iterator[None]]], Breaking]:
    """Put a world on the list, under its function's name in words."""

    def attach(breaking: Callable[[Ground], Iterator[None]]) -> Breaking:
        broken = contextmanager(breaking)
        WORLDS[breaking.__name__.replace("_", " ")] = World(check, broken, error, aws)
        return broken

    return attach


# ---- the bucket ----


@_world("BucketExists", aws=Aws.REFUSES)
def bucket_of_nowhere(ground: Ground) -> Iterator[None]:
    with _another_bucket(ground, f"nowhere-{ground.account}"):
        yield


@_world("BucketInRegion", aws=Aws.REFUSES)
def bucket_of_another_region(ground: Ground) -> Iterator[None]:
    with _bucket(ground, "elsewhere", region="eu-central-1"):
        yield


@_world("BucketVersioned", aws=Aws.REFUSES)
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
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(_BLOCKS, True))
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


@_world("BucketBlocksPublicAccess", aws=Aws.REFUSES)
def bucket_that_is_open(ground: Ground) -> Iterator[None]:
    ground.s3.delete_public_access_block(Bucket=ground.bucket)
    yield
    _block(ground, **dict.fromkeys(_BLOCKS, True))


@_world("BucketBlocksPublicAccess", aws=Aws.REFUSES)
def bucket_that_is_half_open(ground: Ground) -> Iterator[None]:
    _block(ground, BlockPublicAcls=True)
    yield
    _block(ground, **dict.fromkeys(_BLOCKS, True))


def _block(ground: Ground, **blocks: bool) -> None:
    ground.s3.put_public_access_block(Bucket=ground.bucket, PublicAccessBlockConfiguration=blocks)


@_world("BucketKeySame")
def bucket_with_a_key_of_its_own(ground: Ground) -> Iterator[None]:
    key = ground.kms.create_key()["KeyMetadata"]["Arn"]
    _encrypt(ground, SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    yield
    _encrypt(ground, SSEAlgorithm="AES256")


def _encrypt(ground: Ground, **default: str) -> None:
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    ground.s3.put_bucket_encryption(Bucket=ground.bucket, ServerSideEncryptionConfiguration=rules)


@_world("DagFolderExists", aws=Aws.REFUSES)
def folder_whose_name_only_begins_like_it(ground: Ground) -> Iterator[None]:
    with ground.asking(DagS3Path="dag"):
        yield


# ---- the files ----


@_world("FilesExist", aws=Aws.REFUSES)
def version_that_is_none(ground: Ground) -> Iterator[None]:
    with ground.asking(RequirementsS3ObjectVersion="nonsense"):
        yield


@_world("FilesExist", aws=Aws.REFUSES)
def file_of_nowhere(ground: Ground) -> Iterator[None]:
    with ground.asking(PluginsS3Path="nowhere.zip"):
        yield


@_world("PluginsZipped", error=False)
def plugins_that_are_no_archive(ground: Ground) -> Iterator[None]:
    with ground.holding("PluginsS3Path", "import airflow\n"):
        yield


@_world("PluginsZipped", error=False)
def plugins_that_are_empty(ground: Ground) -> Iterator[None]:
    with ground.holding("PluginsS3Path", ""):
        yield


@_world("RequirementsConstrained", error=False)
def requirements_without_constraints(ground: Ground) -> Iterator[None]:
    with ground.holding("RequirementsS3Path", "pandas\n"):
        yield


@_world("ConstraintInForce", error=False)
def constraints_as_a_comment(ground: Ground) -> Iterator[None]:
    with ground.holding("RequirementsS3Path", f"# {REQUIREMENTS}"):
        yield


@_world("StartupScriptUnix", error=False)
def script_from_windows(ground: Ground) -> Iterator[None]:
    with ground.holding("StartupScriptS3Path", "#!/bin/sh\r\nexport A=1\r\n"):
        yield


# ---- the role ----


@_world("RoleExists", aws=Aws.REFUSES)
def role_of_nowhere(ground: Ground) -> Iterator[None]:
    with ground.asking(ExecutionRoleArn=f"arn:aws:iam::{ground.account}:role/nowhere"):
        yield


@_world("RoleExists", aws=Aws.REFUSES)
def role_of_another_path(ground: Ground) -> Iterator[None]:
    with ground.asking(ExecutionRoleArn=f"arn:aws:iam::{ground.account}:role/service-role/{ROLE}"):
        yield


@_world("RoleTrustsMwaa", aws=Aws.REFUSES)
def role_that_trusts_half_of_mwaa(ground: Ground) -> Iterator[None]:
    with ground.trusting(Principal={"Service": "airflow.amazonaws.com"}):
        yield


@_world("RoleTrustsThisEnvironment")
def role_of_another_environment(ground: Ground) -> Iterator[None]:
    arn = f"arn:aws:airflow:{REGION}:{ground.account}:environment/other"
    with ground.trusting(Condition={"ArnLike": {"aws:SourceArn": arn}}):
        yield


@_world("RoleReadsBucket", aws=Aws.REFUSES)
def role_that_is_denied_the_bucket(ground: Ground) -> Iterator[None]:
    with ground.denying("s3:GetObject*"):
        yield


@_world("RoleWritesLogs", aws=Aws.FAILS)
def role_within_a_boundary(ground: Ground) -> Iterator[None]:
    with ground.bound_to("s3:Get*", "s3:List*", "sqs:*", "kms:*", "cloudwatch:*"):
        yield


@_world("RoleUsesQueue", aws=Aws.FAILS)
def role_that_is_denied_the_queue(ground: Ground) -> Iterator[None]:
    with ground.denying("sqs:SendMessage"):
        yield


@_world("RoleUsesKey", aws=Aws.FAILS)
def role_without_the_key(ground: Ground) -> Iterator[None]:
    with ground.without_policy("airflow-key", ROLE):
        yield


@_world("RolePutsMetrics", aws=Aws.FAILS)
def role_that_is_denied_metrics(ground: Ground) -> Iterator[None]:
    with ground.denying("cloudwatch:PutMetricData"):
        yield


@_world("RoleReadsAccountBlock", aws=Aws.REFUSES)
def role_that_cannot_see_the_accounts_block(ground: Ground) -> Iterator[None]:
    ground.s3.delete_public_access_block(Bucket=ground.bucket)
    ground.block_account(**dict.fromkeys(_BLOCKS, True))
    with ground.denying("s3:GetAccountPublicAccessBlock"):
        yield
    ground.unblock_account()
    _block(ground, **dict.fromkeys(_BLOCKS, True))


@_world("RoleListsNoBuckets", error=False)
def role_that_may_list_all_buckets(ground: Ground) -> Iterator[None]:
    with ground.allowing("s3:ListAllMyBuckets"):
        yield


# ---- the key ----


@_world("KeyExists", aws=Aws.REFUSES)
def key_of_nowhere(ground: Ground) -> Iterator[None]:
    arn = str(ground.fields["KmsKey"]).rpartition("/")[0]
    with ground.allowing("kms:*"), ground.asking(KmsKey=f"{arn}/11111111-1111-1111-1111-111111111111"):
        yield


@_world("KeyEnabled", aws=Aws.REFUSES)
def key_that_is_disabled(ground: Ground) -> Iterator[None]:
    key = str(ground.fields["KmsKey"]).rpartition("/")[2]
    ground.kms.disable_key(KeyId=key)
    yield
    ground.kms.enable_key(KeyId=key)


@_world("KeySymmetric")
def key_for_signatures(ground: Ground) -> Iterator[None]:
    with _key(ground, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"):
        yield


@_world("KeyAdmitsLogs")
def key_without_cloudwatch_logs(ground: Ground) -> Iterator[None]:
    policy = json.loads(_policy(ground))
    with _key(ground, Policy=json.dumps({**policy, "Statement": policy["Statement"][:1]})):
        yield


@contextmanager
def _key(ground: Ground, **settings: Any) -> Iterator[None]:
    made = ground.kms.create_key(**{"Policy": _policy(ground), **settings})["KeyMetadata"]["Arn"]
    with ground.allowing("kms:*"), ground.asking(KmsKey=made):
        yield


def _policy(ground: Ground) -> str:
    return str(ground.kms.get_key_policy(KeyId=ground.fields["KmsKey"], PolicyName="default")["Policy"])


# ---- the operator ----


@_world("CallerManagesEnvironments", error=False)
def operator_without_environments(ground: Ground) -> Iterator[None]:
    with ground.without_policy("environments", OPERATOR):
        yield


@_world("CallerPassesRole")
def operator_that_is_denied_to_pass_roles(ground: Ground) -> Iterator[None]:
    with ground.denying("iam:PassRole", role=OPERATOR):
        yield


@_world("CallerPassesRole", error=False)
def operator_that_may_pass_roles_to_others(ground: Ground) -> Iterator[None]:
    with ground.without_policy("roles", OPERATOR):
        yield


@_world("CallerUsesKey", error=False)
def operator_without_the_key(ground: Ground) -> Iterator[None]:
    with ground.without_policy("keys", OPERATOR):
        yield


@_world("CallerMakesLinkedRole", error=False)
def operator_that_may_make_no_linked_role(ground: Ground) -> Iterator[None]:
    with ground.without_policy("linked", OPERATOR):
        yield
