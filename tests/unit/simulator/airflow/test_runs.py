"""How runs of a light Airflow pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mwaa_sandbox.airflow.light.runs import FINAL, Run, RunScript

TASKS = ("a", "b", "c")


def begun(script: RunScript | None = None, *, tasks: tuple[str, ...] = TASKS) -> Run:
    run = Run("d", "r", tasks, 0.0, script or RunScript())
    run.schedule(now=1000.0, unpaused_at=0.0)
    assert run.started_at == 5.0
    return run


def states(run: Run, now: float) -> list[str | None]:
    return [run.task(task_id, now).state for task_id in run.tasks]


def test_tasks_run_one_after_the_other():
    run = begun()
    assert states(run, 4) == [None, None, None]
    assert states(run, 5) == ["running", None, None]
    assert states(run, 15) == ["success", "running", None]
    assert states(run, 35) == ["success", "success", "success"]
    assert (run.state(34.9), run.state(35), run.ended_at(35)) == ("running", "success", 35.0)


def test_what_follows_a_failed_task_is_not_run():
    run = begun(RunScript(state="failed", task_id="b"))
    assert states(run, 24) == ["success", "running", None]
    assert states(run, 25) == ["success", "failed", "upstream_failed"]
    assert (run.state(25), run.ended_at(25)) == ("failed", 25.0)


def test_last_task_fails_where_none_is_named():
    assert states(begun(RunScript(state="failed")), 100) == ["success", "success", "failed"]


def test_run_that_is_ended_by_hand_stays_as_it_is():
    run = begun()
    run.decided = ("failed", 20.0)
    assert states(run, 1000) == ["success", "failed", "skipped"]
    assert (run.state(1000), run.ended_at(1000)) == ("failed", 20.0)


def test_paused_dag_keeps_its_runs_waiting_until_it_is_unpaused():
    run = Run("d", "r", TASKS, 0.0, RunScript())
    run.schedule(now=1000.0, unpaused_at=None)
    assert run.state(1000.0) == "queued"
    run.schedule(now=1004.9, unpaused_at=1000.0)
    assert run.state(1004.9) == "queued"
    run.schedule(now=1005.0, unpaused_at=1000.0)
    assert run.state(1005.0) == "running"


@pytest.mark.parametrize("state", sorted(FINAL))
def test_dag_without_tasks_ends_at_once(state):
    assert begun(RunScript(state=state), tasks=()).state(5) == state


def test_log_and_xcoms_belong_to_tasks_that_ran():
    script = RunScript(state="failed", task_id="b", log=("boom",), xcoms={"a": {"k": 1}, "b": {"k": 2}})
    run = begun(script)
    assert run.log("a", 4) == []
    assert "boom" not in run.log("a", 100)
    assert "boom" in run.log("b", 100)
    assert run.log("c", 100) == []
    assert [dict(run.xcoms(task_id, 100)) for task_id in TASKS] == [{"k": 1}, {}, {}]


@given(
    state=st.sampled_from(sorted(FINAL)),
    failing=st.sampled_from((*TASKS, None)),
    decided=st.none() | st.tuples(st.sampled_from(sorted(FINAL)), st.floats(0, 60)),
    moments=st.lists(st.floats(0, 100), min_size=2, max_size=5).map(sorted),
)
def test_what_has_ended_never_changes_again(state, failing, decided, moments):
    run = begun(RunScript(state=state, task_id=failing))
    run.decided = decided
    ended: dict[str, str | None] = {}
    for now in moments:
        if decided is not None and now < decided[1]:
            continue
        for task_id in TASKS:
            present = run.task(task_id, now).state
            assert ended.get(task_id, present) == present
            if present in {*FINAL, "upstream_failed", "skipped"}:
                ended[task_id] = present
        if run.state(now) in FINAL:
            assert "running" not in states(run, now)
