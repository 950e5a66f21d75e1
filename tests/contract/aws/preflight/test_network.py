"""The checks of the network over what the simulated EC2 has, in good networks and in broken ones."""

from __future__ import annotations

import random

import pytest
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.facts_network import NetworkFacts
from mwaa_operator.planning.preflight.model import CheckVerdict
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject, Unseen
from mwaa_operator.resources.preflight import network
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.pytest_plugin import SimulatedAccount

from .site import Site
from .worlds import WORLDS

CHECKS = [check for check in ALL_CHECKS if {Subject.NETWORK, Subject.SUBNETS} & {*check.needs}]
ONLY_IN_PURE_WORLDS = {"SharedVpc", "EndpointsAvailable"}
"""What moto's EC2 has no way to break."""


@pytest.fixture(scope="module")
def simulated_aws(simulated_aws_server):
    """One account for all tests here: each leaves the network as it was."""
    return SimulatedAccount(simulated_aws_server, f"{random.randrange(10**11, 10**12)}")


def _made(aws: SimulatedAccount, name: str) -> Site:
    made = make_prerequisites(aws.client, name=name, bucket=f"{name}-{aws.account}", role_name=name)
    return Site.of(aws.client("ec2"), made)


@pytest.fixture(scope="module")
def site(simulated_aws):
    """Two private subnets behind a NAT gateway."""
    return _made(simulated_aws, "public")


@pytest.fixture(scope="module")
def private_site(simulated_aws):
    """The same with endpoints instead of the NAT gateway."""
    made = _made(simulated_aws, "private")
    made.use_endpoints()
    return made


@pytest.fixture
def look(clients, in_account):
    """Give a function that looks at a site's network."""

    def looked(site: Site) -> tuple[Question, NetworkFacts | Unseen]:
        asked = Question(
            name="env",
            account_id=in_account.account,
            region="eu-west-1",
            fields=site.fields,
            tags={},
            changed=frozenset(site.fields),
        )
        return asked, network.look(clients, asked)

    return looked


@pytest.fixture
def judged(look):
    """Give a function that makes the checks: what they find, by name."""

    def found(site: Site) -> dict[str, CheckVerdict]:
        asked, facts = look(site)
        snapshot = Snapshot(question=asked, facts={Subject.NETWORK: facts, Subject.SUBNETS: facts})
        findings = {check.name: check.find(snapshot) for check in CHECKS}
        return {name: finding.verdict for name, finding in findings.items() if finding is not None}

    return found


def test_network_behind_a_nat_gateway_passes(judged, site):
    assert judged(site) == {}


def test_network_with_endpoints_passes(judged, private_site):
    assert judged(private_site) == {}


@pytest.mark.parametrize("name", WORLDS)
def test_broken_network_is_found_by_its_check_and_passes_once_mended(judged, site, private_site, name):
    world = WORLDS[name]
    place = private_site if world.private else site
    with world.broken(place):
        found = judged(place)
    assert found == {world.check: CheckVerdict.ERROR if world.error else CheckVerdict.WARNING}
    assert judged(place) == {}


def test_each_check_is_shown_a_broken_network():
    assert {world.check for world in WORLDS.values()} | ONLY_IN_PURE_WORLDS == {check.name for check in CHECKS}


def test_look_takes_few_calls(look, seen, private_site):
    look(private_site)
    assert sum(service == "ec2" for service, *_ in seen) <= 11


@pytest.mark.parametrize(
    ("operation", "judged_all_the_same"),
    [
        ("DescribeSubnets", "SecurityGroupsExist"),
        ("DescribeSecurityGroups", "WayOut"),
        ("DescribeVpcAttribute", "NetworkAclsInbound"),
        ("DescribeRouteTables", "SecurityGroupsLetInHttps"),
        ("DescribeNatGateways", "NoInternetGatewayRoute"),
        ("DescribeInternetGateways", "DefaultRouteAlive"),
        ("DescribeVpcEndpoints", "WayOut"),
        ("DescribeNetworkAcls", "SecurityGroupsLetInHttps"),
    ],
)
def test_call_that_is_not_allowed_hides_its_own_facts_alone(judged, in_account, site, operation, judged_all_the_same):
    in_account.admin.add_fault("access_denied", account=in_account.account, service="ec2", operation=operation)
    found = judged(site)
    assert set(found.values()) == {CheckVerdict.UNKNOWN}
    assert judged_all_the_same not in found


def test_what_was_hidden_names_the_action_that_is_lacking(look, in_account, site):
    in_account.admin.add_fault(
        "access_denied", account=in_account.account, service="ec2", operation="DescribeNetworkAcls"
    )
    _, facts = look(site)
    assert isinstance(facts.acls, Unseen)
    assert "ec2:DescribeNetworkAcls" in facts.acls.advice


def test_ec2_that_no_way_leads_to_hides_the_network_and_holds_nothing_up(look, monkeypatch, one_attempt, site):
    """As from a private network that has an endpoint of MWAA and none of EC2."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1")
    _, facts = look(site)
    assert isinstance(facts.subnets, Unseen)
    assert "EndpointConnectionError" in facts.subnets.why


def test_throttled_look_is_an_error_to_be_tried_again(look, in_account, one_attempt, site):
    in_account.admin.add_fault("throttle", account=in_account.account, service="ec2", operation="DescribeRouteTables")
    with pytest.raises(AwsError) as caught:
        look(site)
    assert caught.value.kind is FailureKind.THROTTLED
