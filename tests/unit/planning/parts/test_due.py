"""Which parts are looked at in a pass, which are left alone, and which go."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.lifecycle import LIFECYCLES, Phase
from mwaa_operator.planning.parts.due import due, left_alone, left_out, removed_when_left_out, to_clear
from mwaa_operator.planning.parts.model import PartKind

from tests.unit.planning.conftest import MINIMAL, World
from tests.unit.planning.parts.foundation_world import (
    BUCKET,
    ENDPOINTS,
    LOGS,
    NETWORK,
    ROLE,
    all_in_order,
    from_nothing,
    has_made,
    says,
)

BUSY = [status for status, known in LIFECYCLES.items() if known.phase is Phase.BUSY]
ALL = (BUCKET, NETWORK, ROLE, LOGS)


def test_all_parts_are_looked_at_in_order_before_a_create():
    assert due(all_in_order(from_nothing()).situation) == ALL


def test_only_parts_that_the_spec_asks_for_are_looked_at():
    assert due(from_nothing(network=None, logRetentionDays=None).situation) == (BUCKET, ROLE)
    assert due(World().situation) == ()


@pytest.mark.parametrize("status", ["AVAILABLE", "CREATE_FAILED", "UPDATE_FAILED", "UNAVAILABLE"])
def test_all_parts_are_looked_at_while_nothing_is_under_way(status):
    assert due(all_in_order(from_nothing().exists(status)).situation) == ALL


@pytest.mark.parametrize("status", BUSY)
def test_parts_in_order_are_not_looked_at_while_aws_is_at_work(status):
    assert due(all_in_order(from_nothing().exists(status)).situation) == ()


@pytest.mark.parametrize("status", BUSY)
def test_parts_that_were_not_in_order_are_looked_at_while_aws_is_at_work(status):
    world = says(all_in_order(from_nothing().exists(status)), ROLE, False, Reason.PROVISIONING)
    assert due(world.situation) == (ROLE,)


def test_parts_are_looked_at_for_a_new_spec_also_while_aws_is_at_work():
    world = all_in_order(from_nothing().exists("UPDATING"))
    assert due(world.edit(tags={"team": "data"}).situation) == ALL


def test_drift_that_is_left_alone_is_not_looked_at_while_aws_is_at_work():
    world = says(all_in_order(from_nothing().exists("UPDATING")), BUCKET, False, Reason.DRIFTED)
    assert due(world.situation) == ()


@pytest.mark.parametrize("environment", [None, "AVAILABLE"])
def test_nothing_is_made_for_an_object_that_only_observes_or_goes(environment):
    for world in (from_nothing().policies(management="Observe"), from_nothing()):
        if environment is not None:
            world.exists(environment)
        world.deleting = "policies" not in world.spec
        assert due(world.situation) == ()


def test_nothing_is_made_for_an_environment_whose_name_is_taken():
    world = from_nothing().exists(ours=False)
    assert due(world.situation) == ()
    assert due(world.policies(adoption="Adopt").situation) == ALL
    another = {**world.identity.tags, "mwaa-operator.dev/name": "another"}
    assert due(world.aws_says(Tags=another).situation) == ()


def test_endpoints_are_looked_at_once_aws_waits_for_them():
    world = from_nothing(customerEndpoints={}).edit(endpointManagement="CUSTOMER")
    assert ENDPOINTS not in due(world.situation)
    assert ENDPOINTS not in due(world.exists("CREATING").situation)
    assert due(all_in_order(world).aws_says(Status="PENDING").situation) == ()
    world.aws_says(Status="PENDING", DatabaseVpcEndpointService="com.amazonaws.vpce.eu-west-1.vpce-svc-1")
    assert due(says(world, ENDPOINTS, False, Reason.PROVISIONING).situation) == (ENDPOINTS,)


# Drift ---------------------------------------------------------------------------------------------------------------


def test_drift_is_left_alone_only_where_the_policy_says_so():
    assert left_alone(all_in_order(from_nothing().exists()).situation) == frozenset()
    world = all_in_order(from_nothing().exists().policies(drift="Report"))
    assert left_alone(world.situation) == frozenset(ALL)


def test_part_that_was_never_in_order_is_brought_about_also_where_drift_is_only_reported():
    world = says(from_nothing().policies(drift="Report"), BUCKET, True)
    assert left_alone(says(world, NETWORK, False, Reason.PROVISIONING).situation) == {BUCKET}


def test_drift_that_was_reported_is_left_alone_further():
    world = says(from_nothing().policies(drift="Report"), BUCKET, False, Reason.DRIFTED)
    assert left_alone(world.situation) == {BUCKET}


def test_drift_is_put_right_on_request_and_for_a_new_spec():
    world = all_in_order(from_nothing().exists().policies(drift="Report"))
    world.retry = True
    assert left_alone(world.situation) == frozenset()
    world.retry = False
    assert left_alone(world.edit(maxWorkers=4).situation) == frozenset()


# What goes -----------------------------------------------------------------------------------------------------------


def test_object_that_goes_takes_all_parts_that_its_spec_asks_for():
    assert set(to_clear(from_nothing().situation)) == set(ALL)


def test_object_that_goes_takes_a_role_that_has_left_its_spec_and_no_bucket():
    world = has_made(World(), BUCKET, ROLE, LOGS)
    assert set(to_clear(world.situation)) == {ROLE}


def test_parts_that_have_left_the_spec_are_told_from_those_that_were_never_made():
    world = has_made(World(spec={**MINIMAL, "provision": {"logRetentionDays": 30}}), ROLE, LOGS)
    assert left_out(world.situation) == (ROLE,)


def test_nothing_that_has_left_the_spec_is_touched_where_management_is_observe():
    world = has_made(World(spec=dict(MINIMAL)), ROLE).policies(management="Observe")
    assert left_out(world.situation) == ()


def test_only_roles_are_removed_when_they_have_left_the_spec():
    assert [kind for kind in PartKind if removed_when_left_out(kind)] == [ROLE]
