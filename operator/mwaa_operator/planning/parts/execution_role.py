"""What to do about the execution role. It is found by its name, which follows from the environment's.

What others have added to the role (managed policies, inline policies, a boundary where the spec names none) stays until the role goes.
Which of these are the operator's own is remembered in a tag of the role, written before they are attached: so what leaves the spec leaves
the role, and nothing else does.

That a role is not known everywhere yet is no matter here: CreateEnvironment is repeated for some minutes (`planning.failure`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import ResourceStatus
from mwaa_operator.api.names import TAG_PREFIX
from mwaa_operator.api.provision import ProvisionedRole
from mwaa_operator.planning.ownership import Owner, describe_owner, owner_of
from mwaa_operator.planning.parts.documents import alike
from mwaa_operator.planning.parts.model import Call, Outputs, PartContext, PartKind, PartPlan, tag_pairs
from mwaa_operator.planning.parts.role_policy import additional, permissions, trust

NAME_PREFIX = "mwaa-execution-"
MAX_NAME = 64
"""Characters of a role's name (CreateRole)."""
ENVIRONMENT_POLICY = "mwaa-environment"
ADDITIONAL_POLICY = "mwaa-additional"
OUR_POLICIES = (ENVIRONMENT_POLICY, ADDITIONAL_POLICY)
TAG_ATTACHED = f"{TAG_PREFIX}attached"
"""Fingerprints of the managed policies that the operator has attached to the role, its boundary among them."""


@dataclass(frozen=True, kw_only=True)
class SeenRole:
    """The role of the name in question."""

    arn: str
    path: str
    tags: Mapping[str, str]
    trust: Mapping[str, Any]
    boundary: str | None = None
    inline: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Inline policies by name. The documents of those that are not ours are left empty."""
    attached: tuple[str, ...] = ()


def role_name(environment: str, region: str) -> str:
    """The role's name, readable as far as the length allows. IAM's names are for all regions of an account."""
    plain = f"{NAME_PREFIX}{environment}-{region}"
    if len(plain) <= MAX_NAME:
        return plain
    ending = f"-{region}-{_fingerprint(plain)[:8]}"
    return f"{NAME_PREFIX}{environment[: MAX_NAME - len(NAME_PREFIX) - len(ending)]}{ending}"


def plan(context: PartContext, role: ProvisionedRole, seen: SeenRole | None) -> PartPlan:
    """Decide."""
    name, bucket = role_name(context.name, context.region), context.outputs.source_bucket_arn
    if bucket is None:
        return PartPlan(reason=Reason.PROVISIONING, message=f"The role {name} is made once there is a bucket.")
    if seen is None:
        message = f"The role {name} is being made."
        return PartPlan(reason=Reason.PROVISIONING, message=message, calls=(_create(context, name, role),))
    why = _why_not_ours(context, name, role, seen)
    if why is not None:
        return PartPlan(reason=Reason.NAME_TAKEN, message=why, stalled=True)
    calls = (
        *_tags(context, name, role, seen),
        *_trust(context, name, seen),
        *_boundary(name, role, seen),
        *_inline(context, name, role, seen, bucket),
        *_attachments(name, role, seen),
    )
    if calls:
        message = f"The role {name} is being set up."
        return PartPlan(reason=Reason.PROVISIONING, message=message, calls=calls, resources=(_resource(name),))
    return PartPlan(
        reason=Reason.PROVISIONED,
        message=f"The role {name} trusts MWAA, and may do what the environment needs.",
        ready=True,
        resources=(_resource(name),),
        outputs=Outputs(execution_role_arn=seen.arn),
    )


def removal(context: PartContext, seen: SeenRole | None) -> PartPlan:
    """Decide about the end of the role, also where the spec asks for none any more."""
    name = role_name(context.name, context.region)
    if seen is None or owner_of(seen.tags, context.identity) is not Owner.US:
        return PartPlan(reason=Reason.REMOVING, message=f"There is nothing to remove of the role {name}.", gone=True)
    calls = [
        *(_call("DetachRolePolicy", name, PolicyArn=arn) for arn in seen.attached),
        *(_call("DeleteRolePolicy", name, PolicyName=policy) for policy in seen.inline),
        _call("DeleteRole", name),
    ]
    return PartPlan(
        reason=Reason.REMOVING,
        message=f"The role {name} is being deleted.",
        calls=tuple(calls),
        resources=(_resource(name),),
    )


def _why_not_ours(context: PartContext, name: str, role: ProvisionedRole, seen: SeenRole) -> str | None:
    owner = owner_of(seen.tags, context.identity)
    if owner is not Owner.US:
        whose = "was not made for this object"
        if owner is Owner.ANOTHER:
            whose = f"was made for {describe_owner(seen.tags)}"
        return (
            f"There is a role {name} already that {whose}. Delete it, or give executionRoleArn in place of provision.executionRole to use "
            "that role."
        )
    if seen.path != role.path:
        return (
            f"The role {name} exists already with the path {seen.path}, and a role cannot move. Delete it, or set "
            "provision.executionRole.path to that."
        )
    return None


def _create(context: PartContext, name: str, role: ProvisionedRole) -> Call:
    boundary = role.permissions_boundary_arn
    return Call(
        service="iam",
        operation="CreateRole",
        parameters={
            "RoleName": name,
            "Path": role.path,
            "AssumeRolePolicyDocument": json.dumps(trust(context)),
            "Description": f"Execution role of the MWAA environment {context.name} in {context.region}",
            "Tags": tag_pairs({**context.tags(), **_memory(_wanted(role))}),
            **({"PermissionsBoundary": boundary} if boundary else {}),
        },
        made="Role.RoleName",
    )


def _tags(context: PartContext, name: str, role: ProvisionedRole, seen: SeenRole) -> list[Call]:
    """The spec's tags and ours; and what is attached by us, before it is attached and until it is detached."""
    there = {arn for arn in (*seen.attached, seen.boundary) if arn is not None and _is_ours(arn, seen)}
    memory = _memory(there | _wanted(role))
    wanted = {**context.tags(), **memory}
    calls = []
    if any(seen.tags.get(key) != value for key, value in wanted.items()):
        calls.append(_call("TagRole", name, Tags=tag_pairs(wanted)))
    if not memory and TAG_ATTACHED in seen.tags:
        calls.append(_call("UntagRole", name, TagKeys=[TAG_ATTACHED]))
    return calls


def _trust(context: PartContext, name: str, seen: SeenRole) -> list[Call]:
    """Who may assume the role is for the spec alone to say."""
    wanted = trust(context)
    if alike(wanted, seen.trust):
        return []
    return [_call("UpdateAssumeRolePolicy", name, PolicyDocument=json.dumps(wanted))]


def _boundary(name: str, role: ProvisionedRole, seen: SeenRole) -> list[Call]:
    wanted = role.permissions_boundary_arn
    if wanted is not None and wanted != seen.boundary:
        return [_call("PutRolePermissionsBoundary", name, PermissionsBoundary=wanted)]
    if wanted is None and seen.boundary is not None and _is_ours(seen.boundary, seen):
        return [_call("DeleteRolePermissionsBoundary", name)]
    return []


def _inline(context: PartContext, name: str, role: ProvisionedRole, seen: SeenRole, bucket: str) -> list[Call]:
    wanted = {
        ENVIRONMENT_POLICY: permissions(context, bucket),
        ADDITIONAL_POLICY: additional(role.additional_statements),
    }
    calls = []
    for policy, document in wanted.items():
        if document is None and policy in seen.inline:
            calls.append(_call("DeleteRolePolicy", name, PolicyName=policy))
        elif document is not None and not alike(document, seen.inline.get(policy)):
            calls.append(_call("PutRolePolicy", name, PolicyName=policy, PolicyDocument=json.dumps(document)))
    return calls


def _attachments(name: str, role: ProvisionedRole, seen: SeenRole) -> list[Call]:
    wanted = role.additional_managed_policy_arns
    missing = [arn for arn in dict.fromkeys(wanted) if arn not in seen.attached]
    left = [arn for arn in seen.attached if arn not in wanted and _is_ours(arn, seen)]
    return [
        *(_call("AttachRolePolicy", name, PolicyArn=arn) for arn in missing),
        *(_call("DetachRolePolicy", name, PolicyArn=arn) for arn in left),
    ]


def _call(operation: str, name: str, **parameters: Any) -> Call:
    return Call(
        service="iam",
        operation=operation,
        parameters={"RoleName": name, **parameters},
        gone_is_fine=operation.startswith(("Detach", "Delete")),
    )


def _wanted(role: ProvisionedRole) -> set[str]:
    """The managed policies that the role is to have from us."""
    boundary = role.permissions_boundary_arn
    return {*role.additional_managed_policy_arns, *([boundary] if boundary else [])}


def _memory(arns: Iterable[str]) -> dict[str, str]:
    prints = sorted(_fingerprint(arn) for arn in arns)
    return {TAG_ATTACHED: " ".join(prints)} if prints else {}


def _is_ours(arn: str, seen: SeenRole) -> bool:
    return _fingerprint(arn) in seen.tags.get(TAG_ATTACHED, "").split()


def _fingerprint(text: str) -> str:
    """So short that those of eleven policies fit into the 256 characters of a tag's value."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _resource(name: str) -> ResourceStatus:
    return ResourceStatus(kind="ExecutionRole", id=name, provisioned=True, part=PartKind.EXECUTION_ROLE.value)
