"""Whose environment it is (design §4.2).

What the operator creates carries four tags. Cluster, namespace and name say whose it is: no two objects of one cluster share them at a
time, so an object that was deleted and restored from Git or a backup finds its environment again. The uid tells such a restored object.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mwaa_operator.api.names import OWNERSHIP_TAGS, TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE, TAG_UID


class Owner(StrEnum):
    """Who an environment that exists belongs to, by its tags."""

    US = "us"
    NOBODY = "nobody"
    ANOTHER = "another"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The object that an environment is made for."""

    cluster: str
    namespace: str
    name: str
    uid: str

    @property
    def tags(self) -> Mapping[str, str]:
        return {TAG_CLUSTER: self.cluster, TAG_NAMESPACE: self.namespace, TAG_NAME: self.name, TAG_UID: self.uid}


def owner_of(tags: Mapping[str, str], identity: Identity) -> Owner:
    """Judge an environment's tags. One tag of ours alone is enough to make it somebody's."""
    if not any(tag in tags for tag in OWNERSHIP_TAGS):
        return Owner.NOBODY
    ours = identity.tags
    same = all(tags.get(tag) == ours[tag] for tag in (TAG_CLUSTER, TAG_NAMESPACE, TAG_NAME))
    return Owner.US if same else Owner.ANOTHER


def describe_owner(tags: Mapping[str, str]) -> str:
    """The other owner in words, for a condition."""
    return f"MwaaEnvironment {tags.get(TAG_NAMESPACE, '?')}/{tags.get(TAG_NAME, '?')} of cluster {tags.get(TAG_CLUSTER, '?')}"
