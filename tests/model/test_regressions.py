"""Sequences that once went wrong, as short as they could be made, each by the name of what was not kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mwaa_operator.controller.store import Key
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Outcome

from .convergence import settle, unexplained
from .faults import AwsFault, KubernetesFault
from .specs import BASE, MASKED_OPTION, SECRET
from .statements import CANARY
from .world import World

A = Key("data", "a")
HOUR = 3600.0


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


def test_create_whose_repetition_was_refused_is_not_made_again_when_it_fails(world: World) -> None:
    """Its answer was lost, boto3 repeated it, and AWS said "already exists": it was the operator's own all the same."""
    world.weather.next_mutation = AwsFault.LOST_THEN_REPEATED
    world.aws.script(OperationKind.CREATE, Outcome.CREATE_FAILED)
    world.apply(A, BASE)
    world.wait(6 * HOUR)
    assert world.aws.environment("a").status == "CREATE_FAILED"  # type: ignore[union-attr]
    _holds(world)


@pytest.mark.parametrize("outcome", [Outcome.ROLLED_BACK_UPDATE_FAILED, Outcome.ROLLED_BACK_AVAILABLE])
def test_update_whose_repetition_was_refused_is_not_made_again_when_it_fails(world: World, outcome: Outcome) -> None:
    world.apply(A, BASE)
    world.wait(HOUR)
    world.weather.next_mutation = AwsFault.LOST_THEN_REPEATED
    world.aws.script(OperationKind.UPDATE, outcome)
    world.apply(A, {**BASE, "maxWorkers": 5})
    world.wait(6 * HOUR)
    assert world.aws.environment("a").settings["MaxWorkers"] == 10  # type: ignore[union-attr]
    _holds(world)


@pytest.mark.parametrize("drift", ["Correct", "Report"])
@pytest.mark.parametrize("what", ["maintenance", "somebody else's update"])
def test_edit_whose_update_never_arrived_is_made_although_another_update_came_after_it(
    world: World, what: str, drift: str
) -> None:
    """AWS then shows a later update that succeeded: it is not the operator's, and the edit is no drift."""
    spec = {**BASE, "policies": {"drift": drift}}
    world.apply(A, spec)
    world.wait(HOUR)
    world.weather.next_mutation = AwsFault.TIMEOUT
    world.apply(A, {**spec, "maxWorkers": 5})
    world.wait(1.0)
    if what == "maintenance":
        assert world.aws.start_maintenance("a")
    else:
        assert world.aws.others_call("UpdateEnvironment", {"Name": "a", "MinWorkers": 2})
    world.wait(6 * HOUR)
    assert world.aws.environment("a").settings["MaxWorkers"] == 5  # type: ignore[union-attr]
    _holds(world)


@pytest.mark.parametrize("drift", ["Correct", "Report"])
def test_update_that_changed_nothing_is_no_drift(world: World, drift: str) -> None:
    """AWS says that it has succeeded: the spec and AWS never agreed, so the object is Ready for no such generation."""
    spec = {**BASE, "policies": {"drift": drift}}
    world.apply(A, spec)
    world.wait(HOUR)
    world.forgets()
    world.apply(A, {**spec, "maxWorkers": 5})
    world.wait(6 * HOUR)
    conditions = {one["type"]: one for one in world.api.objects[A]["status"]["conditions"]}
    assert conditions["Stalled"]["reason"] == "NotConverging"
    assert conditions["Ready"]["status"] == "False"
    _holds(world)


def test_environment_that_was_only_looked_at_is_not_deleted_with_the_object(world: World) -> None:
    """Its own has vanished, another one of that name was made by somebody else and never adopted."""
    world.apply(A, {**BASE, "policies": {"adoption": "Adopt"}})
    world.wait(HOUR)
    assert world.aws.vanish("a")
    members = ("sourceBucketArn", "dagS3Path", "executionRoleArn")
    request = {f"{name[0].upper()}{name[1:]}": BASE[name] for name in members}
    network = {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    assert world.others_call("CreateEnvironment", {"Name": "a", "NetworkConfiguration": network, **request})
    world.ask_again(A)
    world.wait(300.0)
    world.delete(A)
    world.wait(3 * HOUR)
    assert A not in world.api.objects
    assert world.aws.environment("a") is not None
    _holds(world)


def test_update_of_a_masked_option_is_not_repeated_when_its_acceptance_could_not_be_written_down(world: World) -> None:
    """AWS shows *** before and after: that another update has ended well since is all there is to go by."""
    world.set_secret(A.namespace, *SECRET, f"{CANARY}-1")
    world.apply(A, {**BASE, "airflowConfigurationSecrets": {MASKED_OPTION: {"name": SECRET[0], "key": SECRET[1]}}})
    world.wait(HOUR)
    world.set_secret(A.namespace, *SECRET, f"{CANARY}-2")
    world.wait(0.15)
    world.weather.next_write = KubernetesFault.UNREACHABLE
    world.wait(6 * HOUR)
    assert "acceptedAt" not in world.api.objects[A]["status"]["lastOperation"], "another write than this one was lost"
    assert world.aws.environment("a").settings["AirflowConfigurationOptions"] == {MASKED_OPTION: f"{CANARY}-2"}  # type: ignore[union-attr]
    _holds(world)


def _holds(world: World) -> None:
    settle(world)
    assert not world.journal.wrong
    assert not unexplained(world)
