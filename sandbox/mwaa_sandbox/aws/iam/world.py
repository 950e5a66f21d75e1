"""What permissions depend on beside the call: names, owners and tags of what is there. Reads moto's and MWAA's state.

To be used under the locks that guard both, MWAA's first: MWAA asks moto under its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws import moto_buckets
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.judging.network import security_groups_of, subnets_of
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends

_PARTS_OF_ARN = 6


class World:
    """The simulated AWS, looked at for one call's account and Region."""

    def __init__(self, backends: MwaaBackends) -> None:
        self._backends = backends

    def role(self, asked: Asked, name: str) -> Any:
        """Return moto's role of that name, or None."""
        return _role(asked, name)

    def environment(self, asked: Asked, name: str) -> Mapping[str, Any]:
        """Return the settings of an environment, or nothing if there is none."""
        found = self._backends.of(asked.call.account, asked.call.region).environments.get(name)
        return {} if found is None else found.settings

    def has_environments(self, asked: Asked) -> bool:
        """Whether the account has any, in any Region."""
        return any(one.account == asked.call.account and one.environments for one in self._backends.all())

    def key_arn(self, asked: Asked, given: str) -> str:
        """Return the ARN of a KMS key that is given by id, ARN or alias; what is unknown is taken for an id."""
        name = given.rpartition(":")[2]
        prefix = f"arn:{asked.partition}:kms:{asked.call.region}:{asked.call.account}:key/"
        if name.startswith("alias/"):
            keys = get_backend("kms")[asked.call.account][asked.call.region]
            name = keys.get_key_id_from_alias(name) or name
        elif given.startswith("arn:"):
            return given
        return prefix + name.rpartition("/")[2]

    def has_object(self, bucket_name: str, key: str) -> bool:
        """Whether a bucket has an object. One that does not exist is not asked for its objects."""
        bucket = moto_buckets.find(bucket_name)
        if bucket is None:
            return True
        newest = bucket.keys.get(key)
        return newest is not None and hasattr(newest, "etag")

    def vpc_of(self, asked: Asked, resource_id: str) -> str | None:
        """Return the VPC that a part of a network is in."""
        ec2 = _ec2(asked)
        by_id = {
            **subnets_of(ec2),
            **security_groups_of(ec2),
            **ec2.route_tables,
            **ec2.vpc_end_points,
            **ec2.nat_gateways,
        }
        return getattr(by_id.get(resource_id), "vpc_id", None)

    def route_table_of(self, asked: Asked, association: str) -> str | None:
        """Return the route table that an association is of."""
        tables = _ec2(asked).route_tables.values()
        return next(
            (
                table.id
                for table in tables
                if association in {one["RouteTableAssociationId"] for one in table.associations}
            ),
            None,
        )

    def address_of(self, asked: Asked, association: str) -> str | None:
        """Return the allocation that an association is of."""
        addresses = _ec2(asked).addresses
        return next((one.allocation_id for one in addresses if one.association_id == association), None)

    def tags(self, asked: Asked, arn: str) -> dict[str, str]:
        """Return the tags of a resource. Those of buckets do not count before ABAC is enabled on them, and here it never is."""
        parts = arn.split(":", _PARTS_OF_ARN - 1)
        read = _TAGS.get(parts[2]) if len(parts) == _PARTS_OF_ARN else None
        if parts[2:3] == ["airflow"]:
            return self._environment_tags(asked, parts[-1])
        return {} if read is None else read(asked, parts[-1])

    def _environment_tags(self, asked: Asked, resource: str) -> dict[str, str]:
        found = self._backends.of(asked.call.account, asked.call.region).environments.get(resource.partition("/")[2])
        return {} if found is None else dict(found.tags)


def _role(asked: Asked, name: str) -> Any:
    roles = get_backend("iam")[asked.call.account][asked.partition].roles.values()
    return next((role for role in roles if role.name == name), None)


def _ec2(asked: Asked) -> Any:
    return get_backend("ec2")[asked.call.account][asked.call.region]


def _ec2_tags(asked: Asked, resource: str) -> dict[str, str]:
    return dict(_ec2(asked).tags.get(resource.partition("/")[2], {}))


def _role_tags(asked: Asked, resource: str) -> dict[str, str]:
    kind, _, path = resource.partition("/")
    found = _role(asked, path.rpartition("/")[2]) if kind == "role" else None
    return {} if found is None else {tag["Key"]: tag["Value"] for tag in found.tags}


def _log_group_tags(asked: Asked, resource: str) -> dict[str, str]:
    logs = get_backend("logs")[asked.call.account][asked.call.region]
    group = logs.groups.get(resource.removeprefix("log-group:").partition(":")[0])
    return {} if group is None else dict(logs.tagger.get_tag_dict_for_resource(group.arn))


def _key_tags(asked: Asked, resource: str) -> dict[str, str]:
    keys = get_backend("kms")[asked.call.account][asked.call.region]
    return dict(keys.tagger.get_tag_dict_for_resource(resource.rpartition("/")[2]))


_TAGS = {"ec2": _ec2_tags, "iam": _role_tags, "logs": _log_group_tags, "kms": _key_tags}
