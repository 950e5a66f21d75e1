"""Ways to change one thing of a network; each gives a function from facts to facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mwaa_operator.planning.preflight.facts_network import NetworkFacts, VpcAttributes

from .network_world import OPEN_ACL, acl, changed, group


def subnets(**what: Any) -> Callable[[NetworkFacts], NetworkFacts]:
    """Change the second subnet."""
    return lambda facts: replace(facts, subnets=(facts.subnets[0], replace(facts.subnets[1], **what)))


def tables(*given: Any) -> Callable[[NetworkFacts], NetworkFacts]:
    """Give the private subnets other tables. That of the NAT gateway's subnet stays."""
    return lambda facts: replace(facts, tables=(*given, *(one for one in facts.tables if one.id == "rtb-public")))


def groups(**rules: Any) -> Callable[[NetworkFacts], NetworkFacts]:
    return lambda facts: replace(facts, groups=(group(**rules),))


def acls(*entries: Any) -> Callable[[NetworkFacts], NetworkFacts]:
    return lambda facts: replace(facts, acls=(acl(*entries), OPEN_ACL))


def nat(**what: Any) -> Callable[[NetworkFacts], NetworkFacts]:
    return lambda facts: replace(facts, nat_gateways=(replace(facts.nat_gateways[0], **what),))


def service(name: str, **what: Any) -> Callable[[NetworkFacts], NetworkFacts]:
    return lambda facts: changed(facts, name, **what)


def vpc(**what: bool) -> Callable[[NetworkFacts], NetworkFacts]:
    attributes = {"dns_support": True, "dns_hostnames": True} | what
    return lambda facts: replace(facts, vpcs=(VpcAttributes(vpc_id="vpc-1", **attributes),))


def network_configuration(**what: Any) -> dict[str, Any]:
    return {
        "NetworkConfiguration": {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-1"]} | what,
    }
