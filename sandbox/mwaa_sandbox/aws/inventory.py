"""What there is in an account and Region of a simulated AWS, as far as an MWAA environment brings it: to compare before and after.

Works against any AWS-like endpoint by plain boto3. What AWS itself puts into every account (the default VPC and all that is in it) is left
out, and so is what is gone and still listed (deleted NAT gateways and environments).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

ClientFactory = Callable[[str], Any]
"""A service's name to a boto3 client of the account and Region in question."""

GONE = frozenset({"deleted", "deleting", "failed"})
"""States, in lower case, of what is listed for a while after it is gone."""
IN_VPCS = (
    ("Vpc", "describe_vpcs", "Vpcs", "VpcId"),
    ("Subnet", "describe_subnets", "Subnets", "SubnetId"),
    ("RouteTable", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("NatGateway", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("VpcEndpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("SecurityGroup", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("NetworkInterface", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
)
"""Kinds of things with a VpcId, or that are one: boto3's method, the member of its answer, and the member that is the id."""


def inventory(client_factory: ClientFactory) -> frozenset[tuple[str, str]]:
    """Return kind and id of all there is.

    Raises:
        botocore.exceptions.ClientError: whatever AWS answers.
    """
    return frozenset(
        [
            *_network(client_factory("ec2")),
            *(("Bucket", bucket["Name"]) for bucket in client_factory("s3").list_buckets()["Buckets"]),
            *(
                ("Role", role["RoleName"])
                for role in _all(client_factory("iam"), "list_roles", "Roles")
                if not role["Path"].startswith("/aws-service-role/")
            ),
            *(
                ("LogGroup", group["logGroupName"])
                for group in _all(client_factory("logs"), "describe_log_groups", "logGroups")
            ),
            *(("Environment", name) for name in _environments(client_factory("mwaa"))),
        ]
    )


def _environments(mwaa: Any) -> Iterator[str]:
    for name in _all(mwaa, "list_environments", "Environments"):
        try:
            status = mwaa.get_environment(Name=name)["Environment"]["Status"]
        except mwaa.exceptions.ResourceNotFoundException:
            continue  # gone since it was listed
        if status != "DELETED":
            yield name


def _network(ec2: Any) -> Iterator[tuple[str, str]]:
    default = {vpc["VpcId"] for vpc in _all(ec2, "describe_vpcs", "Vpcs") if vpc["IsDefault"]}

    def listed(operation: str, result: str, identity: str) -> Iterator[dict[str, Any]]:
        for found in _all(ec2, operation, result):
            if found.get("VpcId") not in default and str(found.get("State", "")).lower() not in GONE:
                yield {"id": found[identity], **found}

    for kind, operation, result, identity in IN_VPCS:
        yield from ((kind, found["id"]) for found in listed(operation, result, identity))
    for gateway in _all(ec2, "describe_internet_gateways", "InternetGateways"):
        if not any(attachment["VpcId"] in default for attachment in gateway["Attachments"]):
            yield "InternetGateway", gateway["InternetGatewayId"]
    for address in ec2.describe_addresses()["Addresses"]:
        yield "ElasticIp", address["AllocationId"]


def _all(client: Any, operation: str, result: str) -> list[Any]:
    return [found for page in client.get_paginator(operation).paginate() for found in page[result]]
