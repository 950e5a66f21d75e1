"""Runs: who is followed where, and what may not be said."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.controller.dag_runs.environments import Environments
from mwaa_operator.controller.dag_runs.followed import Followed
from mwaa_operator.controller.dag_runs.reconciler import DagRunReconciler
from mwaa_operator.controller.dag_runs.words import redaction_of
from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Key, Store
from mwaa_operator.controller.turns import Turns
from mwaa_operator.planning.dag_run.environment import environment_of
from mwaa_operator.planning.dag_run.model import Answer, Ask

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME, ONE, TWO = Key("data", "env"), Key("data", "one"), Key("data", "two")
NOWHERE = environment_of(None, name="env", namespace="data", cluster="c")
UNDER_WAY, FINISHED = DagRunStatus(triggered_at=NOW), DagRunStatus(triggered_at=NOW, finished_at=NOW)


def test_runs_of_an_environment_are_counted_once_each():
    followed = Followed()
    assert followed.in_environment(HOME, ONE) == 1
    for _ in range(2):
        followed.note(ONE, HOME, UNDER_WAY, NOWHERE)
    assert followed.in_environment(HOME, ONE) == 1
    assert followed.in_environment(HOME, TWO) == 2


@pytest.mark.parametrize("ends", ["finishes", "goes"])
def test_run_that_is_over_counts_no_more(ends):
    followed = Followed()
    followed.note(ONE, HOME, UNDER_WAY, NOWHERE)
    if ends == "goes":
        followed.forget(ONE)
    else:
        followed.note(ONE, HOME, FINISHED, NOWHERE)
    assert followed.in_environment(HOME, TWO) == 1
    assert followed.waiting_for(HOME) == set()


def test_those_who_wait_for_an_environment_are_told_once():
    followed = Followed()
    followed.note(ONE, HOME, DagRunStatus(), NOWHERE)
    assert followed.waiting_for(HOME) == {ONE}
    assert followed.waiting_for(HOME) == set()


@pytest.mark.parametrize(
    "conf",
    [{"password": "tr0ub4dor"}, {"deep": [{"er": "tr0ub4dor"}]}, {"tr0ub4dor": {"x": ["tr0ub4dor"]}}],
    ids=["flat", "deep", "twice"],
)
def test_values_of_conf_are_taken_out_of_airflows_words(conf):
    said = redaction_of(conf).text("Invalid input for param password: 'tr0ub4dor' is too short")
    assert "tr0ub4dor" not in said
    assert said.startswith("Invalid input for param password")


def test_conf_may_be_nested_more_deeply_than_python_calls():
    conf = {"password": "tr0ub4dor"}
    for _ in range(5000):
        conf = {"a": conf}
    assert redaction_of(conf).text("not tr0ub4dor") == "not ***"


def test_numbers_in_conf_are_taken_out_too():
    assert "123456" not in redaction_of({"pin": 123456}).text("123456 is less than the minimum")


class Written:
    """What is written to objects; the store keeps nothing of it."""

    def __init__(self):
        self.statuses = []

    async def write(self, _key, status):
        self.statuses.append(status)

    def tell(self, *_):
        pass


def an_object(kind, name, uid, **members):
    metadata = {
        "namespace": "data",
        "name": name,
        "uid": uid,
        "generation": 1,
        "creationTimestamp": "2026-11-24T12:00:00Z",
        "resourceVersion": "1",
    }
    return {"apiVersion": "mwaa-operator.dev/v1alpha1", "kind": kind, "metadata": metadata, **members}


def a_run(uid):
    return an_object(
        "MwaaDagRun", "one", uid, spec={"environmentRef": {"name": "env"}, "dagId": "etl", "onDelete": "Orphan"}
    )


@pytest.mark.parametrize("while_it", ["looks for the DAG", "asks for the run"])
def test_object_that_took_the_name_of_another_gets_none_of_its_status(while_it):
    """Else it would never get a run of its own."""
    tags = {
        f"mwaa-operator.dev/{name}": value
        for name, value in zip(("cluster", "namespace", "name", "uid"), ("c", "data", "env", "uid-env"), strict=True)
    }
    seen = {"name": "env", "status": "AVAILABLE", "airflowVersion": "3.3.1", "tags": tags}
    environments, runs, written, asked = Store(), Store(), Written(), []
    environments.put(an_object("MwaaEnvironment", "env", "uid-env", spec={}, status={"environment": seen}))
    runs.put(a_run("first"))

    class Airflow:
        def ask(self, _environment, call):
            asked.append(call.ask)
            if call.ask is (Ask.DAG if while_it == "looks for the DAG" else Ask.TRIGGER):
                runs.put(a_run("second"))
            return Answer(200, {"is_paused": False} if call.ask is Ask.DAG else {"state": "success"})

    async def scenario():
        queue = WorkQueue()
        turns = Turns(queue, lane_of=lambda key: key.namespace, count=1)
        with ThreadPoolExecutor(1) as executor:
            reconciler = DagRunReconciler(
                store=runs,
                environments=Environments(environments, None),
                objects=written,
                resource=Airflow(),
                followed=Followed(),
                turns=turns,
                executor=executor,
                cluster="c",
                time_scale=1,
                randomness=random.Random(0),
                finished=lambda _: None,
            )
            with pytest.raises(KubernetesError):
                await reconciler.reconcile(ONE)

    asyncio.run(scenario())
    early = while_it == "looks for the DAG"
    assert (Ask.TRIGGER in asked) is not early, "and nothing is asked for in the name of what has gone"
    assert [status.requested_at is not None for status in written.statuses] == ([] if early else [True])
