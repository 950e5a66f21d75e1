"""How the source bucket is set up, setting by setting: what MWAA needs, and what keeps code safe.

Only what is named here is compared and corrected. Other statements of the bucket's policy, other lifecycle rules and other objects are
people's, and stay.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_operator.api.provision import ProvisionedBucket
from mwaa_operator.planning.parts.documents import key_arn, with_statement
from mwaa_operator.planning.parts.model import Call, PartContext

POLICY_SID = "MwaaOperatorTlsOnly"
LIFECYCLE_ID = "mwaa-operator-noncurrent-versions"
DEFAULT_DAGS = "dags"
"""The DAG folder where the spec names none, of the bucket and of the environment."""

_BLOCKS = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@dataclass(frozen=True, kw_only=True)
class BucketSettings:
    """A bucket's settings as S3 gives them; None or empty where it has none."""

    versioning: str | None = None
    public_access_block: Mapping[str, Any] = field(default_factory=dict)
    encryption: Mapping[str, Any] | None = None
    """The rule of the default encryption; S3 keeps one."""
    policy: Mapping[str, Any] | None = None
    lifecycle: Mapping[str, Any] = field(default_factory=dict)
    """GetBucketLifecycleConfiguration's answer."""
    holds_dags: bool = False
    """Whether there is anything under the DAG prefix."""


def dags_prefix(context: PartContext) -> str:
    """The prefix of all DAGs, with a slash at its end; empty where they lie in the bucket's root."""
    folder = (context.spec.dag_s3_path or DEFAULT_DAGS).strip("/")
    return f"{folder}/" if folder else ""


def corrections(context: PartContext, bucket: ProvisionedBucket, settings: BucketSettings) -> tuple[Call, ...]:
    """The calls that bring the settings about, in an order in which the bucket is never more open than it was."""
    operations: list[tuple[str, dict[str, Any]]] = []
    if not all(settings.public_access_block.get(block) is True for block in _BLOCKS):
        operations.append(("PutPublicAccessBlock", {"PublicAccessBlockConfiguration": _BLOCKS}))
    policy = with_statement(settings.policy, _tls_only(context, bucket.name))
    if policy is not None:
        operations.append(("PutBucketPolicy", {"Policy": json.dumps(policy)}))
    operations += _encryption(context, settings.encryption or {})
    if settings.versioning != "Enabled":
        operations.append(("PutBucketVersioning", {"VersioningConfiguration": {"Status": "Enabled"}}))
    operations += _lifecycle(bucket.noncurrent_version_expiration_days, settings.lifecycle)
    if not settings.holds_dags:
        # What the S3 console makes of a new folder. MWAA refuses a prefix with nothing in it.
        operations.append(("PutObject", {"Key": dags_prefix(context), "Body": b""}))
    return tuple(
        Call(
            service="s3",
            operation=operation,
            parameters={"Bucket": bucket.name, **parameters, "ExpectedBucketOwner": context.account_id},
        )
        for operation, parameters in operations
    )


def _tls_only(context: PartContext, name: str) -> dict[str, Any]:
    """Refuse whatever does not come over TLS (Amazon S3 User Guide, security best practices)."""
    arn = f"arn:{context.partition}:s3:::{name}"
    return {
        "Sid": POLICY_SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _encryption(context: PartContext, rule: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """SSE-S3, or the environment's own key: MWAA takes no other (`mwaa-behaviour.md` §4)."""
    key = key_arn(context)
    seen = rule.get("ApplyServerSideEncryptionByDefault") or {}
    if key is None:
        if seen.get("SSEAlgorithm") == "AES256":
            return []
        wanted: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    else:
        same_key = str(seen.get("KMSMasterKeyID", "")).rpartition("/")[2] == key.rpartition("/")[2]
        if seen.get("SSEAlgorithm") == "aws:kms" and same_key and rule.get("BucketKeyEnabled"):
            return []
        wanted = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    rules = [{**rule, **wanted, "BucketKeyEnabled": key is not None}]
    return [("PutBucketEncryption", {"ServerSideEncryptionConfiguration": {"Rules": rules}})]


def _lifecycle(days: int | None, seen: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Our one rule beside those of others: PutBucketLifecycleConfiguration replaces all of them."""
    rules = seen.get("Rules", [])
    ours = [rule for rule in rules if rule.get("ID") == LIFECYCLE_ID]
    if not ours if days is None else len(ours) == 1 and _expires(ours[0], days):
        return []
    wanted = [] if days is None else [_expiry(days)]
    kept = [*(rule for rule in rules if rule.get("ID") != LIFECYCLE_ID), *wanted]
    if not kept:
        return [("DeleteBucketLifecycle", {})]
    smallest = "TransitionDefaultMinimumObjectSize"
    extra = {smallest: seen[smallest]} if smallest in seen else {}
    return [("PutBucketLifecycleConfiguration", {"LifecycleConfiguration": {"Rules": kept}, **extra})]


def _expiry(days: int) -> dict[str, Any]:
    return {
        "ID": LIFECYCLE_ID,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }


def _expires(rule: Mapping[str, Any], days: int) -> bool:
    """Whether the rule does what `_expiry` says, however S3 writes that it is for all objects."""
    narrowed = rule.get("Prefix") or any((rule.get("Filter") or {}).values())
    return (
        rule.get("Status") == "Enabled"
        and not narrowed
        and rule.get("NoncurrentVersionExpiration") == {"NoncurrentDays": days}
        and bool((rule.get("Expiration") or {}).get("ExpiredObjectDeleteMarker"))
    )
