"""Amazon EC2 as the operator looks at it (API version 2016-11-15). Raises AwsError throughout."""

from collections.abc import Mapping, Sequence
from typing import Any

from mwaa_operator.aws.calls import call, pages

Documents = list[Mapping[str, Any]]


def filters(**values: Sequence[str]) -> list[dict[str, Any]]:
    """Filters of a Describe call, by their names with underscores for hyphens."""
    return [{"Name": name.replace("_", "-"), "Values": list(wanted)} for name, wanted in values.items()]


def tag_filters(tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Filters for what carries all of these tags. EC2 reads * and ? in values as wildcards, so the answer is to be judged once more."""
    return [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]


def vpcs(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeVpcs", "Vpcs", {"Filters": wanted})


def internet_gateways(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeInternetGateways", "InternetGateways", {"Filters": wanted})


def addresses(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    """Elastic IPs. EC2 gives them in one answer."""
    found: Documents = list(call(client, "DescribeAddresses", {"Filters": wanted}).get("Addresses", ()))
    return found


def subnets(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeSubnets", "Subnets", {"Filters": wanted})


def route_tables(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeRouteTables", "RouteTables", {"Filters": wanted})


def security_groups(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeSecurityGroups", "SecurityGroups", {"Filters": wanted})


def nat_gateways(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    """NAT gateways, those that were deleted or failed within the last hour among them. Here EC2's parameter is in the singular."""
    return pages(client, "DescribeNatGateways", "NatGateways", {"Filter": wanted})


def vpc_endpoints(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeVpcEndpoints", "VpcEndpoints", {"Filters": wanted})


def network_interfaces(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeNetworkInterfaces", "NetworkInterfaces", {"Filters": wanted})


def network_acls(client: Any, wanted: list[dict[str, Any]]) -> Documents:
    return pages(client, "DescribeNetworkAcls", "NetworkAcls", {"Filters": wanted})


def vpc_attribute(client: Any, vpc_id: str, attribute: str) -> bool:
    """A switch of a VPC: EnableDnsSupport or EnableDnsHostnames."""
    name = attribute[0].lower() + attribute[1:]
    answer = call(client, "DescribeVpcAttribute", {"VpcId": vpc_id, "Attribute": name})
    return bool(answer.get(attribute, {}).get("Value", False))


def zones(client: Any) -> list[str]:
    """The names of the region's Availability Zones that can be used now. Local Zones and Wavelength Zones are none."""
    wanted = filters(zone_type=["availability-zone"], state=["available"])
    answer = call(client, "DescribeAvailabilityZones", {"Filters": wanted})
    return [str(zone["ZoneName"]) for zone in answer.get("AvailabilityZones", ())]
