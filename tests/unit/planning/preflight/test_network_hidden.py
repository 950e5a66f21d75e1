"""What the checks of the network say of what the operator may not look at, and of what AWS may answer besides the usual."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from mwaa_operator.planning.preflight.facts_network import NetworkFacts, Route
from mwaa_operator.planning.preflight.model import CheckVerdict
from mwaa_operator.planning.preflight.snapshot import Unseen

from .network_world import (
    ALL,
    ASPECTS,
    ITSELF,
    NETWORK_CHECKS,
    acl,
    behind_nat,
    changed,
    endpoint,
    entry,
    group,
    judged,
    question,
    rule,
    strict_acl,
    table,
    with_endpoints,
    without,
)

HIDDEN = Unseen("It is hidden.", "Show it.")
NEEDS_THE_GATEWAYS = {"DefaultRouteAlive", "NatInPublicSubnet", "NatPublic", "NatNetworkAcls"}


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("world", [behind_nat, with_endpoints])
def test_hidden_aspect_is_no_error_and_says_why(aspect, world):
    found = judged(replace(world(), **{aspect: HIDDEN}))
    assert all(
        (finding.verdict, finding.found, finding.advice) == (CheckVerdict.UNKNOWN, HIDDEN.why, HIDDEN.advice)
        for finding in found.values()
    )


@pytest.mark.parametrize(
    ("aspect", "undecided"),
    [
        ("acls", {"NetworkAclsOutbound", "NetworkAclsInbound", "NetworkAclsAnswers", "NatNetworkAcls"}),
        ("nat_gateways", NEEDS_THE_GATEWAYS),
        ("internet_gateways", {"NatInPublicSubnet"}),
        ("endpoints", {"S3EndpointPolicy"}),
        ("endpoint_groups", set()),
        ("vpcs", {"DnsSupport", "DnsHostnames"}),
    ],
)
def test_hidden_aspect_leaves_only_those_checks_undecided_that_need_it(aspect, undecided):
    assert set(judged(replace(behind_nat(), **{aspect: HIDDEN}))) == undecided


def test_hidden_network_leaves_all_checks_undecided():
    found = judged(HIDDEN)
    assert set(found) == set(NETWORK_CHECKS)
    assert {finding.verdict for finding in found.values()} == {CheckVerdict.UNKNOWN}


def test_network_of_nothing_is_found_to_be_missing_and_no_more():
    nothing = NetworkFacts(**{aspect.name: () for aspect in fields(NetworkFacts)})
    assert set(judged(nothing)) == {"SubnetsExist", "SecurityGroupsExist"}


ICMP = rule(8, -1, protocol="icmp", cidrs={"0.0.0.0/0"})
ODD_RULES = (ICMP, rule(cidrs={"::/0"}), rule(443, 443, cidrs={"no network"}), rule(50, 50, protocol="esp"))


def test_odd_rules_and_entries_are_passed_over():
    odd_entries = (
        entry(10, allow=False, protocol="1", outbound=True),
        entry(11, allow=False, protocol="17", first=443, last=443, outbound=True),
        entry(12, allow=False, protocol="6", cidr="no network", outbound=True),
    )
    facts = replace(
        behind_nat(),
        groups=(group(inbound=(*ODD_RULES, ITSELF), outbound=(*ODD_RULES, ALL)),),
        acls=(acl(*odd_entries),),
    )
    assert judged(facts) == {}


def test_icmp_rules_admit_no_tcp():
    found = judged(replace(behind_nat(), groups=(group(inbound=ODD_RULES),)))
    assert set(found) == {"SecurityGroupsLetInHttps", "SecurityGroupsLetInDatabase"}


def test_rule_of_a_prefix_list_leaves_it_open_whether_it_admits():
    found = judged(replace(behind_nat(), groups=(group(inbound=(rule(prefix_lists={"pl-1"}),)),)))
    assert {finding.verdict for finding in found.values()} == {CheckVerdict.UNKNOWN}
    assert all("pl-1" in finding.found for finding in found.values())


def test_rules_for_both_subnets_admit_as_well_as_one_for_the_group_itself():
    halves = (rule(443, 443, cidrs={"10.0.1.0/24", "10.0.2.0/24"}), rule(5000, 6000, cidrs={"10.0.0.0/22"}))
    assert judged(replace(behind_nat(), groups=(group(inbound=halves),))) == {}


def test_rule_for_one_subnet_is_not_enough():
    one = (rule(443, 443, cidrs={"10.0.1.0/24"}), rule(5432, 5432, groups={"sg-1"}))
    assert set(judged(replace(behind_nat(), groups=(group(inbound=one),)))) == {"SecurityGroupsLetInHttps"}


def test_groups_of_the_environment_may_admit_one_another():
    first = group(inbound=(rule(groups={"sg-2"}),))
    second = group("sg-2", inbound=(), outbound=())
    both = {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-1", "sg-2"]}
    facts = replace(behind_nat(), groups=(first, second))
    assert judged(facts, question(NetworkConfiguration=both)) == {}


def test_private_routing_needs_no_more_egress_than_to_itself_and_to_s3():
    narrow = (ITSELF, rule(443, 443, prefix_lists={"pl-s3"}))
    assert judged(replace(with_endpoints(), groups=(group(outbound=narrow),))) == {}


def test_route_to_an_egress_only_gateway_is_allowed():
    routes = (Route(destination="0.0.0.0/0", target="nat-1"), Route(destination="::/0", target="eigw-1"))
    facts = behind_nat()
    private = table("rtb-private", *routes, subnets=("subnet-a", "subnet-b"))
    assert judged(replace(facts, tables=(*facts.tables[:2], private))) == {}


@pytest.mark.parametrize("target", ["tgw-1", "vpce-1", "eni-1", "vgw-1", ""])
def test_default_route_to_something_else_is_not_followed(target):
    facts = behind_nat()
    private = table("rtb-private", Route(destination="0.0.0.0/0", target=target), subnets=("subnet-a", "subnet-b"))
    assert judged(replace(facts, tables=(*facts.tables[:2], private))) == {}


def test_route_table_that_is_not_shown_leaves_its_checks_undecided():
    found = judged(replace(behind_nat(), tables=()))
    assert {finding.verdict for finding in found.values()} == {CheckVerdict.UNKNOWN}
    assert "subnet-a" in found["WayOut"].found


def test_shared_subnets_are_right_with_endpoints_of_the_customer():
    facts = behind_nat()
    shared = replace(facts, subnets=tuple(replace(one, owner="999988887777") for one in facts.subnets))
    assert set(judged(shared, question(EndpointManagement="SERVICE"))) == {"SharedVpc"}
    assert judged(shared, question(EndpointManagement="CUSTOMER")) == {}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"AirflowVersion": "2.11.2", "WebserverAccessMode": "PUBLIC_ONLY"}, set()),
        ({"AirflowVersion": "3.0.6", "WebserverAccessMode": "PUBLIC_ONLY"}, {"Airflow3ReachesWebServer"}),
        ({"AirflowVersion": "3.3.1", "WebserverAccessMode": "PUBLIC_AND_PRIVATE"}, set()),
        ({"AirflowVersion": None, "WebserverAccessMode": "PUBLIC_ONLY"}, {"Airflow3ReachesWebServer"}),
    ],
)
def test_only_airflow_3_needs_the_internet_for_a_public_web_server(fields, found):
    assert set(judged(with_endpoints(), question(**fields))) == found


def test_update_counts_only_what_it_adds_to_the_addresses_in_use():
    facts = behind_nat()
    tight = replace(facts, subnets=tuple(replace(one, free_addresses=3) for one in facts.subnets))
    current = {"MaxWorkers": 5}
    assert judged(tight, question(current, MaxWorkers=5)) == {}
    assert set(judged(tight, question(current, MaxWorkers=20))) == {"FreeAddresses"}


def test_second_endpoint_makes_up_for_one_without_private_dns():
    facts = changed(with_endpoints(), "sqs", private_dns=False, id="vpce-old")
    assert set(judged(facts)) == {"EndpointsPrivateDns"}
    assert judged(replace(facts, endpoints=(*facts.endpoints, endpoint("sqs")))) == {}


def test_endpoint_that_is_being_deleted_counts_as_none():
    found = judged(changed(with_endpoints(), "kms", state="deleting"))
    assert set(found) == {"EndpointsPresent"}


def test_endpoints_in_china_have_another_prefix():
    facts = with_endpoints()
    named = tuple(replace(one, service=f"cn.{one.service}") for one in facts.endpoints)
    assert judged(replace(facts, endpoints=named)) == {}


@pytest.mark.parametrize(
    ("facts", "check"),
    [(with_endpoints(), None), (without(with_endpoints(), "kms"), "EndpointsPresent"), (behind_nat(), "WayOut")],
)
def test_endpoints_that_may_be_in_another_network_are_worth_a_warning(facts, check):
    hub = Route(destination="10.0.0.0/8", target="tgw-1")
    private = table("rtb-private", hub, subnets=("subnet-a", "subnet-b"))
    found = judged(replace(facts, tables=(private,)))
    assert {name: finding.verdict for name, finding in found.items()} == (
        {} if check is None else {check: CheckVerdict.WARNING}
    )
    assert all("tgw-1" in finding.advice for finding in found.values())


def test_dead_route_to_another_network_leads_to_no_endpoints():
    hub = Route(destination="10.0.0.0/8", target="tgw-1", state="blackhole")
    found = judged(replace(behind_nat(), tables=(table("rtb-private", hub, subnets=("subnet-a", "subnet-b")),)))
    assert {name: finding.verdict for name, finding in found.items()} == {"WayOut": CheckVerdict.ERROR}


def test_acl_that_allows_just_what_is_needed_passes():
    needed = (
        *(entry(n, outbound=True, protocol="6", first=port, last=port) for n, port in ((1, 443), (2, 5432))),
        *(entry(n, protocol="6", first=port, last=port) for n, port in ((3, 443), (4, 5432))),
        *(entry(5, outbound=out, protocol="6", first=1024, last=65535) for out in (False, True)),
    )
    assert judged(replace(behind_nat(), acls=(strict_acl(*needed),))) == {}


def test_acl_without_entries_denies_everything():
    found = judged(replace(behind_nat(), acls=(strict_acl(),)))
    assert set(found) == {"NetworkAclsOutbound", "NetworkAclsInbound", "NetworkAclsAnswers"}
    assert {finding.verdict for finding in found.values()} == {CheckVerdict.ERROR}


def test_first_entry_that_fits_decides():
    allowed_before = acl(entry(40), entry(50, allow=False, protocol="6", first=443, last=443))
    assert judged(replace(behind_nat(), acls=(allowed_before,))) == {}


def test_networks_on_a_block_list_are_no_obstacle():
    blocked = acl(*(entry(n, allow=False, outbound=out, cidr="198.51.100.0/24") for n, out in ((1, False), (2, True))))
    assert judged(replace(behind_nat(), acls=(blocked,))) == {}


def test_acl_that_opens_part_of_the_world_is_worth_a_warning():
    only_some = strict_acl(
        entry(1), entry(2, outbound=True, cidr="10.0.0.0/8"), entry(3, outbound=True, cidr="52.0.0.0/8")
    )
    found = judged(replace(behind_nat(), acls=(only_some,)))
    assert {name: finding.verdict for name, finding in found.items()} == {"NetworkAclsOutbound": CheckVerdict.WARNING}


def test_secluded_subnets_without_an_s3_gateway_need_no_way_beyond_the_vpc():
    interface = endpoint("s3", kind="Interface", subnet_ids=frozenset({"subnet-a", "subnet-b"}), private_dns=True)
    facts = with_endpoints()
    inside = tuple(entry(1, outbound=out, cidr="10.0.0.0/16") for out in (False, True))
    facts = replace(
        facts,
        endpoints=(*facts.endpoints[1:], replace(interface, group_ids=frozenset({"sg-e"}))),
        acls=(strict_acl(*inside),),
    )
    assert set(judged(facts)) == {"S3ByGateway"}
