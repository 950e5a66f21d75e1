"""Ways to break a world, of which several checks have use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mwaa_operator.planning.preflight.facts_files import REQUIREMENTS, STARTUP_SCRIPT
from mwaa_operator.planning.preflight.role_needs import ALL_BUCKETS
from mwaa_operator.planning.preflight.snapshot import Subject

from .plain_world import ACCOUNT, KEY, KEY_POLICY, TRUST, World, decided

Broken = Callable[[World], World]
IDENTITY_CENTER = {"StartUrl": "https://d-1.awsapps.com/start", "IdentityStoreId": "d-1234567890"}
BUCKET_ARN = "arn:aws:s3:::airflow-mybucket"
HALF = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
OTHER_HALF = {"BlockPublicPolicy": True, "RestrictPublicBuckets": True}
OTHER_KEY = KEY.replace("1111", "2222", 1)
ALIAS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/airflow"


def team(path: str, bucket: str = BUCKET_ARN) -> dict[str, dict[str, str]]:
    return {"blue": {"SourceBucketArn": bucket, "DagS3Path": path}}


def trust(**changes) -> dict:
    return {"Statement": [{**TRUST["Statement"][0], **changes}]}


def logs(**changes) -> dict:
    root, logs = KEY_POLICY["Statement"]
    return {"Statement": [root, {**logs, **changes}]}


def options(**options: str) -> Broken:
    named = {name.replace("__", "."): value for name, value in options.items()}
    return lambda world: world.asking(AirflowConfigurationOptions=named)


def requirements(content: bytes) -> Broken:
    return lambda world: world.with_file(REQUIREMENTS, beginning=content)


def script(content: bytes) -> Broken:
    return lambda world: (
        world.asking(WebserverAccessMode="PRIVATE_ONLY", **NO_REQUIREMENTS)
        .with_file(STARTUP_SCRIPT, beginning=content)
        .with_file(REQUIREMENTS, exists=True, beginning=b"")
    )


NO_REQUIREMENTS = {"RequirementsS3Path": None, "RequirementsS3ObjectVersion": None}


def may_list_buckets(world: World) -> World:
    facts = world.snapshot.facts[Subject.ROLE]
    permissions = [decided(one.need) if one.need.purpose == ALL_BUCKETS else one for one in facts.permissions]
    return world.seeing(Subject.ROLE, replace(facts, permissions=tuple(permissions)))


def refused_dry_run(world: World) -> World:
    facts = world.caller_lacks("ec2:CreateVpcEndpoint").snapshot.facts[Subject.CALLER]
    return world.seeing(Subject.CALLER, replace(facts, dry_runs={"ec2:CreateVpcEndpoint": False}))


def lazy(value: str) -> dict:
    return {"AirflowConfigurationOptions": {"core.lazy_load_plugins": value}}
