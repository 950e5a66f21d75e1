"""Users, groups and roles that moto holds, with the policies that decide over them.

To be used under the lock that guards moto's requests.
"""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend
from moto.iam.exceptions import NotFoundException

from mwaa_sandbox.aws.iam import documents
from mwaa_sandbox.aws.iam.documents import Policy, PolicyKind
from mwaa_sandbox.aws.iam.evaluation import Policies


def policies_of(account: str, partition: str, arn: str) -> Policies | None:
    """Return what decides over a user, group or role of an account, or None if there is no such one."""
    iam = get_backend("iam")[account][partition]
    kind = arn.rpartition(":")[2].partition("/")[0]
    listed = {"user": iam.users, "group": iam.groups, "role": iam.roles}.get(kind, {})
    entity = next((one for one in listed.values() if one.arn == arn), None)
    if entity is None:
        return None
    identity = _policies(entity, kind)
    if kind == "user":
        for group in iam.get_groups_for_user(entity.name):
            identity += _policies(group, "group")
    return Policies(tuple(identity), _boundary(iam, getattr(entity, "permissions_boundary_arn", None)))


def _policies(entity: Any, kind: str) -> list[Policy]:
    inline = [
        documents.parse(document, kind=PolicyKind.IDENTITY, name=name, source_type=kind)
        for name, document in entity.policies.items()
    ]
    return inline + [_managed(policy, PolicyKind.IDENTITY) for policy in entity.managed_policies.values()]


def _managed(policy: Any, kind: PolicyKind) -> Policy:
    source_type = "aws-managed" if ":iam::aws:" in policy.arn else "user-managed"
    [document] = [one.document for one in policy.versions if one.version_id == policy.default_version_id]
    return documents.parse(document, kind=kind, name=policy.name, source_type=source_type)


def _boundary(iam: Any, arn: str | None) -> Policy | None:
    """Return a boundary's policy. One that moto does not have, such as AWS's own, allows nothing."""
    if not arn:
        return None
    try:
        return _managed(iam.get_policy(arn), PolicyKind.BOUNDARY)
    except NotFoundException:
        return Policy(arn.rpartition("/")[2], "none", ())
