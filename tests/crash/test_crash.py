"""A part of the crash test that fits into every run of the suite, another one each day. `make crash` is all of it.

CRASH_SEED draws the points of another day, CRASH_POINTS names them: "update:4:after,create:13:before".
"""

from __future__ import annotations

import pytest

from .choice import POINTS, chosen
from .points import half_way_to
from .scenarios import SCENARIOS
from .trials import trials as many_trials
from .world import world as a_world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
by_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@pytest.fixture(scope="module")
def trials(control_plane, tmp_path_factory):
    with (
        a_world(control_plane, tmp_path_factory.mktemp("crash")) as world,
        many_trials(world, SCENARIOS) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def begun(trials):
    """The trials of all tests, begun together: each test waits for its own."""
    return {
        scenario.name: [trials.submit(scenario, point) for point in chosen(trials, scenario)] for scenario in SCENARIOS
    }


@by_scenario
def test_undisturbed_operator_makes_each_call_once(trials, scenario):
    run = trials.undisturbed(scenario)
    assert run.killed_at is None
    assert run.end.accepted == scenario.accepted
    assert run.end.flaws == []


@by_scenario
def test_killed_operator_ends_where_it_would_have_ended(trials, begun, scenario, record_property):
    tried = [future.result() for future in begun[scenario.name]]
    if not POINTS and not any(trial.killed_at for trial in tried):
        # They lay at the end of a run in which AWS was polled more often than in these.
        tried += [trials.submit(scenario, half_way_to(trial.point)).result() for trial in tried[:1]]
    record_property("crash_points", [str(trial.point) for trial in tried if trial.killed_at])
    failed = [trial for trial in tried if trial.problems]
    again = ",".join(str(trial.point) for trial in failed)
    assert not failed, "\n".join([f"to try again: CRASH_POINTS={again}", *map(str, failed)])
    assert POINTS or any(trial.killed_at for trial in tried), "no run came to its point"
