"""For which calls a permission is needed."""

from __future__ import annotations

from mwaa_sandbox.aws.iam.needs import Predicate
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.world import World


def has(name: str) -> Predicate:
    """When the request has a member."""
    return lambda asked, _world: bool(asked.texts(name))


def lacks(name: str) -> Predicate:
    """When the request does not have a member."""
    return lambda asked, _world: not asked.texts(name)


def has_header(name: str) -> Predicate:
    return lambda asked, _world: name in asked.headers


def has_tags(asked: Asked, _world: World) -> bool:
    return bool(asked.tags())


def object_is_missing(asked: Asked, world: World) -> bool:
    return not world.has_object(asked.text("Bucket"), asked.text("Key"))


def has_member(name: str) -> Predicate:
    """When the request has a member that is no text."""
    return lambda asked, _world: name in asked.members


def is_first_of_account(asked: Asked, world: World) -> bool:
    """When MWAA makes its service-linked role, which it then keeps (mwaa-behaviour.md §6)."""
    return not world.has_environments(asked)


def has_network_of_mwaa(asked: Asked, world: World) -> bool:
    """When MWAA makes the endpoints itself: it tries as the caller whether it could (mwaa-behaviour.md §6)."""
    settings = {**world.environment(asked, asked.text("Name")), **asked.members}
    return "NetworkConfiguration" in settings and settings.get("EndpointManagement", "SERVICE") == "SERVICE"


def environment_has_key(asked: Asked, world: World) -> bool:
    return bool(world.environment(asked, asked.text("Name")).get("KmsKey"))
