"""Worlds that are broken for one check of the network alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from mwaa_operator.planning.preflight.facts_network import NetworkFacts, Route
from mwaa_operator.planning.preflight.model import CheckVerdict

from .network_changes import acls, groups, nat, network_configuration, service, subnets, tables, vpc
from .network_world import (
    ITSELF,
    acl,
    behind_nat,
    endpoint,
    entry,
    group,
    rule,
    strict_acl,
    table,
    with_endpoints,
    without,
)

ERROR, WARNING = CheckVerdict.ERROR, CheckVerdict.WARNING
PRIVATE = ("subnet-a", "subnet-b")
ELSEWHERE = group(vpc="vpc-2")
TO_NAT = Route(destination="0.0.0.0/0", target="nat-1")
TO_INTERNET = Route(destination="0.0.0.0/0", target="igw-1")
NO_BUCKET = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}}'


@dataclass(frozen=True)
class Broken:
    """A world with one thing wrong: which check finds it, and what it says."""

    check: str
    break_it: Callable[[NetworkFacts], NetworkFacts]
    says: str
    verdict: CheckVerdict = ERROR
    world: Callable[[], NetworkFacts] = behind_nat
    fields: dict[str, Any] = field(default_factory=dict)


def same(facts: NetworkFacts) -> NetworkFacts:
    return facts


PUBLIC_TABLE = table("rtb-private", TO_INTERNET, subnets=PRIVATE)
OUT_BY_IPV6 = table("rtb-private", TO_NAT, Route(destination="::/0", target="igw-1"), subnets=PRIVATE)
IMPLICIT = (table("rtb-main", TO_INTERNET, main=True), table("rtb-private", TO_NAT, subnets=("subnet-a",)))
OUT_AND_IN = (entry(1, outbound=True), entry(2, cidr="10.0.0.0/16"))
S3_INTERFACE = endpoint(
    "s3",
    id="vpce-s3i",
    kind="Interface",
    subnet_ids=frozenset(PRIVATE),
    route_table_ids=frozenset(),
    group_ids=frozenset({"sg-e"}),
)
OPEN_ENDPOINTS_GROUP = group("sg-e", inbound=(rule(443, 443, cidrs={"10.9.0.0/16"}),))

CASES = {
    "a subnet is missing": Broken(
        "SubnetsExist",
        lambda facts: replace(facts, subnets=facts.subnets[:1]),
        "There is no subnet subnet-b in eu-west-1",
    ),
    "a security group is missing": Broken(
        "SecurityGroupsExist", lambda facts: replace(facts, groups=()), "There is no security group sg-1 in eu-west-1"
    ),
    "three subnets": Broken(
        "TwoSubnets",
        lambda facts: replace(
            facts,
            subnets=(*facts.subnets, replace(facts.subnets[0], id="subnet-c")),
            tables=(*facts.tables, table("rtb-c", TO_NAT, subnets=("subnet-c",))),
        ),
        "3 different subnets: subnet-a, subnet-b and subnet-c",
        fields=network_configuration(SubnetIds=["subnet-a", "subnet-b", "subnet-c"]),
    ),
    "the same subnet twice": Broken(
        "TwoSubnets",
        lambda facts: replace(facts, subnets=facts.subnets[:1]),
        "1 different subnets",
        fields=network_configuration(SubnetIds=["subnet-a", "subnet-a"]),
    ),
    "one zone": Broken("TwoZones", subnets(zone="eu-west-1a"), "subnet-a and subnet-b are both in eu-west-1a"),
    "two VPCs": Broken(
        "OneVpc",
        lambda facts: replace(
            subnets(vpc_id="vpc-2")(facts),
            tables=(*facts.tables, replace(facts.tables[2], id="rtb-2", vpc_id="vpc-2")),
        ),
        "subnet-a in vpc-1 and subnet-b in vpc-2",
    ),
    "a group of another VPC": Broken(
        "SecurityGroupsInVpc",
        lambda facts: replace(facts, groups=(ELSEWHERE,)),
        "sg-1 is in vpc-2, the subnets are in vpc-1",
    ),
    "shared subnets": Broken("SharedVpc", subnets(owner="999988887777"), "belong to account 999988887777"),
    "no address left": Broken(
        "FreeAddresses", subnets(free_addresses=1), "subnet-b has 1 free addresses, and the environment's VPC"
    ),
    "few addresses left": Broken(
        "FreeAddresses", subnets(free_addresses=6), "may take about 7 in each subnet", verdict=WARNING
    ),
    "an internet gateway": Broken(
        "NoInternetGatewayRoute", tables(PUBLIC_TABLE), "subnet-a routes 0.0.0.0/0 to igw-1 (table rtb-private)"
    ),
    "an internet gateway for IPv6": Broken(
        "NoInternetGatewayRoute", tables(OUT_BY_IPV6), "subnet-b routes ::/0 to igw-1 (table rtb-private)"
    ),
    "an internet gateway on the main table": Broken(
        "NoInternetGatewayRoute", tables(*IMPLICIT), "subnet-b routes 0.0.0.0/0 to igw-1 (the main table rtb-main)"
    ),
    "no way out": Broken(
        "WayOut", tables(table("rtb-private", subnets=PRIVATE)), "subnet-a and subnet-b have no default route"
    ),
    "a subnet on a main table that leads nowhere": Broken(
        "WayOut",
        tables(table("rtb-main", main=True), table("rtb-private", TO_NAT, subnets=("subnet-a",))),
        "subnet-b has no default route",
    ),
    "a black hole": Broken(
        "DefaultRouteAlive",
        tables(table("rtb-private", replace(TO_NAT, target="tgw-1", state="blackhole"), subnets=PRIVATE)),
        "subnet-a routes to tgw-1, which is not there any more (blackhole)",
    ),
    "a NAT gateway that was deleted": Broken(
        "DefaultRouteAlive", nat(state="deleted"), "routes to nat-1, which is deleted"
    ),
    "a NAT gateway that is not there": Broken(
        "DefaultRouteAlive", lambda facts: replace(facts, nat_gateways=()), "routes to nat-1, which is not there"
    ),
    "a NAT gateway in the making": Broken(
        "DefaultRouteAlive", nat(state="pending"), "nat-1 is still being made", verdict=WARNING
    ),
    "a NAT gateway in a subnet without a way out": Broken(
        "NatInPublicSubnet", nat(subnet_id="subnet-q"), "nat-1 is in subnet-q, which has no default route"
    ),
    "a NAT gateway behind itself": Broken(
        "NatInPublicSubnet", nat(subnet_id="subnet-a"), "nat-1 is in subnet-a, which itself routes to nat-1"
    ),
    "an internet gateway that was detached": Broken(
        "NatInPublicSubnet", lambda facts: replace(facts, internet_gateways=()), "igw-1; that is not attached to vpc-1"
    ),
    "a private NAT gateway": Broken("NatPublic", nat(public=False), "only through those: nat-1.", verdict=WARNING),
    "Airflow 3 away from its web server": Broken(
        "Airflow3ReachesWebServer",
        same,
        "the only way from Airflow 3.3.1's workers to its web server",
        world=with_endpoints,
        fields={"WebserverAccessMode": "PUBLIC_ONLY"},
    ),
    "no endpoint for a queue": Broken(
        "EndpointsPresent", lambda facts: without(facts, "sqs"), "the VPC has no endpoint for sqs", world=with_endpoints
    ),
    "no endpoint for S3": Broken(
        "EndpointsPresent", lambda facts: without(facts, "s3"), "the VPC has no endpoint for s3", world=with_endpoints
    ),
    "an endpoint that was refused": Broken(
        "EndpointsAvailable",
        service("sqs", state="rejected"),
        "vpce-sqs (com.amazonaws.eu-west-1.sqs) is rejected",
        world=with_endpoints,
    ),
    "an endpoint in the making": Broken(
        "EndpointsAvailable", service("sqs", state="pending"), "is pending", verdict=WARNING, world=with_endpoints
    ),
    "an endpoint in one subnet": Broken(
        "EndpointsInBothSubnets",
        service("kms", subnet_ids=frozenset({"subnet-a"})),
        "that for kms (vpce-kms) is not in subnet-b",
        world=with_endpoints,
    ),
    "an endpoint without private DNS": Broken(
        "EndpointsPrivateDns", service("logs", private_dns=False), "has no private DNS", world=with_endpoints
    ),
    "an endpoint that lets nobody in": Broken(
        "EndpointsAdmitEnvironment",
        lambda facts: replace(facts, endpoint_groups=(OPEN_ENDPOINTS_GROUP,)),
        "do not admit TCP 443 from sg-1",
        world=with_endpoints,
    ),
    "no endpoint for MWAA itself": Broken(
        "EndpointsOfAirflowApi",
        lambda facts: without(facts, "airflow.env"),
        "no endpoint for airflow.env",
        verdict=WARNING,
        world=with_endpoints,
    ),
    "an S3 gateway that one table lacks": Broken(
        "S3GatewayOnBothTables",
        lambda facts: replace(
            facts,
            tables=(
                table("rtb-private", subnets=("subnet-a",)),
                table("rtb-other", subnets=("subnet-b",)),
            ),
        ),
        "vpce-s3 is not on rtb-other, the route table of subnet-b",
        world=with_endpoints,
    ),
    "S3 by interface alone": Broken(
        "S3ByGateway",
        lambda facts: replace(without(facts, "s3"), endpoints=(*without(facts, "s3").endpoints, S3_INTERFACE)),
        "by the interface endpoint vpce-s3i alone",
        verdict=WARNING,
        world=with_endpoints,
    ),
    "an S3 gateway for another bucket": Broken(
        "S3EndpointPolicy",
        service("s3", policy=NO_BUCKET),
        "allows s3:ListBucket and s3:GetObject on airflow-mybucket",
        verdict=WARNING,
        world=with_endpoints,
    ),
    "an S3 gateway for another bucket beside a NAT gateway": Broken(
        "S3EndpointPolicy",
        lambda facts: replace(facts, endpoints=(endpoint("s3", policy=NO_BUCKET),)),
        "vpce-s3, by which the subnets reach S3",
        verdict=WARNING,
    ),
    "a group that does not admit HTTPS": Broken(
        "SecurityGroupsLetInHttps",
        groups(inbound=(rule(5432, 5432, groups={"sg-1"}),)),
        "No inbound rule of sg-1 admits TCP 443",
    ),
    "a group that does not admit the database's port": Broken(
        "SecurityGroupsLetInDatabase",
        groups(inbound=(rule(443, 443, groups={"sg-1"}),)),
        "No inbound rule of sg-1 admits TCP 5432",
    ),
    "a group that lets out HTTPS alone": Broken(
        "SecurityGroupsLetOutToThemselves",
        groups(outbound=(rule(443, 443, cidrs={"0.0.0.0/0"}),)),
        "lets TCP 5432 out to the same security groups",
    ),
    "a group that lets nothing else out": Broken(
        "SecurityGroupsLetOutToAws", groups(outbound=(ITSELF,)), "to anything but the environment itself"
    ),
    "a group that lets out to one network": Broken(
        "SecurityGroupsLetOutToAws",
        groups(outbound=(ITSELF, rule(443, 443, cidrs={"10.7.0.0/16"}))),
        "lets HTTPS out to 10.7.0.0/16 alone",
        verdict=WARNING,
    ),
    "an ACL that denies HTTPS out": Broken(
        "NetworkAclsOutbound",
        acls(entry(50, allow=False, outbound=True, protocol="6", first=443, last=443)),
        "acl-1 of subnet-a denies outbound TCP 443 to 10.0.2.0/24",
    ),
    "an ACL that denies the other subnet's database": Broken(
        "NetworkAclsInbound",
        acls(entry(50, allow=False, protocol="6", first=5432, last=5432, cidr="10.0.0.0/16")),
        "acl-1 of subnet-b denies inbound TCP 5432 from 10.0.1.0/24",
    ),
    "an ACL that denies answers": Broken(
        "NetworkAclsAnswers",
        acls(
            entry(50, protocol="6", first=5432, last=5432),
            entry(60, allow=False, protocol="6", first=1024, last=65535),
        ),
        "acl-1 of subnet-a denies inbound TCP 32768-60999 from 10.0.2.0/24",
    ),
    "an ACL that denies some answers": Broken(
        "NetworkAclsAnswers",
        acls(entry(60, allow=False, outbound=True, protocol="6", first=40000, last=50000)),
        "acl-1 of subnet-a lets through only a part of outbound TCP 32768-60999 to 10.0.2.0/24",
        verdict=WARNING,
    ),
    "an ACL that denies the NAT gateway's answers": Broken(
        "NatNetworkAcls",
        lambda facts: replace(
            facts, acls=(acl(), replace(strict_acl(*OUT_AND_IN), subnet_ids=frozenset({"subnet-p"})))
        ),
        "acl-1 of subnet-p denies inbound TCP 1024-65535 from anywhere",
    ),
    "no DNS": Broken("DnsSupport", vpc(dns_support=False), "DNS support is off in vpc-1", verdict=WARNING),
    "no DNS for endpoints": Broken(
        "DnsSupport", vpc(dns_support=False), "found by private DNS alone", world=with_endpoints
    ),
    "no host names": Broken(
        "DnsHostnames", vpc(dns_hostnames=False), "DNS host names are off in vpc-1", verdict=WARNING
    ),
    "no host names for endpoints": Broken(
        "DnsHostnames", vpc(dns_hostnames=False), "found by private DNS alone", world=with_endpoints
    ),
}
