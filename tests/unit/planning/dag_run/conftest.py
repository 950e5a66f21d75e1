"""A run, its environment, and an Airflow that is a table of answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.api.dag_run_spec import DagRunSpec
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.dag_run.calls import next_call, run_id_of
from mwaa_operator.planning.dag_run.model import Answer, Environment, RunSituation
from mwaa_operator.planning.dag_run.outcome import intent, outcome

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UID = "6f2c1f0e-0000-4000-8000-000000000001"
RUN_ID = run_id_of(UID)
THREE = Environment(
    name="env",
    region="eu-west-1",
    version="3.3.1",
    web_server="1234.c10.eu-west-1.airflow.amazonaws.com",
    status="AVAILABLE",
    available=True,
    usable=True,
)
TWO = replace(THREE, version="2.11.2")
DAG = {"is_paused": False}
STARTED, ENDED = "2026-11-24T12:00:00+00:00", "2026-11-24T12:01:00.5Z"


def run_document(state="running"):
    return {"state": state, "start_date": STARTED, "end_date": ENDED if state in {"success", "failed"} else None}


def task_document(task_id="load", state="success", **more):
    return {"task_id": task_id, "state": state, "map_index": -1, "try_number": 1, "start_date": STARTED, **more}


def tasks_document(*tasks, total=None):
    return {"task_instances": list(tasks), "total_entries": total or len(tasks)}


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


@pytest.fixture
def situation():
    """A run of the DAG etl that nobody has asked for yet."""

    def make(*, environment=THREE, status=None, deleted_at=None, paused=False, now=NOW, neighbours=1, **spec):
        return RunSituation(
            namespace="data",
            name="nightly",
            uid=UID,
            generation=1,
            spec=DagRunSpec.model_validate({"environmentRef": {"name": "env"}, "dagId": "etl", **spec}),
            status=DagRunStatus(**(status or {})),
            deleted_at=deleted_at,
            paused=paused,
            environment=environment,
            at=Moment(now),
            neighbours=neighbours,
        )

    return make


@pytest.fixture
def triggered():
    """The status of a run that Airflow has had for so many seconds."""
    return lambda seconds=60, **more: {
        "run_id": RUN_ID,
        "requested_at": ago(seconds),
        "triggered_at": ago(seconds),
        "state": "running",
        **more,
    }


@pytest.fixture
def a_pass():
    """Make a pass: ask the table what planning wants to know, and give the calls and the outcome.

    The table has documents, or HTTP statuses of refusals, by what is asked; XComs by their number as well.
    """

    def make(it, table=None, trouble=None):
        seen, calls = {}, []
        while (call := next_call(it, seen)) is not None:
            remembered = intent(it, call)
            it = it if remembered is None else replace(it, status=remembered)
            calls.append(call)
            found = (table or {}).get((call.ask, call.item), (table or {}).get(call.ask))
            if found is None and trouble is not None:
                return calls, outcome(it, seen, trouble)
            assert found is not None, f"nobody said what Airflow answers to {call.ask}"
            answer = Answer(found, words="Airflow says no.") if isinstance(found, int) else Answer(200, found)
            seen[call.ask, call.item] = answer
        return calls, outcome(it, seen)

    return make


@pytest.fixture
def asks():
    """What was asked, in order."""
    return lambda calls: [call.ask for call in calls]


def conditions(outcome):
    return {each.type: each.reason for each in outcome.status.conditions}
