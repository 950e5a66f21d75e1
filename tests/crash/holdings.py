"""What a run has left in an AWS account of its own: every thing with its settings, by the part that it is, without ids.

Ids, addresses and times differ from run to run. A thing is called by its tag `mwaa-operator.dev/part`, and wherever its id stands in the
settings of another thing, that name stands here. So two runs that come to the same compare as equal, and what is there twice or belongs
to nobody shows.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from mwaa_sandbox.aws.accounts import SECRET_ACCESS_KEY, access_key_of
from mwaa_sandbox.aws.inventory import GONE, IN_VPCS
from mwaa_sandbox.aws.process import DEFAULT_REGION, SimulatedAws

_PREFIX = "mwaa-operator.dev/"
_DIFFERS = frozenset(
    {
        *("CreateTime", "CreateDate", "DeleteTime", "CreationTimestamp", "creationTime", "storedBytes", "RoleId"),
        *("AssociationId", "RouteTableAssociationId", "DhcpOptionsId", "OwnerId", "ClientToken", "AvailabilityZoneId"),
        "DestinationPrefixListId",
        *("NetworkInterfaceId", "NetworkInterfaceIds", "DnsEntries", "AvailableIpAddressCount", "InstanceId"),
        *("PublicIp", "PrivateIp", "PrivateIpAddress", "CarrierIp", "NetworkBorderGroup", "RoleLastUsed"),
    }
)
"""Members that no two runs have in common, or that say nothing of a setting."""
_SERVICE_OF_AN_ENVIRONMENT = re.compile(r"vpce-svc-\w+")
_BUCKET_SETTINGS = {
    "tags": ("get_bucket_tagging", "TagSet"),
    "versioning": ("get_bucket_versioning", "Status"),
    "encryption": ("get_bucket_encryption", "ServerSideEncryptionConfiguration"),
    "public access": ("get_public_access_block", "PublicAccessBlockConfiguration"),
    "policy": ("get_bucket_policy", "Policy"),
}


@dataclass(frozen=True)
class Thing:
    """Something in the account. `aws_made` is what comes and goes with something else, and that nobody can tag."""

    kind: str
    id: str
    tags: Mapping[str, str]
    settings: Mapping[str, Any]
    aws_made: str = ""

    @property
    def name(self) -> str:
        """What it is called here: by the part that it is, or by the name that people gave it."""
        return f"{self.kind}/{self.aws_made or self.tags.get(f'{_PREFIX}part') or self.id}"


class Onlooker:
    """Looks into accounts of a simulated AWS. Safe to use from many threads."""

    def __init__(self, aws: SimulatedAws) -> None:
        self._endpoint = aws.endpoint
        self._session = boto3.Session(region_name=DEFAULT_REGION)  # one for all: it holds the services' models
        self._lock = threading.Lock()

    def things(self, account: str) -> list[Thing]:
        """All there is in an account, without what AWS puts into every one, and without environments."""
        return [
            *_network(self._client("ec2", account)),
            *_buckets(self._client("s3", account)),
            *_roles(self._client("iam", account)),
            *_log_groups(self._client("logs", account)),
        ]

    def _client(self, service: str, account: str) -> Any:
        with self._lock:
            return self._session.client(
                service,
                endpoint_url=self._endpoint,
                aws_access_key_id=access_key_of(account),
                aws_secret_access_key=SECRET_ACCESS_KEY,
                config=Config(proxies={}, s3={"addressing_style": "path"}),
            )


def named(things: Sequence[Thing]) -> dict[str, str]:
    """What each id is called here."""
    return {thing.id: thing.name for thing in things if not thing.name.endswith(thing.id)}


def described(things: Sequence[Thing]) -> dict[str, Any]:
    """The things and their settings, for comparison."""
    found: dict[str, list[Any]] = defaultdict(list)
    for thing in things:
        tags = {key: value for key, value in thing.tags.items() if key != f"{_PREFIX}uid"}
        found[thing.name].append({"tags": tags, "settings": _without(thing.settings)})
    text = _SERVICE_OF_AN_ENVIRONMENT.sub("SERVICE", json.dumps(found, default=str))
    for identity, name in named(things).items():
        text = text.replace(identity, name)
    return {
        f"{name} #{number}": each
        for name, alike in _in_order(json.loads(text)).items()
        for number, each in enumerate(alike, start=1)
    }


def flaws(things: Sequence[Thing], body: Mapping[str, Any] | None) -> list[str]:
    """What must not be, whatever the undisturbed run has come to: duplicates, orphans, and a status that does not say what is there."""
    made = [thing for thing in things if not thing.aws_made]
    parts = Counter(thing.name for thing in made if f"{_PREFIX}part" in thing.tags)
    uid = None if body is None else body["metadata"]["uid"]
    orphans = [thing for thing in made if uid is None or thing.tags.get(f"{_PREFIX}uid") != uid]
    found = [f"{name} is there {count} times" for name, count in sorted(parts.items()) if count > 1]
    found += [f"{thing.name} ({thing.id}) belongs to no object" for thing in orphans]
    listed = () if body is None else body.get("status", {}).get("resources", ())
    said = {(one["kind"], one["id"]) for one in listed if one.get("provisioned") and one["kind"] != "Environment"}
    there = {(thing.kind, thing.id) for thing in made}
    found += [f"the status does not list {kind} {identity}" for kind, identity in sorted(there - said)]
    found += [f"the status lists {kind} {identity}, which is not there" for kind, identity in sorted(said - there)]
    return found


# Looking -------------------------------------------------------------------------------------------------------------


def _network(ec2: Any) -> Iterator[Thing]:
    of_aws = {vpc["VpcId"] for vpc in _all(ec2, "describe_vpcs", "Vpcs") if vpc["IsDefault"]}
    for kind, operation, result, identity in IN_VPCS:
        for found in _all(ec2, operation, result):
            if found.get("VpcId") not in of_aws and str(found.get("State", "")).lower() not in GONE:
                yield Thing(kind, found[identity], _tags(found), _settings(kind, found), _made_by_aws(kind, found))
        if kind == "Vpc":
            yield from _outside_vpcs(ec2, of_aws)


def _outside_vpcs(ec2: Any, of_aws: set[str]) -> Iterator[Thing]:
    for gateway in _all(ec2, "describe_internet_gateways", "InternetGateways"):
        if not any(attachment["VpcId"] in of_aws for attachment in gateway["Attachments"]):
            yield Thing("InternetGateway", gateway["InternetGatewayId"], _tags(gateway), gateway)
    for address in ec2.describe_addresses()["Addresses"]:
        used = {"used": "NetworkInterfaceId" in address}
        yield Thing("ElasticIp", address["AllocationId"], _tags(address), used)


def _settings(kind: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"VpcId": found["VpcId"], "SubnetId": found["SubnetId"]} if kind == "NetworkInterface" else found


def _made_by_aws(kind: str, found: Mapping[str, Any]) -> str:
    """The network interfaces of MWAA, of NAT gateways and of endpoints; a VPC's main route table and default security group."""
    if kind == "NetworkInterface" and found.get("RequesterManaged"):
        return str(found["InterfaceType"])
    if kind == "RouteTable" and any(association.get("Main") for association in found["Associations"]):
        return "main"
    return "default" if kind == "SecurityGroup" and found["GroupName"] == "default" else ""


def _buckets(s3: Any) -> Iterator[Thing]:
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        settings = {what: _setting(s3, name, *where) for what, where in _BUCKET_SETTINGS.items()}
        tags = {tag["Key"]: tag["Value"] for tag in settings.pop("tags") or ()}
        versions = s3.list_object_versions(Bucket=name)
        files = sorted(file["Key"] for listed in ("Versions", "DeleteMarkers") for file in versions.get(listed, ()))
        yield Thing("Bucket", name, tags, {**settings, "files": files})


def _setting(s3: Any, bucket: str, operation: str, member: str) -> Any:
    """A setting of a bucket, None where it has none."""
    try:
        return getattr(s3, operation)(Bucket=bucket).get(member)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"].startswith(("NoSuch", "ServerSideEncryptionConfigurationNotFound")):
            return None
        raise


def _roles(iam: Any) -> Iterator[Thing]:
    for listed in _all(iam, "list_roles", "Roles"):
        if not listed["Path"].startswith("/aws-service-role/"):
            role = iam.get_role(RoleName=listed["RoleName"])["Role"]
            name, tags = role["RoleName"], _tags(role)
            inline = {
                policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                for policy in _all(iam, "list_role_policies", "PolicyNames", RoleName=name)
            }
            attached = _all(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
            yield Thing("ExecutionRole", name, tags, {**role, "inline": inline, "attached": attached})


def _log_groups(logs: Any) -> Iterator[Thing]:
    for group in _all(logs, "describe_log_groups", "logGroups"):
        tags = logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
        yield Thing("LogGroup", group["logGroupName"], tags, group)


def _all(client: Any, operation: str, result: str, **asked: Any) -> list[Any]:
    return [found for page in client.get_paginator(operation).paginate(**asked) for found in page[result]]


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    """The tags of EC2's and IAM's things."""
    return {tag["Key"]: tag["Value"] for listed in ("Tags", "TagSet") for tag in found.get(listed) or ()}


# Comparing -----------------------------------------------------------------------------------------------------------


def _without(value: Any) -> Any:
    """A description without what differs from run to run, and without tags, which are told of by themselves."""
    if isinstance(value, Mapping):
        return {key: _without(inner) for key, inner in value.items() if key not in _DIFFERS | {"Tags", "TagSet"}}
    return [_without(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _in_order(value: Any) -> Any:
    """The same with its lists in an order of their own: AWS gives none."""
    if isinstance(value, Mapping):
        return {key: _in_order(inner) for key, inner in sorted(value.items())}
    return sorted(map(_in_order, value), key=json.dumps) if isinstance(value, list) else value
