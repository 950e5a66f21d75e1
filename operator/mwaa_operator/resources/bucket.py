"""The source bucket: looks; what to do is decided in `planning.parts`."""

from typing import Any

from mwaa_operator.api.enums import DeletionPolicy
from mwaa_operator.api.provision import ProvisionedBucket
from mwaa_operator.aws import s3_buckets
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.parts import bucket as deciding
from mwaa_operator.planning.parts.bucket import SeenBucket, why_not_ours
from mwaa_operator.planning.parts.bucket_removal import BucketContents, is_ours_to_delete, removal
from mwaa_operator.planning.parts.bucket_settings import BucketSettings, dags_prefix
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan


class BucketPart:
    """`spec.provision.bucket`. Blocks while it calls AWS."""

    kind = PartKind.BUCKET

    def plan(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at the bucket and, if it is this object's, at its settings. Raises AwsError."""
        wanted = _asked_for(context)
        client = clients.client("s3", context.region)
        seen = _seen(client, context, wanted.name)
        ours = seen is not None and why_not_ours(context, wanted.name, seen) is None
        return deciding.plan(context, wanted, seen, _settings(client, context, wanted.name) if ours else None)

    def removal(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at what is in the bucket, if it is to go. Raises AwsError."""
        bucket = context.spec.provision.bucket
        if bucket is None or bucket.deletion is not DeletionPolicy.DELETE:
            return removal(context, _name(context), None)
        client = clients.client("s3", context.region)
        seen = _seen(client, context, bucket.name)
        contents = _contents(client, context, bucket.name) if is_ours_to_delete(context, seen) else None
        return removal(context, bucket.name, contents)


def _asked_for(context: PartContext) -> ProvisionedBucket:
    bucket = context.spec.provision.bucket
    if bucket is None:
        raise ValueError("The spec asks for no bucket.")
    return bucket


def _name(context: PartContext) -> str:
    """What the bucket is called, also after the spec has stopped asking for it."""
    bucket = context.spec.provision.bucket
    known = (resource.id for resource in context.known if resource.part == PartKind.BUCKET.value)
    return bucket.name if bucket is not None else next(known, "of provision.bucket")


def _is_known(context: PartContext, name: str) -> bool:
    """Whether the operator has seen before that the bucket is this object's."""
    return any(one.part == PartKind.BUCKET.value and one.id == name for one in context.known)


def _seen(client: Any, context: PartContext, name: str) -> SeenBucket | None:
    try:
        region = s3_buckets.region_of(client, bucket=name, owner=context.account_id)
    except AwsError as error:
        if error.kind is FailureKind.DENIED and not _is_known(context, name):
            return SeenBucket(closed=True)
        raise
    if region is None:
        return None
    return SeenBucket(region=region, tags=s3_buckets.tags(client, bucket=name, owner=context.account_id))


def _settings(client: Any, context: PartContext, name: str) -> BucketSettings:
    def setting(operation: str) -> dict[str, Any]:
        return s3_buckets.setting(client, operation, bucket=name, owner=context.account_id)

    rules = setting("GetBucketEncryption").get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    prefix = dags_prefix(context)
    return BucketSettings(
        versioning=setting("GetBucketVersioning").get("Status"),
        public_access_block=setting("GetPublicAccessBlock").get("PublicAccessBlockConfiguration", {}),
        encryption=rules[0] if rules else None,
        policy=s3_buckets.policy(client, bucket=name, owner=context.account_id),
        lifecycle=setting("GetBucketLifecycleConfiguration"),
        holds_dags=not prefix
        or s3_buckets.holds_anything(client, bucket=name, prefix=prefix, owner=context.account_id),
    )


def _contents(client: Any, context: PartContext, name: str) -> BucketContents:
    return BucketContents(
        versions=tuple(s3_buckets.some_versions(client, bucket=name, owner=context.account_id)),
        uploads=tuple(s3_buckets.some_uploads(client, bucket=name, owner=context.account_id)),
    )
