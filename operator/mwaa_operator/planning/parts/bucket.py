"""What to do about the source bucket: versioned, encrypted, closed to the public, with a place for the DAGs (`mwaa-behaviour.md` §4).

The name is the spec's, so the bucket is found by it. Bucket names belong to all of AWS: one that is not this object's is never touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import ResourceStatus
from mwaa_operator.api.provision import ProvisionedBucket
from mwaa_operator.planning.ownership import Owner, describe_owner, owner_of
from mwaa_operator.planning.parts.bucket_settings import BucketSettings, corrections
from mwaa_operator.planning.parts.model import Call, Outputs, PartContext, PartKind, PartPlan, tag_pairs

_NO_LOCATION = "us-east-1"
"""S3 wants this one region to be left out of LocationConstraint (CreateBucket)."""


@dataclass(frozen=True, kw_only=True)
class SeenBucket:
    """A bucket of the wanted name. One that may not be looked at is `closed`, and nothing more is known of it."""

    region: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False


def why_not_ours(context: PartContext, name: str, seen: SeenBucket) -> str | None:
    """Why a bucket of that name is not this object's, in a sentence that says what to do. None: it is this object's."""
    if seen.closed:
        return (
            f"There is a bucket {name} already that the operator may not look at: it belongs to another account, or the operator's role "
            "lacks s3:ListBucket on it. Allow that; or give sourceBucketArn in place of provision.bucket; "
            "or delete this object and create it with another name in provision.bucket."
        )
    owner = owner_of(seen.tags, context.identity)
    if owner is Owner.ANOTHER:
        return (
            f"The bucket {name} was made for {describe_owner(seen.tags)}. Give sourceBucketArn in place of provision.bucket to "
            "use that bucket, or delete this object and create it with another name there."
        )
    if owner is Owner.NOBODY:
        return (
            f"There is a bucket {name} already that was not made for this object. Give sourceBucketArn in place of provision.bucket to "
            "use that bucket, or delete this object and create it with another name there."
        )
    if seen.region != context.region:
        return (
            f"The bucket {name} is in {seen.region}, and the environment is in {context.region}: MWAA reads from buckets of its own "
            "region only. Delete that bucket, or delete this object and create it with another name in provision.bucket."
        )
    return None


def plan(
    context: PartContext, bucket: ProvisionedBucket, seen: SeenBucket | None, settings: BucketSettings | None
) -> PartPlan:
    """Decide. `settings` are None for a bucket that is not this object's."""
    if seen is None:
        return PartPlan(
            reason=Reason.PROVISIONING,
            message=f"The bucket {bucket.name} is being made.",
            calls=(_create(context, bucket.name),),
        )
    why = why_not_ours(context, bucket.name, seen)
    if why is not None or settings is None:
        return PartPlan(reason=Reason.NAME_TAKEN, message=why or "", stalled=True)
    calls = (*_tags(context, bucket.name, seen.tags), *corrections(context, bucket, settings))
    resources = (resource_of(bucket.name),)
    if calls:
        return PartPlan(
            reason=Reason.PROVISIONING,
            message=f"The bucket {bucket.name} is being set up.",
            calls=calls,
            resources=resources,
        )
    return PartPlan(
        reason=Reason.PROVISIONED,
        message=f"The bucket {bucket.name} is as the spec asks for.",
        ready=True,
        resources=resources,
        outputs=Outputs(source_bucket_arn=f"arn:{context.partition}:s3:::{bucket.name}"),
    )


def resource_of(name: str) -> ResourceStatus:
    """The bucket as the status lists it."""
    return ResourceStatus(kind="Bucket", id=name, provisioned=True, part=PartKind.BUCKET.value)


def _create(context: PartContext, name: str) -> Call:
    configuration: dict[str, Any] = {"Tags": tag_pairs(context.tags())}
    if context.region != _NO_LOCATION:
        configuration["LocationConstraint"] = context.region
    return Call(
        service="s3", operation="CreateBucket", parameters={"Bucket": name, "CreateBucketConfiguration": configuration}
    )


def _tags(context: PartContext, name: str, seen: Mapping[str, str]) -> tuple[Call, ...]:
    """Set the spec's tags and ours, and keep all others: PutBucketTagging replaces what there is."""
    wanted = {**seen, **context.tags()}
    if wanted == seen:
        return ()
    return (
        Call(
            service="s3",
            operation="PutBucketTagging",
            parameters={
                "Bucket": name,
                "Tagging": {"TagSet": tag_pairs(wanted)},
                "ExpectedBucketOwner": context.account_id,
            },
        ),
    )
