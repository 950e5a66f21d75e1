"""When checks are made, what they are asked, and what follows from what they found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mwaa_operator.api.environment_status import EnvironmentStatus, ResourceStatus
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.model import Check, error, unknown, warning
from mwaa_operator.planning.preflight.outcome import (
    LATEST_SECONDS,
    NEW_FOR_SECONDS,
    SOONEST_SECONDS,
    STALE_AFTER_SECONDS,
    after_checks,
    held,
    preflight_status,
    question,
    still_holds,
)
from mwaa_operator.planning.preflight.run import Report, Result, checks_for, run
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject
from mwaa_operator.planning.report import status_of

from tests.unit.planning.conftest import World
from tests.unit.planning.parts.foundation_world import says

REGION = "eu-west-1"
ERROR = error("The subnets have no way out.", "Add a route.")
WARNING = warning("It is odd.", "Look at it.")
UNKNOWN = unknown("It may not be looked at.", "Allow it.")


def report(*findings, subject=Subject.NETWORK):
    results = [
        Result(
            check=Check(
                name=f"Check{number}",
                judges=frozenset({"NetworkConfiguration"}),
                needs=frozenset({subject}),
                page="https://docs.aws.amazon.com/",
                judge=lambda _: None,
            ),
            finding=finding,
        )
        for number, finding in enumerate(findings)
    ]
    return Report(results=tuple(results), passed=3)


def asked(world):
    return question(world.situation, world.plan, region=REGION)


def judged(world, *findings, subject=Subject.NETWORK):
    """Let a pass be judged, and the status remember it; gives the plan."""
    found, situation = report(*findings, subject=subject), world.situation
    decided = after_checks(situation, world.plan, found)
    remembered(world, preflight_status(situation, asked(world), found), decided.verdict)
    return decided


def remembered(world, preflight, verdict):
    status = status_of(
        world.status,
        verdict=verdict,
        generation=world.generation,
        now=world.now,
        environment=world.status.environment,
        account=None,
        pending=None,
        operation=world.status.last_operation,
        applied=None,
        drifted=(),
        handled_request=None,
        preflight=preflight,
    )
    world.status = EnvironmentStatus.model_validate(status.to_object())


def seconds_until(decided, world):
    return (decided.look_at - world.now).total_seconds()


# What is asked -------------------------------------------------------------------------------------------------------


def test_all_checks_are_made_before_a_create(world):
    found = asked(world)
    assert found.creating
    assert found.changed >= {*world.desired.fields, "Name", "Tags"}
    assert found.tags == {**world.desired.tags, **world.identity.tags}
    assert found.today == world.now.date()


def test_only_what_an_update_changes_is_judged(settled):
    settled.edit(maxWorkers=9)
    found = asked(settled)
    assert found.changed == {"MaxWorkers"}
    assert found.fields["MaxWorkers"] == 9
    assert found.fields["SourceBucketArn"] == settled.desired.fields["SourceBucketArn"]
    assert not any("NetworkConfiguration" in check.judges for check in checks_for(found) if len(check.judges) == 1)
    assert checks_for(found) != ALL_CHECKS


def test_nothing_is_judged_where_no_call_is_made(settled):
    assert asked(settled) is None
    assert asked(settled.aws_says(Status="UPDATING")) is None


def test_nothing_is_judged_for_tags_alone(settled):
    settled.edit(tags={"team": "data"})
    assert settled.calls == ["TagResource"]
    assert asked(settled) is None


def test_everything_is_judged_on_request(settled):
    settled.retry = True
    assert asked(settled).changed >= {"NetworkConfiguration", "Tags", "Name"}
    settled.edit(maxWorkers=9)
    assert asked(settled).changed >= {"NetworkConfiguration", "Tags", "Name"}


def test_nothing_is_judged_for_an_object_that_goes(settled):
    settled.deleting, settled.retry = True, True
    assert settled.calls == ["DeleteEnvironment"]
    assert asked(settled) is None


# For how long it holds -----------------------------------------------------------------------------------------------


def test_what_was_found_holds_while_the_very_call_is_tried_again(world):
    judged(world, WARNING, UNKNOWN)
    assert still_holds(world.later(seconds=STALE_AFTER_SECONDS - 1).situation, asked(world))
    assert not still_holds(world.later(seconds=1).situation, asked(world))


def test_what_was_found_holds_not_for_another_spec_nor_on_request(world):
    judged(world)
    world.retry = True
    assert not still_holds(world.situation, asked(world))
    world.retry = False
    assert not still_holds(world.edit(maxWorkers=7).situation, asked(world))


def test_errors_are_looked_at_again_each_time(world):
    judged(world, ERROR)
    assert not still_holds(world.situation, asked(world))


def test_same_error_keeps_the_time_at_which_it_was_found(world):
    judged(world, ERROR, WARNING)
    first = world.status
    judged(world.later(seconds=30), ERROR, WARNING)
    assert world.status == first
    judged(world.later(seconds=30), ERROR)
    assert world.status.preflight.checked_at == world.now


# What follows --------------------------------------------------------------------------------------------------------


def test_error_stops_a_create(world):
    decided = judged(world, WARNING, ERROR)
    assert (decided.steps, decided.waiting) == ((), None)
    verdict = decided.verdict
    assert (verdict.standing, verdict.reason) == (Standing.STALLED, "PreflightFailed")
    assert (verdict.ready, verdict.synced) == (False, False)
    assert ERROR.found in verdict.message
    assert ERROR.advice in verdict.message


def test_error_stops_an_update_of_an_environment_that_stays_ready_for_what_it_runs(settled):
    before = settled.status.last_applied.generation
    verdict = judged(settled.edit(maxWorkers=9), ERROR).verdict
    assert (verdict.standing, verdict.ready, verdict.ready_generation, verdict.synced) == (
        Standing.STALLED,
        True,
        before,
        False,
    )
    assert "not updated" in verdict.message
    assert settled.condition("Ready") == ("True", "PreflightFailed", before)


def test_what_an_update_would_change_is_still_shown_when_it_is_stopped(settled):
    assert [change.field for change in judged(settled.edit(maxWorkers=9), ERROR).pending.changes] == ["maxWorkers"]


@pytest.mark.parametrize("findings", [(), (WARNING,), (UNKNOWN,), (WARNING, UNKNOWN)])
def test_nothing_but_an_error_stops_a_call(world, findings):
    assert judged(world, *findings) == world.plan


def test_policy_has_the_call_made_all_the_same_and_says_so(world):
    world.policies(preflight="Warn")
    decided = judged(world, ERROR)
    assert [step.kind for step in decided.steps] == ["CreateEnvironment"]
    [notice] = decided.notices
    assert notice.reason == "PreflightWarned"
    assert ERROR.found in notice.message
    assert world.condition("PreflightPassed")[:2] == ("False", "PreflightFailed")


def test_error_found_on_request_changes_nothing_of_an_environment_that_runs(settled):
    settled.retry = True
    before = settled.plan
    assert judged(settled, ERROR) == before
    assert settled.condition("PreflightPassed")[:2] == ("False", "PreflightFailed")


def test_error_is_looked_at_again_after_as_long_as_it_has_lasted_within_bounds(world):
    waits = []
    for _ in range(12):
        decided = judged(world, ERROR)
        waits.append(seconds_until(decided, world))
        world.later(seconds=waits[-1])
    assert waits[:5] == [10, 10, 20, 40, 80]
    assert (min(waits), max(waits)) == (SOONEST_SECONDS, LATEST_SECONDS)


def test_wait_before_the_next_look_is_as_fast_as_time(world):
    situation = replace(world.situation, at=Moment(world.now, 120))
    decided = held(situation, world.plan, report(ERROR))
    assert decided.look_at - world.now == timedelta(seconds=SOONEST_SECONDS / 120)


# New roles -----------------------------------------------------------------------------------------------------------


def with_new_role(world, *, seconds):
    listed = ResourceStatus(kind="ExecutionRole", id="r", provisioned=True, part=PartKind.EXECUTION_ROLE.value)
    world.status = world.status.model_copy(update={"resources": (listed,)})
    return says(world, PartKind.EXECUTION_ROLE, True, since=world.now - timedelta(seconds=seconds))


def verdict_of(world, *findings, subject):
    return held(world.situation, world.plan, report(*findings, subject=subject)).verdict


def test_errors_of_a_role_that_the_operator_has_just_made_are_waited_out(world):
    verdict = verdict_of(with_new_role(world, seconds=NEW_FOR_SECONDS - 1), ERROR, subject=Subject.ROLE)
    assert (verdict.standing, verdict.reason) == (Standing.PROGRESSING, "WaitingForIam")


def test_errors_of_a_role_that_is_not_new_or_of_something_else_are_not_waited_out(world):
    assert verdict_of(world, ERROR, subject=Subject.ROLE).standing is Standing.STALLED
    with_new_role(world, seconds=10)
    assert verdict_of(world, ERROR, subject=Subject.NETWORK).standing is Standing.STALLED
    mixed = Report(results=(*report(ERROR, subject=Subject.ROLE).results, *report(ERROR).results), passed=0)
    assert held(world.situation, world.plan, mixed).verdict.standing is Standing.STALLED
    with_new_role(world, seconds=NEW_FOR_SECONDS)
    assert verdict_of(world, ERROR, subject=Subject.ROLE).standing is Standing.STALLED


# The condition -------------------------------------------------------------------------------------------------------


def message(world):
    return next(each.message for each in world.status.conditions if each.type == "PreflightPassed")


@pytest.mark.parametrize(
    ("findings", "status", "words"),
    [
        ((), "True", "3 checks found nothing."),
        ((WARNING, UNKNOWN), "True", "3 checks found nothing. 1 warned of something"),
        ((ERROR,), "False", "The subnets have no way out. Add a route."),
        ((ERROR, ERROR, WARNING), "False", "1 more: see status.preflight"),
    ],
    ids=["nothing", "warning", "error", "errors"],
)
def test_condition_tells_the_first_error_or_how_many_checks_were_made(world, findings, status, words):
    judged(world, *findings)
    assert world.condition("PreflightPassed")[0] == status
    assert words in message(world)


def test_all_findings_are_in_the_status(world):
    judged(world, ERROR, WARNING, UNKNOWN)
    assert [(each.verdict, each.found) for each in world.status.preflight.findings] == [
        ("Error", ERROR.found),
        ("Warning", WARNING.found),
        ("Unknown", UNKNOWN.found),
    ]


def test_errors_of_an_update_that_is_asked_for_no_longer_are_not_said_for_ever(settled):
    settled.edit(maxWorkers=9)
    judged(settled, ERROR)
    settled.edit(maxWorkers=5)
    assert settled.plan.verdict.synced
    assert asked(settled).changed >= {"NetworkConfiguration"}
    judged(settled)
    assert settled.condition("PreflightPassed")[0] == "True"
    assert asked(settled) is None


def test_error_that_is_there_whatever_is_asked_for_is_said_once(settled):
    settled.edit(maxWorkers=9)
    judged(settled, ERROR)
    settled.edit(maxWorkers=5)
    judged(settled, ERROR)
    assert settled.condition("PreflightPassed")[0] == "False"
    assert asked(settled) is None


# Running them --------------------------------------------------------------------------------------------------------


def test_errors_come_first_and_unknowns_last():
    found = iter([UNKNOWN, ERROR, None, WARNING])
    checks = [
        replace(result.check, judge=lambda _: next(found), needs=frozenset()) for result in report(*[ERROR] * 4).results
    ]
    made = run(checks, Snapshot(question=asked(World()), facts={}))
    assert [result.finding for result in made.results] == [ERROR, WARNING, UNKNOWN]
    assert (made.passed, [result.finding for result in made.errors]) == (1, [ERROR])
