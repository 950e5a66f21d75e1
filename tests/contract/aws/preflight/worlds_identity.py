"""Roles and keys with one thing wrong, made from good ones by boto3 as somebody would, and mended again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .ground import OPERATOR, REGION, ROLE, Ground
from .ground_world import Aws, world
from .worlds_storage import BLOCKS, block

# ---- the role ----


@world("RoleExists", aws=Aws.REFUSES)
def role_of_nowhere(ground: Ground) -> Iterator[None]:
    with ground.asking(ExecutionRoleArn=f"arn:aws:iam::{ground.account}:role/nowhere"):
        yield


@world("RoleExists", aws=Aws.REFUSES)
def role_of_another_path(ground: Ground) -> Iterator[None]:
    with ground.asking(ExecutionRoleArn=f"arn:aws:iam::{ground.account}:role/service-role/{ROLE}"):
        yield


@world("RoleTrustsMwaa", aws=Aws.REFUSES)
def role_that_trusts_half_of_mwaa(ground: Ground) -> Iterator[None]:
    with ground.trusting(Principal={"Service": "airflow.amazonaws.com"}):
        yield


@world("RoleTrustsThisEnvironment")
def role_of_another_environment(ground: Ground) -> Iterator[None]:
    arn = f"arn:aws:airflow:{REGION}:{ground.account}:environment/other"
    with ground.trusting(Condition={"ArnLike": {"aws:SourceArn": arn}}):
        yield


@world("RoleReadsBucket", aws=Aws.REFUSES)
def role_that_is_denied_the_bucket(ground: Ground) -> Iterator[None]:
    with ground.denying("s3:GetObject*"):
        yield


@world("RoleWritesLogs", aws=Aws.FAILS)
def role_within_a_boundary(ground: Ground) -> Iterator[None]:
    with ground.bound_to("s3:Get*", "s3:List*", "sqs:*", "kms:*", "cloudwatch:*"):
        yield


@world("RoleUsesQueue", aws=Aws.FAILS)
def role_that_is_denied_the_queue(ground: Ground) -> Iterator[None]:
    with ground.denying("sqs:SendMessage"):
        yield


@world("RoleUsesKey", aws=Aws.FAILS)
def role_without_the_key(ground: Ground) -> Iterator[None]:
    with ground.without_policy("airflow-key", ROLE):
        yield


@world("RolePutsMetrics", aws=Aws.FAILS)
def role_that_is_denied_metrics(ground: Ground) -> Iterator[None]:
    with ground.denying("cloudwatch:PutMetricData"):
        yield


@world("RoleReadsAccountBlock", aws=Aws.REFUSES)
def role_that_cannot_see_the_accounts_block(ground: Ground) -> Iterator[None]:
    ground.s3.delete_public_access_block(Bucket=ground.bucket)
    ground.block_account(**dict.fromkeys(BLOCKS, True))
    with ground.denying("s3:GetAccountPublicAccessBlock"):
        yield
    ground.unblock_account()
    block(ground, **dict.fromkeys(BLOCKS, True))


@world("RoleListsNoBuckets", error=False)
def role_that_may_list_all_buckets(ground: Ground) -> Iterator[None]:
    with ground.allowing("s3:ListAllMyBuckets"):
        yield


# ---- the key ----


@world("KeyExists", aws=Aws.REFUSES)
def key_of_nowhere(ground: Ground) -> Iterator[None]:
    arn = str(ground.fields["KmsKey"]).rpartition("/")[0]
    with ground.allowing("kms:*"), ground.asking(KmsKey=f"{arn}/11111111-1111-1111-1111-111111111111"):
        yield


@world("KeyEnabled", aws=Aws.REFUSES)
def key_that_is_disabled(ground: Ground) -> Iterator[None]:
    key = str(ground.fields["KmsKey"]).rpartition("/")[2]
    ground.kms.disable_key(KeyId=key)
    yield
    ground.kms.enable_key(KeyId=key)


@world("KeySymmetric", aws=Aws.REFUSES)
def key_for_signatures(ground: Ground) -> Iterator[None]:
    with _key(ground, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"):
        yield


@world("KeyAdmitsLogs", aws=Aws.FAILS)
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


@world("CallerManagesEnvironments", error=False)
def operator_without_environments(ground: Ground) -> Iterator[None]:
    with ground.without_policy("environments", OPERATOR):
        yield


@world("CallerPassesRole")
def operator_that_is_denied_to_pass_roles(ground: Ground) -> Iterator[None]:
    with ground.denying("iam:PassRole", role=OPERATOR):
        yield


@world("CallerPassesRole", error=False)
def operator_that_may_pass_roles_to_others(ground: Ground) -> Iterator[None]:
    with ground.without_policy("roles", OPERATOR):
        yield


@world("CallerUsesKey", error=False)
def operator_without_the_key(ground: Ground) -> Iterator[None]:
    with ground.without_policy("keys", OPERATOR):
        yield


@world("CallerMakesLinkedRole", error=False)
def operator_that_may_make_no_linked_role(ground: Ground) -> Iterator[None]:
    with ground.without_policy("linked", OPERATOR):
        yield
