"""Which numbers of a load get into the status."""

from __future__ import annotations

import pytest
from mwaa_operator.api.airflow_status import ComponentLoad, LoadStatus
from mwaa_operator.planning.sizing.steadiness import LOOKS, Steadied


def load(tasks=20, waiting=0, workers=4, cpu=40):
    parts = (ComponentLoad(name="Scheduler", cpu_percent=cpu),)
    return LoadStatus(running_tasks=tasks, queued_tasks=waiting, workers=workers, components=parts)


def test_a_busy_environment_does_not_change_its_status_at_each_look():
    steadied = Steadied(load())
    shown = [steadied.after(load(tasks=tasks, cpu=cpu)) for tasks, cpu in [(21, 41), (18, 40), (23, 39), (20, 41)] * 9]
    assert set(shown) == {load()}


@pytest.mark.parametrize(
    "found",
    [load(tasks=26), load(tasks=0), load(waiting=1), load(workers=5), load(cpu=46), load(cpu=None), LoadStatus()],
    ids=["more tasks", "none any more", "one waits", "a worker came", "busier", "nobody knows", "nothing is known"],
)
def test_what_people_would_act_on_is_shown_at_once(found):
    assert Steadied(load()).after(found) == found


def test_the_first_look_is_shown():
    assert Steadied(None).after(load()) == load()


def test_what_stays_a_little_different_is_shown_in_the_end():
    steadied = Steadied(load())
    assert [steadied.after(load(tasks=21)) for _ in range(LOOKS)] == [load()] * (LOOKS - 1) + [load(tasks=21)]
