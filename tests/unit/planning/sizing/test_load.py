"""From points of CloudWatch to what they say."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.sizing.load import Usage, Weeks, load_of, shown, weeks_of
from mwaa_operator.planning.sizing.questions import QUEUED, RUNNING, WORKERS, label_of, lately, over_weeks


def test_without_any_point_nothing_is_known(about):
    assert load_of(about(), {}, Weeks()) is None


def test_the_latest_period_tells_tasks_and_workers(about, points):
    # Three additional workers send three samples a minute, fifteen in five minutes.
    found = load_of(about(), {RUNNING: points(5, 20), QUEUED: points(0, 2.4), WORKERS: points(5, 15)}, Weeks())
    assert shown(found).model_dump(include={"running_tasks", "queued_tasks", "workers"}) == {
        "running_tasks": 20,
        "queued_tasks": 2,
        "workers": 4,
    }


def test_workers_above_the_least_number_that_send_nothing_are_not_there(about, points):
    found = load_of(about(min_workers=2), {RUNNING: points(1, 1), QUEUED: points(0, 0)}, Weeks())
    assert found.workers == 2


@pytest.mark.parametrize(
    ("queued", "extra", "minutes"),
    [
        ((3, 3, 3), (20, 20, 20), 15),
        ((3, 3, 3), (20, 10, 15), 5),
        ((0, 0.5, 3), (20, 20, 20), 5),
        ((3, 3, 3), (), 0),
    ],
    ids=["all workers there", "not all of them", "less than one task", "no additional worker"],
)
def test_minutes_count_in_which_tasks_waited_with_all_workers_there(about, points, queued, extra, minutes):
    found = load_of(about(), {QUEUED: points(*queued), WORKERS: points(*extra)}, Weeks())
    assert found.waited_minutes == minutes


def test_an_environment_that_cannot_scale_has_all_its_workers_always(about, points):
    found = load_of(about(min_workers=1, max_workers=1), {QUEUED: points(3, 3)}, Weeks())
    assert found.waited_minutes == 10


def test_the_mean_of_a_week_tells_how_busy_the_parts_are(about, points):
    weeks = {
        label_of("Scheduler", "CPUUtilization"): points(80, 100, period=3600),
        label_of("Scheduler", "MemoryUtilization"): points(40, period=3600),
        label_of("Database", "CPUUtilization"): points(10, period=3600),
    }
    found = load_of(about(), {}, weeks_of(weeks))
    assert found.usage == {"Scheduler": Usage(cpu=90, memory=40), "Database": Usage(cpu=10)}


def test_whether_extra_workers_were_used_is_known_only_where_there_are_metrics_of_weeks(about, points):
    weeks = {label_of("Scheduler", "CPUUtilization"): points(10, period=3600)}
    queue = {RUNNING: points(1), QUEUED: points(0)}
    assert load_of(about(), queue, Weeks()).extra_workers_used is None
    assert load_of(about(), queue, weeks_of(weeks)).extra_workers_used is False
    assert (
        load_of(about(), queue, weeks_of({**weeks, WORKERS: points(0, 7, 0, period=3600)})).extra_workers_used is True
    )


def test_questions_are_few_and_all_about_one_environment():
    often, seldom = list(lately("env")), list(over_weeks("env"))
    assert (len(often), len(seldom)) == (3, 10)
    assert {one.dimensions["Environment"] for one in (*often, *seldom)} == {"env"}
    assert len({one.label for one in seldom}) == len(seldom)
