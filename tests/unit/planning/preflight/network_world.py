"""A network to judge: two private subnets behind a NAT gateway, or with endpoints instead, of which a test changes one thing."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.facts_network import (
    AclEntry,
    Endpoint,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkFacts,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    VpcAttributes,
)
from mwaa_operator.planning.preflight.model import Finding
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject, Unseen

ACCOUNT = "123456789012"
FIELDS: dict[str, Any] = {
    "AirflowVersion": "3.3.1",
    "WebserverAccessMode": "PRIVATE_ONLY",
    "SourceBucketArn": "arn:aws:s3:::airflow-mybucket",
    "DagS3Path": "dags",
    "MaxWorkers": 5,
    "NetworkConfiguration": {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-1"]},
}
NETWORK_CHECKS = {check.name: check for check in ALL_CHECKS if {Subject.NETWORK, Subject.SUBNETS} & {*check.needs}}
LOCAL = Route(destination="10.0.0.0/16", target="local")
ALL = Rule(protocol="-1", cidrs=frozenset({"0.0.0.0/0"}))
ITSELF = Rule(protocol="-1", groups=frozenset({"sg-1"}))


def rule(first: int | None = None, last: int | None = None, *, protocol: str = "tcp", **sources: set[str]) -> Rule:
    return Rule(
        protocol=protocol, first=first, last=last, **{name: frozenset(value) for name, value in sources.items()}
    )


def group(
    name: str = "sg-1", *, inbound: tuple[Rule, ...] = (ITSELF,), outbound: tuple[Rule, ...] = (ALL,), vpc="vpc-1"
):
    return SecurityGroup(id=name, vpc_id=vpc, inbound=inbound, outbound=outbound)


def table(name: str, *routes: Route, subnets: tuple[str, ...] = (), main: bool = False) -> RouteTable:
    return RouteTable(id=name, vpc_id="vpc-1", main=main, subnet_ids=frozenset(subnets), routes=(LOCAL, *routes))


def entry(number: int, **what: Any) -> AclEntry:
    return AclEntry(
        **{"number": number, "allow": True, "outbound": False, "protocol": "-1", "cidr": "0.0.0.0/0"} | what
    )


def acl(*entries: AclEntry, subnets: tuple[str, ...] = ("subnet-a", "subnet-b")) -> NetworkAcl:
    """An ACL with these entries before those of a default one."""
    usual = [entry(100, outbound=outbound) for outbound in (False, True)]
    return NetworkAcl(id="acl-1", subnet_ids=frozenset(subnets), entries=(*entries, *usual))


OPEN_ACL = acl(subnets=("subnet-p",))


def strict_acl(*entries: AclEntry) -> NetworkAcl:
    """An ACL with these entries alone."""
    return NetworkAcl(id="acl-1", subnet_ids=frozenset({"subnet-a", "subnet-b"}), entries=entries)


def subnet(name: str, zone: str, cidr: str) -> Subnet:
    return Subnet(id=name, vpc_id="vpc-1", zone=zone, owner=ACCOUNT, cidr=cidr, free_addresses=250)


def endpoint(service: str, **what: Any) -> Endpoint:
    gateway = service == "s3"
    usual: dict[str, Any] = {
        "id": f"vpce-{service}",
        "vpc_id": "vpc-1",
        "service": f"com.amazonaws.eu-west-1.{service}",
        "kind": "Gateway" if gateway else "Interface",
        "state": "available",
        "subnet_ids": frozenset() if gateway else frozenset({"subnet-a", "subnet-b"}),
        "route_table_ids": frozenset({"rtb-private"}) if gateway else frozenset(),
        "group_ids": frozenset() if gateway else frozenset({"sg-e"}),
        "private_dns": not gateway,
        "policy": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}',
    }
    return Endpoint(**usual | what)


def behind_nat() -> NetworkFacts:
    """Public routing as in the User Guide."""
    return NetworkFacts(
        subnets=(subnet("subnet-a", "eu-west-1a", "10.0.1.0/24"), subnet("subnet-b", "eu-west-1b", "10.0.2.0/24")),
        groups=(group(),),
        vpcs=(VpcAttributes(vpc_id="vpc-1", dns_support=True, dns_hostnames=True),),
        tables=(
            table("rtb-main", main=True),
            table("rtb-public", Route(destination="0.0.0.0/0", target="igw-1"), subnets=("subnet-p",)),
            table("rtb-private", Route(destination="0.0.0.0/0", target="nat-1"), subnets=("subnet-a", "subnet-b")),
        ),
        nat_gateways=(NatGateway(id="nat-1", vpc_id="vpc-1", subnet_id="subnet-p", state="available", public=True),),
        internet_gateways=(InternetGateway(id="igw-1", vpc_ids=frozenset({"vpc-1"})),),
        endpoints=(),
        endpoint_groups=(),
        acls=(acl(), OPEN_ACL),
    )


def with_endpoints() -> NetworkFacts:
    """Private routing as in the User Guide: no default route, and endpoints for all that is needed."""
    services = ("s3", "monitoring", "logs", "sqs", "kms", "airflow.api", "airflow.env")
    return replace(
        behind_nat(),
        tables=(table("rtb-main", main=True), table("rtb-private", subnets=("subnet-a", "subnet-b"))),
        nat_gateways=(),
        internet_gateways=(),
        endpoints=tuple(endpoint(service) for service in services),
        endpoint_groups=(group("sg-e", inbound=(rule(443, 443, groups={"sg-1"}),)),),
    )


def changed(facts: NetworkFacts, service: str, **what: Any) -> NetworkFacts:
    """Change the endpoint of one service."""
    assert not isinstance(facts.endpoints, Unseen)
    return replace(
        facts,
        endpoints=tuple(
            replace(one, **what) if one.service.endswith(f".{service}") else one for one in facts.endpoints
        ),
    )


def without(facts: NetworkFacts, *services: str) -> NetworkFacts:
    """Take away the endpoints of some services."""
    assert not isinstance(facts.endpoints, Unseen)
    kept = tuple(one for one in facts.endpoints if one.service.removeprefix("com.amazonaws.eu-west-1.") not in services)
    return replace(facts, endpoints=kept)


def question(current: dict[str, Any] | None = None, **fields: Any) -> Question:
    asked = FIELDS | fields
    return Question(
        name="env",
        account_id=ACCOUNT,
        region="eu-west-1",
        fields=asked,
        tags={},
        changed=frozenset(asked),
        current=current,
    )


def judged(facts: NetworkFacts | Unseen, asked: Question | None = None) -> dict[str, Finding]:
    """What the checks of the network find, by name."""
    snapshot = Snapshot(question=asked or question(), facts={Subject.NETWORK: facts, Subject.SUBNETS: facts})
    found = {name: check.find(snapshot) for name, check in NETWORK_CHECKS.items()}
    return {name: finding for name, finding in found.items() if finding is not None}


ASPECTS = tuple(aspect.name for aspect in dataclasses.fields(NetworkFacts))
