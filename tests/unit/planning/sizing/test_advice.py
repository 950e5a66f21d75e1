"""What the load speaks for, with its evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.sizing.advice import advice, remark_on, remark_on_denial
from mwaa_operator.planning.sizing.load import Load, Usage


def given(about, load, now, **changes):
    return [(one.reason, one.text) for one in advice(about(**changes), load, now=now)]


def test_an_idle_environment_fits_its_load(about, now):
    said = remark_on(about(), Load(running=1, queued=0, workers=1, extra_workers_used=True), now=now, again=900)
    assert (said.status, said.reason) == (True, Reason.FITS_LOAD)
    assert said.load.running_tasks == 1


def test_tasks_that_waited_speak_for_more_workers_or_a_larger_class(about, now):
    [(reason, text)] = given(about, Load(waited_minutes=25), now)
    assert reason is Reason.TASKS_WAITED
    assert "Tasks waited for 25 minutes" in text
    assert "maxWorkers 5 allows: raise maxWorkers, or choose environmentClass mw1.medium" in text


def test_a_wait_that_grows_does_not_say_each_minute(about, now):
    said = {given(about, Load(waited_minutes=minutes), now)[0] for minutes in range(60, 90, 5)}
    assert len(said) == 1


def test_a_wait_as_long_as_a_worker_takes_to_come_speaks_for_nothing(about, now):
    assert given(about, Load(waited_minutes=10), now) == []


def test_the_largest_class_is_not_told_to_grow(about, now):
    [(_, text)] = given(about, Load(waited_minutes=25), now, environment_class="mw1.2xlarge")
    assert text.endswith("raise maxWorkers.")


@pytest.mark.parametrize(
    ("part", "usage", "words"),
    [
        (
            "Scheduler",
            Usage(cpu=91),
            "The schedulers used 91 % of the CPU in the mean of seven days: raise schedulers above 2",
        ),
        ("BaseWorker", Usage(memory=90.4), "The workers used 90 % of the memory"),
        (
            "WebServer",
            Usage(cpu=95, memory=99),
            "95 % of the CPU and 99 % of the memory in the mean of seven days: raise min",
        ),
        ("Database", Usage(cpu=86), "The metadata database used 86 % of the CPU in the mean of seven days: choose env"),
    ],
)
def test_a_part_that_was_busy_for_a_week_is_named_with_a_remedy(about, now, part, usage, words):
    [(reason, text)] = given(about, Load(usage={part: usage}), now)
    assert reason is Reason.COMPONENT_BUSY
    assert words in text


def test_a_busy_part_below_the_threshold_is_fine(about, now):
    assert given(about, Load(usage={"Scheduler": Usage(cpu=85, memory=60)}), now) == []


def test_schedulers_that_are_as_many_as_can_be_need_a_larger_class(about, now):
    [(_, text)] = given(about, Load(usage={"Scheduler": Usage(cpu=91)}), now, schedulers=5)
    assert "raise schedulers" not in text
    assert "choose environmentClass mw1.medium" in text


def test_more_dags_than_the_class_is_made_for(about, now):
    [(reason, text)] = given(about, Load(), now, dags=51)
    assert reason is Reason.TOO_MANY_DAGS
    assert "51 DAGs, and mw1.small is made for 50: think of mw1.medium" in text
    assert given(about, Load(), now, dags=50) == []
    assert given(about, Load(), now, dags=9999, environment_class="mw1.new") == []


def test_extra_workers_that_were_not_used_for_two_weeks(about, now):
    [(reason, text)] = given(about, Load(extra_workers_used=False), now)
    assert reason is Reason.WORKERS_UNUSED
    assert "not used for 14 days" in text


@pytest.mark.parametrize(
    "changes",
    [{"max_workers": 1}, {"age": timedelta(days=13)}, {"used": None}],
    ids=["it has none", "it is too young", "nobody knows"],
)
def test_extra_workers_are_not_called_unused_when(about, now, changes):
    age, used = changes.pop("age", timedelta(days=100)), changes.pop("used", False)
    assert given(about, Load(extra_workers_used=used), now, created_at=now - age, **changes) == []


def test_all_advice_is_said_and_the_most_pressing_names_the_reason(about, now):
    load = Load(waited_minutes=60, usage={"Scheduler": Usage(cpu=91)})
    said = remark_on(about(dags=400), load, now=now, again=900)
    assert (said.status, said.reason) == (False, Reason.TASKS_WAITED)
    assert all(word in said.message for word in ("60 minutes", "91 %", "400 DAGs"))


def test_no_permission_is_unknown():
    said = remark_on_denial("Allow it.", again=3600)
    assert (said.status, said.reason, said.load) == (None, Reason.ACCESS_DENIED, None)
