"""What resources are named by that does not stand in the request as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from mwaa_sandbox.airflow.seam import Role
from mwaa_sandbox.aws.iam.actions_ec2 import TYPES_BY_PREFIX
from mwaa_sandbox.aws.iam.requests import Asked, deleted_objects
from mwaa_sandbox.aws.iam.world import World

Lookup = Callable[[Asked, World], list[str]]

_LINKED_ROLES = {"airflow.amazonaws.com": "AWSServiceRoleForAmazonMWAA"}
_AIRFLOW_ROLES = [role.value for role in Role]


def _role(asked: Asked, world: World) -> list[str]:
    name = asked.text("RoleName")
    role: Any = world.role(asked, name)
    if role is not None:
        return [str(role.arn)]
    return [f"arn:{asked.partition}:iam::{asked.call.account}:role{asked.text('Path') or '/'}{name}"]


def _linked_role(asked: Asked, _world: World) -> list[str]:
    """Only MWAA's is known by name; the others' begin like it."""
    return [_LINKED_ROLES.get(asked.text("AWSServiceName"), "AWSServiceRoleFor")]


def _key(asked: Asked, world: World) -> list[str]:
    given = asked.text("KeyId") or asked.text("KmsKey") or world.environment(asked, asked.text("Name")).get("KmsKey")
    return [world.key_arn(asked, given)] if given else []


def _network(asked: Asked, world: World) -> Mapping[str, Any]:
    settings = world.environment(asked, asked.text("Name"))
    return {**settings.get("NetworkConfiguration", {}), **asked.members.get("NetworkConfiguration", {})}


def _subnets(asked: Asked, world: World) -> list[str]:
    return list(_network(asked, world).get("SubnetIds", []))


def _groups(asked: Asked, world: World) -> list[str]:
    return list(_network(asked, world).get("SecurityGroupIds", []))


def _vpcs(asked: Asked, world: World) -> list[str]:
    found = (world.vpc_of(asked, subnet) for subnet in _subnets(asked, world))
    return list(dict.fromkeys(vpc for vpc in found if vpc is not None))


def _copy_source(asked: Asked, _world: World) -> list[str]:
    return [unquote(asked.headers.get("x-amz-copy-source", "")).lstrip("/").partition("?")[0]]


def _deleted(*, versions: bool) -> Lookup:
    def deleted(asked: Asked, _world: World) -> list[str]:
        return [key for key, version in deleted_objects(asked.body) if bool(version) is versions]

    return deleted


BY_NAME: Mapping[str, Lookup] = {
    "role": _role,
    "linkedrole": _linked_role,
    "key": _key,
    "subnet": _subnets,
    "group": _groups,
    "vpc": _vpcs,
    "copysource": _copy_source,
    "deletedobject": _deleted(versions=False),
    "deletedversion": _deleted(versions=True),
    "airflowrole": lambda _asked, _world: _AIRFLOW_ROLES,
}
"""The lower-case names in the resources of `actions`."""


def _found(value: str | None) -> list[str]:
    return [] if value is None else [value]


IN_EC2: Mapping[str, Lookup] = {
    "route_table": lambda asked, world: _found(world.route_table_of(asked, asked.text("AssociationId"))),
    "address": lambda asked, world: _found(world.address_of(asked, asked.text("AssociationId"))),
}
"""The names after a colon in `actions_ec2`."""


def type_in_ec2(resource_id: str) -> str:
    """Return what an id of EC2 is the id of."""
    prefix = resource_id.rpartition("-")[0]
    return TYPES_BY_PREFIX.get(prefix, prefix)
