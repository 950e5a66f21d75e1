"""Every status, and whatever can happen in it: what the table says and what the plan does (design §4.7, §4.8, §4.9).

The expected calls are written out here, apart from the table, so that the two hold each other.
"""

import pytest
from mwaa_operator.api.enums import EnvironmentStatusCode
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.lifecycle import ABSENT, LIFECYCLES, Answer, Happening, Phase, lifecycle_of

UPDATE, DELETE, CREATE = ["UpdateEnvironment"], ["DeleteEnvironment"], ["CreateEnvironment"]
NOTHING: list[str] = []
BUSY = {"edit": NOTHING, "delete": NOTHING, "drift": NOTHING, "request": NOTHING}
GONE = {"edit": CREATE, "delete": NOTHING, "drift": CREATE, "request": CREATE}

CALLS = {
    "CREATING": BUSY,
    "PENDING": {**BUSY, "delete": DELETE},
    "CREATE_FAILED": {"edit": DELETE, "delete": DELETE, "drift": NOTHING, "request": DELETE},
    "AVAILABLE": {"edit": UPDATE, "delete": DELETE, "drift": UPDATE, "request": NOTHING},
    "UPDATING": BUSY,
    "CREATING_SNAPSHOT": BUSY,
    "ROLLING_BACK": BUSY,
    "UPDATE_FAILED": {"edit": UPDATE, "delete": DELETE, "drift": UPDATE, "request": UPDATE},
    "MAINTENANCE": BUSY,
    "UNAVAILABLE": {"edit": UPDATE, "delete": DELETE, "drift": NOTHING, "request": UPDATE},
    "DELETING": BUSY,
    "DELETED": GONE,
    None: GONE,
}
"""The call that a happening leads to at once."""

CELLS = [(status, happening) for status in CALLS for happening in CALLS[status]]


@pytest.fixture
def within(world):
    """An object of ours whose environment came to a status in the ordinary way."""

    def come_to(status):
        if status in {"CREATING", "PENDING", "CREATE_FAILED"}:
            world.edit(maxWorkers=5).passes()
            failed = {"Status": "FAILED", "CreatedAt": world.now, "Error": {"ErrorCode": "INCORRECT_CONFIGURATION"}}
            members = {"LastUpdate": failed} if status == "CREATE_FAILED" else {}
            world.exists(status, **members).passes()
            return world
        world.edit(maxWorkers=5).settles()
        if status in {"UPDATE_FAILED", "UNAVAILABLE"}:
            world.edit(schedulers=3).updates_to(status, "FAILED", Schedulers=2).passes()
            if status == "UPDATE_FAILED":
                world.edit(schedulers=None).passes()
            return world
        if status is None:
            world.aws = None
            return world
        world.aws_says(Status=status)
        if status != "DELETED":
            world.passes()
        return world

    return come_to


@pytest.mark.parametrize(("status", "happening"), CELLS)
def test_cell(within, status, happening):
    world = within(status)
    match happening:
        case "edit":
            world.edit(maxWorkers=9)
        case "delete":
            world.deleting = True
        case "drift" if world.aws is not None:
            world.aws_says(MaxWorkers=20)
        case "request":
            world.retry = True
    assert world.calls == CALLS[status][happening]


@pytest.mark.parametrize("status", [status for status in CALLS if status is not None])
def test_a_restart_changes_nothing_about_what_is_done(within, status):
    """A new process knows no more than the status and what AWS shows, which is all that a plan is made from."""
    world = within(status)
    before = world.plan
    world.later(seconds=30)
    assert [step.kind for step in world.plan.steps] == [step.kind for step in before.steps]
    assert world.plan.verdict.reason is before.verdict.reason


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "CREATING_SNAPSHOT", "ROLLING_BACK", "MAINTENANCE"])
@pytest.mark.parametrize("happening", ["edit", "delete"])
def test_what_was_asked_for_while_aws_was_busy_is_done_afterwards(within, status, happening):
    world = within(status)
    if happening == "edit":
        world.edit(maxWorkers=9)
    else:
        world.deleting = True
    assert world.passes().waiting is not None
    last = {"Status": "SUCCESS", "CreatedAt": world.now}
    world.later(minutes=20).aws_says(Status="AVAILABLE", LastUpdate=last)
    assert world.calls == (UPDATE if happening == "edit" else DELETE)


def test_a_failed_attempt_is_created_anew_once_it_is_gone(within):
    world = within("CREATE_FAILED")
    world.edit(maxWorkers=9).passes()
    world.aws_says(Status="DELETING").passes()
    world.aws = None
    assert world.calls == CREATE


def test_an_update_that_aws_refuses_in_an_unavailable_environment_is_tried_once(within):
    world = within("UNAVAILABLE")
    world.edit(maxWorkers=9).passes_refused(
        FailureKind.STATUS, "Environments with UNAVAILABLE status cannot be updated."
    )
    for _ in range(3):
        assert world.later(minutes=5).passes().steps == ()
    assert "cannot be updated" in world.plan.verdict.message
    world.retry = True
    assert world.calls == UPDATE


@pytest.mark.parametrize(("status", "happening"), CELLS)
def test_the_table_says_what_the_plan_does(status, happening):
    row = ABSENT if status is None else LIFECYCLES[status]
    does = {
        "UpdateEnvironment": {Answer.UPDATE, Answer.REAPPLY, Answer.TRY},
        "DeleteEnvironment": {Answer.DELETE, Answer.RECREATE},
        "CreateEnvironment": {Answer.CREATE},
        None: {Answer.WAIT, Answer.WAIT_UNLESS_FORCED, Answer.SAY, Answer.LOOK, Answer.RELEASE},
    }
    call = next(iter(CALLS[status][happening]), None)
    asked = {"edit": Happening.EDIT, "delete": Happening.DELETE, "drift": Happening.DRIFT, "request": Happening.REQUEST}
    assert row.answer(asked[happening]) in does[call]


def test_every_status_of_aws_has_a_row():
    assert set(LIFECYCLES) == set(EnvironmentStatusCode)


def test_a_status_that_is_not_known_is_waited_out():
    row = lifecycle_of("SOMETHING_NEW")
    assert row.phase is Phase.BUSY
    assert row.edit is row.delete is Answer.WAIT
    assert "SOMETHING_NEW" in row.summary


@pytest.mark.parametrize("row", [*LIFECYCLES.values(), ABSENT])
def test_pause_and_restart_mean_the_same_everywhere(row):
    assert row.answer(Happening.PAUSE) is Answer.REST
    assert row.answer(Happening.RESTART) is Answer.RESUME
