"""Customers' keys: the environment's own, and what a bucket encrypts with by default (§4, §6, §9.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.judging import key_policy
from mwaa_sandbox.aws.mwaa import identifiers, messages
from mwaa_sandbox.aws.mwaa.errors import ValidationError
from mwaa_sandbox.aws.mwaa.lifecycle import Settings

_OF_AWS = "alias/aws/"


def key_arn(settings: Settings, *, account: str, region: str) -> str | None:
    """Return the ARN of the customer's key; None when AWS's own is used."""
    given: str | None = settings.get("KmsKey")
    if given is None or given.startswith("arn:"):
        return given
    return f"arn:{identifiers.partition(region)}:kms:{region}:{account}:key/{given.rpartition('/')[2]}"


def admits_logs(arn: str | None, *, account: str, region: str) -> bool:
    """Whether CloudWatch Logs may use the customer's key, if there is one. One of another account cannot be looked at and is believed."""
    key = None if arn is None else get_backend("kms")[account][region].keys.get(arn.rpartition("/")[2])
    return key is None or key_policy.admits_logs(key.policy, key_arn=key.arn, region=region)


def closed_to_logs(settings: Settings, *, account: str, region: str) -> Iterator[str]:
    """§6: the key's policy has to let CloudWatch Logs in, whether or not the groups are there already."""
    arn = key_arn(settings, account=account, region=region)
    if not admits_logs(arn, account=account, region=region):
        yield f"the policy of the key {arn} does not let CloudWatch Logs use it"


def judge_key(settings: Settings, *, account: str, region: str) -> None:
    """Refuse a key that is not an enabled, symmetric one of this Region (§1.2, §9.2). One of another account is believed.

    That MWAA takes no asymmetric key is what KMS makes of it: services encrypt with symmetric keys alone (AWS KMS Developer Guide).
    """
    given = settings.get("KmsKey")
    if given is None or (given.startswith("arn:") and f":{account}:" not in given):
        return
    key = get_backend("kms")[account][region].keys.get(given.rpartition("/")[2])
    if key is None or (given.startswith("arn:") and key.arn != given):
        raise ValidationError(messages.unsupported_kms_key(f"{given} does not exist in {region}"))
    if not key.enabled:
        raise ValidationError(messages.unsupported_kms_key(f"{given} is not enabled"))
    if key.key_spec != "SYMMETRIC_DEFAULT":
        raise ValidationError(messages.unsupported_kms_key(f"{given} is not a symmetric key for encryption"))


def judge_bucket(bucket: Any, settings: Settings, *, account: str, region: str) -> None:
    """Refuse a bucket that encrypts with a customer's key which is not the environment's (§4: the same key, and no alias)."""
    wanted = _default_key(bucket)
    if wanted is None or _is_of_aws(wanted, account=bucket.account_id, region=bucket.region_name):
        return
    own = key_arn(settings, account=account, region=region)
    if "alias/" in wanted or own is None or wanted.rpartition("/")[2] != own.rpartition("/")[2]:
        raise ValidationError(messages.bucket_with_another_key(bucket.name, wanted, own))


def _default_key(bucket: Any) -> str | None:
    """Return the key as the bucket's default encryption names it; None if that is SSE-S3, or leaves the choice to S3."""
    rules = (bucket.encryption or {}).get("Rule") or {}
    rule: Mapping[str, Any] = rules[0] if isinstance(rules, list) else rules
    named = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    return str(named) if named else None


def _is_of_aws(named: str, *, account: str, region: str) -> bool:
    if _OF_AWS in named:
        return True
    key = get_backend("kms")[account][region].keys.get(named.rpartition("/")[2])
    return key is not None and any(alias.startswith(_OF_AWS) for alias in key.aliases)
