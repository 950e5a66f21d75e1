"""How the source bucket ends: it is left alone, or emptied of all versions and deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.names import TAG_UID
from mwaa_operator.planning.ownership import Owner, owner_of
from mwaa_operator.planning.parts.bucket import SeenBucket, resource_of
from mwaa_operator.planning.parts.model import Call, PartContext, PartPlan

BATCH = 1000
"""So many versions DeleteObjects takes at a time."""


@dataclass(frozen=True, kw_only=True)
class BucketContents:
    """Some of what is in a bucket: Key and VersionId of versions and delete markers, Key and UploadId of uploads under way.

    Nothing is listed here only if nothing is in the bucket.
    """

    versions: tuple[Mapping[str, str], ...] = ()
    uploads: tuple[Mapping[str, str], ...] = ()


def is_ours_to_delete(context: PartContext, seen: SeenBucket | None) -> bool:
    """Whether this very object has made the bucket, or has taken it over.

    The uid counts: a bucket that an earlier object of this name has left behind, and that this one never had, holds what was to be kept.
    """
    return (
        seen is not None
        and not seen.closed
        and seen.region == context.region
        and owner_of(seen.tags, context.identity) is Owner.US
        and seen.tags.get(TAG_UID) == context.identity.uid
    )


def removal(context: PartContext, name: str, contents: BucketContents | None) -> PartPlan:
    """Decide. `contents` are None where there is no bucket that is to go."""
    if contents is None:
        return PartPlan(reason=Reason.REMOVING, message=f"There is nothing to remove of the bucket {name}.", gone=True)
    return PartPlan(
        reason=Reason.REMOVING,
        message=f"The bucket {name} is being emptied and deleted.",
        calls=_calls(context, name, contents),
        resources=(resource_of(name),),
    )


def _calls(context: PartContext, name: str, contents: BucketContents) -> tuple[Call, ...]:
    where = {"Bucket": name, "ExpectedBucketOwner": context.account_id}
    batches = [contents.versions[at : at + BATCH] for at in range(0, len(contents.versions), BATCH)]
    calls: list[tuple[str, dict[str, Any]]] = [
        *(("AbortMultipartUpload", dict(upload)) for upload in contents.uploads),
        *(("DeleteObjects", {"Delete": {"Objects": list(batch), "Quiet": True}}) for batch in batches),
    ]
    return tuple(
        Call(service="s3", operation=operation, parameters={**where, **parameters}, gone_is_fine=True)
        for operation, parameters in calls or [("DeleteBucket", {})]
    )
