"""What is read of a real Airflow's work from the answers of its REST API."""

from __future__ import annotations

import datetime as dt

import pytest
from mwaa_sandbox.airflow.real import workload
from mwaa_sandbox.airflow.seam import DagCounts
from mwaa_sandbox.aws.clock import ScaledClock

NOW = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC)
CLOCK = ScaledClock(60, monotonic=lambda: 0.0, wall=NOW.timestamp)


def task(**members):
    return {"queued_when": None, "start_date": None, "end_date": None, "state": "running", **members}


def spans(*tasks):
    """Seconds of AWS-time from now, by which tasks waited or ran."""
    found = workload.task_spans(lambda _: {"task_instances": list(tasks), "total_entries": len(tasks)}, CLOCK)
    now = CLOCK.now()
    return [(one.queued_at - now, None if one.ended_at is None else one.ended_at - now) for one in found]


def test_a_task_keeps_workers_busy_from_when_it_was_queued_until_it_ended():
    ended = task(
        state="success",
        queued_when="2026-11-26T11:59:30+00:00",
        start_date="2026-11-26T11:59:40Z",
        end_date="2026-11-26T11:59:50+00:00",
    )
    assert spans(ended) == [(-30 * 60, -10 * 60)], "30 real seconds are half an hour at scale 60"


def test_a_task_without_an_end_is_still_under_way():
    assert spans(task(queued_when="2026-11-26T11:59:30+00:00")) == [(-30 * 60, None)]
    assert spans(task(start_date="2026-11-26T11:59:40Z")) == [(-20 * 60, None)]


@pytest.mark.parametrize("state", ["skipped", "upstream_failed", "removed", "scheduled", None])
def test_a_task_that_no_worker_ever_had_does_not_count(state):
    dates = {} if state is None else {"start_date": "2026-11-26T11:59:40Z", "end_date": "2026-11-26T11:59:40Z"}
    assert spans(task(state=state, **dates)) == []


def test_a_task_that_waits_for_a_trigger_takes_no_worker():
    assert spans(task(state="deferred", queued_when="2026-11-26T11:59:30Z", start_date="2026-11-26T11:59:40Z")) == []


def test_all_pages_are_read():
    asked = []

    def get(path):
        asked.append(path)
        count = 100 if path.endswith("offset=0") else 7
        return {"task_instances": [task(start_date="2026-11-26T11:59:40Z")] * count}

    assert len(workload.task_spans(get, CLOCK)) == 107
    assert asked == [f"/dags/~/dagRuns/~/taskInstances?limit=100&offset={offset}" for offset in (0, 100)]


def test_dags_are_counted_by_totals():
    totals = {"/dags?limit=1": 12, "/importErrors?limit=1": 3}
    assert workload.dag_counts(lambda path: {"total_entries": totals[path]}) == DagCounts(12, 3)


def test_a_refusal_is_a_lack_of_an_answer():
    with pytest.raises(OSError, match="403"):
        workload.decoded(403, b"{}")
