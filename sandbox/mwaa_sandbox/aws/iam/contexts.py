"""What single permissions bring along for conditions, beside what every request has."""

from __future__ import annotations

from typing import Any

from mwaa_sandbox.aws.iam.needs import ContextValues
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.world import World

_MWAA = "airflow.amazonaws.com"


def through_mwaa(_asked: Asked, _world: World) -> ContextValues:
    """MWAA asks other services in the caller's name (mwaa-behaviour.md §6, controller permissions)."""
    return {
        "aws:CalledVia": [_MWAA],
        "aws:CalledViaFirst": _MWAA,
        "aws:CalledViaLast": _MWAA,
        "aws:ViaAWSService": "true",
    }


def passed_to_mwaa(asked: Asked, _world: World) -> ContextValues:
    call = asked.call
    environment = f"arn:{asked.partition}:airflow:{call.region}:{call.account}:environment/{asked.text('Name')}"
    return {"iam:PassedToService": _MWAA, "iam:AssociatedResourceArn": environment}


def linked_to_mwaa(_asked: Asked, _world: World) -> ContextValues:
    return {"iam:AWSServiceName": _MWAA}


def of_listing(asked: Asked, _world: World) -> ContextValues:
    names = {"s3:prefix": "prefix", "s3:delimiter": "delimiter", "s3:max-keys": "max-keys"}
    return {key: asked.text(name) for key, name in names.items() if name in asked.members}


def with_boundary(asked: Asked, _world: World) -> ContextValues:
    boundary = asked.text("PermissionsBoundary")
    return {"iam:PermissionsBoundary": boundary} if boundary else {}


def of_role(asked: Asked, world: World) -> ContextValues:
    """What a role is limited by, or will be, and which policy is attached to it."""
    role: Any = world.role(asked, asked.text("RoleName"))
    boundary = asked.text("PermissionsBoundary") or getattr(role, "permissions_boundary_arn", None)
    values = {"iam:PermissionsBoundary": boundary, "iam:PolicyARN": asked.text("PolicyArn")}
    return {key: value for key, value in values.items() if value}


def of_service(asked: Asked, _world: World) -> ContextValues:
    return {"iam:AWSServiceName": asked.text("AWSServiceName")}


def of_session(asked: Asked, _world: World) -> ContextValues:
    values = {"sts:ExternalId": asked.text("ExternalId"), "sts:RoleSessionName": asked.text("RoleSessionName")}
    return {key: value for key, value in values.items() if value}
