"""Security groups and network ACLs with which a create fails, each broken first and then mended (mwaa-behaviour.md §5)."""

from __future__ import annotations

import pytest

from .networks import ANYWHERE


@pytest.mark.parametrize(("admitted", "missing"), [(443, 5432), (5432, 443)])
def test_group_that_does_not_admit_itself_on_both_ports_fails_the_create(vpc, subnets, outcome, admitted, missing):
    vpc.route(subnets, **vpc.nat())
    group = vpc.group(admitted)
    assert outcome(subnets, group) == "CREATE_FAILED"
    itself = {"UserIdGroupPairs": [{"GroupId": group}]}
    vpc.admit(group, IpProtocol="tcp", FromPort=missing - 1, ToPort=missing + 1, **itself)
    assert outcome(subnets, group) == "AVAILABLE"


def test_rule_for_the_addresses_of_both_subnets_counts_as_well(vpc, subnets, outcome):
    vpc.route(subnets, **vpc.nat())
    group = vpc.empty_group()
    vpc.admit(group, IpProtocol="-1", IpRanges=[{"CidrIp": "10.0.1.0/24"}])
    assert outcome(subnets, group) == "CREATE_FAILED", "the other subnet is left out"
    vpc.admit(group, IpProtocol="-1", IpRanges=[{"CidrIp": "10.0.0.0/16"}])
    assert outcome(subnets, group) == "AVAILABLE"


def test_group_that_lets_nothing_out_fails_the_create(vpc, subnets, outcome):
    vpc.route(subnets, **vpc.nat())
    group = vpc.group()
    all_of_it = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}]
    vpc.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=all_of_it)
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=all_of_it)
    assert outcome(subnets, group) == "AVAILABLE"


def test_network_acl_without_ephemeral_ports_fails_the_create(vpc, subnets, outcome):
    vpc.route(subnets, **vpc.nat())
    group, acl = vpc.group(), vpc.acl(subnets)
    vpc.acl_rule(acl, 100, "allow", egress=True, ports=None)
    vpc.acl_rule(acl, 100, "allow", egress=False, ports=(443, 443))
    vpc.acl_rule(acl, 110, "allow", egress=False, ports=(5432, 5432))
    vpc.acl_rule(acl, 120, "allow", egress=False, ports=(32768, 65535))
    assert outcome(subnets, group) == "CREATE_FAILED", "answers come to ports from 1024 on"
    vpc.acl_rule(acl, 130, "allow", egress=False, ports=(1024, 32767))
    assert outcome(subnets, group) == "AVAILABLE"


@pytest.mark.parametrize(
    ("egress", "ports"),
    [(False, (443, 443)), (True, (443, 443)), (False, (1024, 65535)), (True, (1024, 65535))],
    ids=["asked", "asks", "is answered", "answers"],
)
def test_network_acl_of_the_nat_gateway_counts_as_well(vpc, subnets, outcome, egress, ports):
    nat = vpc.nat()
    vpc.route(subnets, **nat)
    [gateway] = vpc.ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"]
    group, acl = vpc.group(), vpc.acl([gateway["SubnetId"]])
    for way in (True, False):
        for number, admitted in enumerate([(443, 443), (1024, 65535)], start=100):
            if (way, admitted) != (egress, ports):
                vpc.acl_rule(acl, number, "allow", egress=way, ports=admitted)
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.acl_rule(acl, 200, "allow", egress=egress, ports=ports)
    assert outcome(subnets, group) == "AVAILABLE"


def test_first_fitting_rule_of_a_network_acl_counts(vpc, subnets, outcome):
    vpc.route(subnets, **vpc.nat())
    group, acl = vpc.group(), vpc.acl(subnets)
    for egress in (True, False):
        vpc.acl_rule(acl, 200, "allow", egress=egress, ports=None)
    vpc.acl_rule(acl, 100, "deny", egress=False, ports=(5432, 5432))
    assert outcome(subnets, group) == "CREATE_FAILED"
    vpc.ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    vpc.acl_rule(acl, 300, "deny", egress=False, ports=(5432, 5432))
    assert outcome(subnets, group) == "AVAILABLE"
