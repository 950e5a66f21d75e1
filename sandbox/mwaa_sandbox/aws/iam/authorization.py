"""From a call to the checks it has to pass: which action, on which resource, in which context."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mwaa_sandbox.aws.iam import lookups
from mwaa_sandbox.aws.iam.actions import PREFIXES, TABLE
from mwaa_sandbox.aws.iam.actions_ec2 import EC2
from mwaa_sandbox.aws.iam.needs import ContextValues, Need
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.world import World

_FIELD = re.compile(r"\{(\w+)\}")
_TAGGING = frozenset({"CreateTags", "DeleteTags"})


@dataclass(frozen=True)
class Check:
    """One question to the policies."""

    action: str
    resource: str
    context: ContextValues


def checks(asked: Asked, world: World) -> Iterator[tuple[Check, ...]]:
    """Yield what has to be allowed, in the order in which AWS names it; of each row one is enough."""
    if asked.call.service == "ec2":
        yield from _in_ec2(asked, world)
        return
    rows = TABLE.get(asked.call.service, {})
    if asked.operation not in rows:
        yield (_unknown(asked, world),)
        return
    for need in rows[asked.operation]:
        if need.only is None or need.only(asked, world):
            yield from _of(need, asked, world)


def _of(need: Need, asked: Asked, world: World) -> Iterator[tuple[Check, ...]]:
    more = {} if need.context is None else need.context(asked, world)
    arns = [arn for template in need.resources for arn in _filled(template, asked, world)]
    found = tuple(Check(action, arn, {**_tags(asked, world, arn), **more}) for action in need.actions for arn in arns)
    if need.any_of:
        yield found
    else:
        yield from ((check,) for check in found)


def _unknown(asked: Asked, world: World) -> Check:
    service = PREFIXES.get(asked.call.service, asked.call.service)
    return Check(f"{service}:{asked.operation}", "*", _tags(asked, world, "*"))


def _filled(template: str, asked: Asked, world: World) -> list[str]:
    """Return the ARNs of a resource of the table: one for each combination of what its fields stand for."""
    names = list(dict.fromkeys(_FIELD.findall(template)))
    values = [_values(name, asked, world) for name in names]
    filled = []
    for combination in itertools.product(*values):
        by_name = dict(zip(names, combination, strict=True))
        filled.append(_FIELD.sub(lambda found: by_name[found.group(1)], template))  # noqa: B023 - used at once
    return filled


def _values(name: str, asked: Asked, world: World) -> list[str]:
    if name in lookups.BY_NAME:
        return lookups.BY_NAME[name](asked, world)
    own = {"p": asked.partition, "r": asked.call.region, "a": asked.call.account}
    return [own[name]] if name in own else asked.texts(name)


def _tags(asked: Asked, world: World, arn: str) -> dict[str, str | list[str]]:
    """Return the tags as conditions see them: those of the resource, and those that the request sets or takes away."""
    return {**_resource_tags(asked, world, arn), **_request_tags(asked)}


def _resource_tags(asked: Asked, world: World, arn: str) -> dict[str, str | list[str]]:
    tags = world.tags(asked, arn)
    service = arn.split(":")[2:3]
    prefixes = ["aws", *service] if service in (["ec2"], ["iam"]) else ["aws"]
    return {f"{prefix}:ResourceTag/{key}": value for key, value in tags.items() for prefix in prefixes}


def _request_tags(asked: Asked) -> dict[str, str | list[str]]:
    keys = asked.tag_keys()
    tags: dict[str, str | list[str]] = {f"aws:RequestTag/{key}": value for key, value in asked.tags().items()}
    return {**tags, "aws:TagKeys": keys} if keys else tags


# ---- EC2 ----


def _in_ec2(asked: Asked, world: World) -> Iterator[tuple[Check, ...]]:
    action = f"ec2:{asked.operation}"
    arns = [arn for short in EC2.get(asked.operation, ()) for arn in _arns_in_ec2(short, asked, world)]
    for arn in arns or ["*"]:
        yield (Check(action, arn, _ec2_context(asked, world, arn)),)
    if asked.operation in _TAGGING or not asked.tags():
        return
    for kind in dict.fromkeys(asked.tagged_types()):
        arn = f"{_prefix_in_ec2(asked)}{kind}/*"
        yield (Check("ec2:CreateTags", arn, {**_request_tags(asked), "ec2:CreateAction": asked.operation}),)


def _arns_in_ec2(short: str, asked: Asked, world: World) -> list[str]:
    prefix = _prefix_in_ec2(asked)
    if short == ":tagged":
        return [f"{prefix}{lookups.type_in_ec2(one)}/{one}" for one in asked.texts("ResourceId")]
    kind, _, member = short.partition("/")
    if member == "*":
        return [f"{prefix}{kind}/*"]
    ids = lookups.IN_EC2[member[1:]](asked, world) if member.startswith(":") else asked.texts(member)
    return [f"{prefix}{kind}/{one}" for one in ids if lookups.type_in_ec2(one) == kind]


def _prefix_in_ec2(asked: Asked) -> str:
    return f"arn:{asked.partition}:ec2:{asked.call.region}:{asked.call.account}:"


def _ec2_context(asked: Asked, world: World, arn: str) -> ContextValues:
    """Return what conditions can ask of one resource. Tags of the request belong to what it makes, or tags."""
    resource = arn.rpartition("/")[2]
    made = resource == "*"
    values: dict[str, str | list[str]] = {"ec2:Region": asked.call.region}
    if made or asked.operation in _TAGGING:
        values.update(_request_tags(asked))
    if not made:
        values.update(_resource_tags(asked, world, arn))
    vpc = asked.text("VpcId") if made else world.vpc_of(asked, resource)
    if vpc:
        values["ec2:Vpc"] = f"{_prefix_in_ec2(asked)}vpc/{vpc}"
    if asked.text("ServiceName"):
        values["ec2:VpceServiceName"] = asked.text("ServiceName")
    return values
