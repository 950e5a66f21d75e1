"""What passes do about parts: bring them about, remove them, let go of them, and say so."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.artifacts.artifacts import Artifacts
from mwaa_operator.controller.foundations import Foundations
from mwaa_operator.planning.model import Plan, Standing, Verdict

from tests.unit.controller.row_world import GONE, KEY, READY, WAITS, RowWorld, calls, failure
from tests.unit.planning.conftest import MINIMAL, World
from tests.unit.planning.parts.foundation_world import (
    BUCKET,
    LOGS,
    NETWORK,
    PROVISIONED,
    ROLE,
    all_in_order,
    from_nothing,
    has_made,
)

REGION = "eu-west-1"


class Passes:
    """Foundations over a row of parts that do as a test says. `written` holds what was said, each time."""

    def __init__(self) -> None:
        self.row = RowWorld()
        self.written: list[tuple[object, object, object]] = []
        self.foundations = Foundations(
            self.row.row,
            no_code(),
            ask=self._ask,
            failed=lambda _key, error: self.row._failed(error),
            accepted=lambda _key: self.row._accepted(),
            writer=self._writer,
        )

    def brings_about(self, world):
        return asyncio.run(self.foundations.bring_about(KEY, world.situation, REGION))

    def after(self, world, decided=None):
        return asyncio.run(self.foundations.after(KEY, world.situation, decided or world.plan, REGION))

    @property
    def looked_at(self):
        return [kind for kind, part in self.row.parts.items() if part.contexts]

    async def _ask(self, _key, *arguments):
        return await self.row._ask(*arguments)

    def _writer(self, _key, situation, decided, _region):
        async def write(progress):
            self.written.append((situation, decided, progress))

        return write


def no_code():
    """What keeps the code of objects, for those that name none."""
    return Artifacts(
        clients=None,
        config_maps=None,
        git_secrets=None,
        verify=None,
        failures=None,
        told=None,
        rest_seconds=None,
        scale=1.0,
        most_bytes=0,
    )


@pytest.fixture
def passes():
    return Passes()


def settled_from_nothing(**provision):
    """An environment that runs on what was made for it."""
    return all_in_order(has_made(from_nothing(**provision), BUCKET, NETWORK, ROLE, LOGS)).exists()


def settles(world):
    """A plan that finds nothing to do."""
    verdict = Verdict(standing=Standing.SETTLED, reason=Reason.AVAILABLE, message="", ready=True, synced=True)
    return Plan(verdict=verdict, operation=world.situation.operation)


# Bringing about ------------------------------------------------------------------------------------------------------


def test_parts_know_what_they_are_made_for(passes):
    world = settled_from_nothing()
    passes.brings_about(world)
    [context] = passes.row.parts[ROLE].contexts
    assert (context.name, context.region, context.account_id) == ("env", REGION, "123456789012")
    assert context.known == world.status.resources
    assert context.environment == world.situation.environment


def test_parts_that_are_not_looked_at_are_as_the_status_has_them(passes):
    world = settled_from_nothing().aws_says(Status="UPDATING")
    foundation = passes.brings_about(world)
    assert passes.looked_at == []
    assert foundation.states == {}
    assert foundation.outputs.source_bucket_arn == PROVISIONED.source_bucket_arn
    assert foundation.outputs.subnet_ids == PROVISIONED.subnet_ids


def test_environment_that_is_yet_to_come_waits_for_its_parts_and_says_so(passes):
    passes.row.parts[NETWORK].plans = [calls("CreateVpc", message="The network is being made."), WAITS]
    passes.brings_about(from_nothing())
    [(situation, _, progress)] = passes.written
    assert situation.foundation.states[BUCKET].ready
    assert progress.verdict.message == "The network is being made."


def test_environment_that_runs_is_not_less_ready_while_a_part_is_put_right(passes):
    passes.row.parts[BUCKET].plans = [calls("PutBucketVersioning"), READY]
    passes.brings_about(settled_from_nothing())
    [(_, _, progress)] = passes.written
    assert progress.verdict is None
    assert progress.environment.status == "AVAILABLE"


def test_request_is_not_answered_before_the_pass_is_over(passes):
    passes.row.parts[BUCKET].plans = [calls("PutBucketVersioning"), READY]
    world = settled_from_nothing()
    world.retry = True
    passes.brings_about(world)
    [(situation, _, _)] = passes.written
    assert not situation.retry


def test_drift_is_only_reported_where_the_policy_says_so_until_somebody_asks(passes):
    world = settled_from_nothing().policies(drift="Report")
    all_in_order(world)
    passes.row.parts[BUCKET].plans = [calls("PutBucketVersioning")]
    assert passes.brings_about(world).states[BUCKET].reason is Reason.DRIFTED
    assert passes.row.made == []
    world.retry = True
    passes.row.parts[BUCKET].plans = [calls("PutBucketVersioning"), READY]
    assert passes.brings_about(world).states[BUCKET].ready
    assert passes.row.made == ["PutBucketVersioning"]


# Removing ------------------------------------------------------------------------------------------------------------


def goes(**policies):
    world = has_made(from_nothing(), BUCKET, NETWORK, ROLE, LOGS).policies(**policies)
    world.deleting = True
    return world


def test_all_parts_of_an_environment_that_is_gone_are_removed(passes):
    for kind in (BUCKET, NETWORK, ROLE, LOGS):
        passes.row.parts[kind].removals = [calls(f"Delete{kind.value}"), GONE]
    assert passes.after(goes()) is None
    assert passes.row.made == ["DeleteLogGroups", "DeleteExecutionRole", "DeleteNetwork", "DeleteBucket"]


def test_object_stays_while_something_is_left_of_its_parts_and_says_so(passes):
    passes.row.parts[NETWORK].removals = [WAITS]
    assert passes.after(goes()) > 0
    _, _, progress = passes.written[-1]
    assert progress.verdict.message == WAITS.message


def test_removal_that_fails_is_tried_again(passes):
    passes.row.parts[ROLE].removals = [failure()]
    assert passes.after(goes()) > 0
    assert passes.looked_at == [ROLE, LOGS]


@pytest.mark.parametrize("policies", [{"deletion": "Retain"}, {"management": "Observe"}])
def test_nothing_is_touched_where_the_policies_keep_it(passes, policies):
    assert passes.after(goes(**policies)) is None
    assert passes.looked_at == []


def test_nothing_is_removed_while_the_environment_is_there(passes):
    assert passes.after(goes().exists("DELETING")) is None
    assert passes.looked_at == []


# Parts that have left the spec ---------------------------------------------------------------------------------------


def without_role():
    """An environment whose role was made for it, and is now given by reference."""
    return has_made(from_nothing(executionRole=None), BUCKET, NETWORK, ROLE, LOGS).exists()


def test_role_that_has_left_the_spec_is_removed_once_the_environment_has_another(passes):
    passes.row.parts[ROLE].removals = [calls("DeleteRole"), GONE]
    world = without_role()
    busy = replace(settles(world), verdict=replace(settles(world).verdict, synced=False))
    assert passes.after(world, busy) is None
    assert passes.row.made == []
    assert passes.after(world, settles(world)) is None
    assert passes.row.made == ["DeleteRole"]


def test_status_lists_a_part_no_longer_that_has_left_the_spec(passes):
    world = without_role()
    passes.after(world, settles(world))
    situation, _, _ = passes.written[-1]
    assert situation.foundation.states[ROLE].resources == ()
    assert situation.foundation.outputs == world.situation.foundation.outputs


def test_bucket_and_log_groups_that_have_left_the_spec_are_let_go(passes):
    world = has_made(World(spec=dict(MINIMAL)), BUCKET, LOGS).exists()
    assert passes.after(world, settles(world)) is None
    assert passes.looked_at == []
    situation, _, _ = passes.written[-1]
    assert set(situation.foundation.states) == {BUCKET, LOGS}
    assert situation.foundation.states[BUCKET].resources == ()


def test_role_that_has_left_the_spec_stays_where_management_is_observe(passes):
    world = without_role().policies(management="Observe")
    assert passes.after(world, settles(world)) is None
    assert passes.looked_at == []


def test_environment_that_lacks_nothing_has_nothing_removed(passes):
    world = settled_from_nothing()
    assert passes.after(world, settles(world)) is None
    assert passes.looked_at == []
    assert passes.written == []
