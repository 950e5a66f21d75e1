"""How workers and web servers follow the load."""

from __future__ import annotations

import pytest
from mwaa_sandbox.airflow.seam import TaskSpan
from mwaa_sandbox.aws.fleet.history import KEEP_SECONDS, START_SECONDS, events, history
from mwaa_sandbox.aws.fleet.load import at_once, scripted
from mwaa_sandbox.aws.fleet.sizes import Sizes, sizes_of
from mwaa_sandbox.aws.fleet.timeline import Timeline

SMALL = Sizes(
    tasks_per_worker=5,
    min_workers=1,
    max_workers=5,
    min_webservers=2,
    max_webservers=5,
    schedulers=2,
    database_gibibytes=4,
)
NOTHING = Timeline(0)


def always(sizes):
    return Timeline(sizes)


def tasks(*steps):
    return scripted([{"tasks": count, "seconds": seconds} for count, seconds in steps], begin=0.0)


@pytest.mark.parametrize(("wanted", "workers"), [(0, 1), (5, 1), (6, 2), (25, 5), (26, 5), (1000, 5)])
def test_as_many_workers_as_the_tasks_need_between_the_least_and_the_most(wanted, workers):
    found = history(always(SMALL), tasks((wanted, 3600)), NOTHING).at(1800)
    assert found.workers == workers
    assert found.running == min(wanted, workers * 5)
    assert found.running + found.queued == wanted


def test_workers_come_after_a_while_and_go_after_a_longer_one():
    found = history(always(SMALL), tasks((25, 3600)), NOTHING)
    assert found.at(START_SECONDS - 1).workers == 1
    assert found.at(START_SECONDS).workers == 5
    gone = 3600 + START_SECONDS + KEEP_SECONDS
    assert found.at(gone - 1).workers == 5
    assert found.at(gone).workers == 1


def test_tasks_wait_until_the_workers_are_there():
    found = history(always(SMALL), tasks((25, 3600)), NOTHING)
    assert (found.at(1).running, found.at(1).queued) == (5, 20)
    assert (found.at(START_SECONDS).running, found.at(START_SECONDS).queued) == (25, 0)


def test_a_load_that_comes_back_soon_keeps_its_workers():
    pause = KEEP_SECONDS - 1
    found = history(always(SMALL), tasks((25, 600), (0, pause), (25, 600)), NOTHING)
    assert [event.after for event in events(found)] == [5, 1]


def test_less_load_leaves_fewer_workers():
    found = history(always(SMALL), tasks((25, 600), (10, 600)), NOTHING)
    assert [(event.before, event.after) for event in events(found)] == [(1, 5), (5, 2), (2, 1)]


def test_airflows_tasks_and_scripted_ones_add_up():
    airflow = at_once([TaskSpan(0, 3600), TaskSpan(0, None), TaskSpan(1800, 3600)])
    found = history(always(SMALL), tasks((4, 3600)), airflow)
    assert [found.at(moment).wanted for moment in (0, 1800, 3600)] == [6, 7, 1]


def test_there_is_nothing_while_there_are_no_containers():
    sizes = Timeline(None, [(100.0, SMALL), (200.0, None)])
    found = history(sizes, tasks((25, 3600)), NOTHING)
    assert [found.at(moment) is None for moment in (99, 100, 199, 200)] == [True, False, False, True]
    assert found.at(100).workers == 1, "the least number is there from the beginning"
    assert list(events(found)) == []


def test_a_lower_maximum_holds_at_once():
    lower = Sizes(**{**vars(SMALL), "max_workers": 2})
    found = history(Timeline(SMALL, [(1800.0, lower)]), tasks((25, 3600)), NOTHING)
    assert [found.at(moment).workers for moment in (1799, 1800)] == [5, 2]


@pytest.mark.parametrize(
    ("load", "webservers"),
    [
        ({"connections": 15}, 2),
        ({"connections": 16}, 5),
        ({"cpu": {"WebServer": 70}}, 2),
        ({"cpu": {"WebServer": 71}}, 5),
    ],
)
def test_web_servers_are_added_over_70_percent_of_cpu_or_15_connections(load, webservers):
    found = history(always(SMALL), scripted([load], begin=0.0), NOTHING)
    assert found.at(3600).webservers == webservers


@pytest.mark.parametrize(
    ("options", "tasks_per_worker"),
    [
        ({}, 10),
        ({"celery.worker_autoscale": "20,5"}, 20),
        ({"celery.worker_concurrency": "3"}, 10),
        ({"celery.worker_autoscale": "many"}, 10),
    ],
)
def test_tasks_per_worker_are_those_of_the_class_unless_celery_is_told_otherwise(options, tasks_per_worker):
    settings = {
        "EnvironmentClass": "mw1.medium",
        "AirflowConfigurationOptions": options,
        "MinWorkers": 1,
        "MaxWorkers": 5,
        "MinWebservers": 2,
        "MaxWebservers": 2,
        "Schedulers": 2,
    }
    assert sizes_of(settings).tasks_per_worker == tasks_per_worker


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([{"tasks": -1}], "0 or more"),
        ([{"tasks": 1}, {"tasks": 2}], "only the last step"),
        ([{"seconds": 0}], "longer than 0"),
        ([{"cpu": {"Worker": 10}}], "percentages of Scheduler"),
        ([{"cpu": {"Scheduler": 101}}], "percentages of Scheduler"),
        ([{"task": 1}], "unknown in a step: task"),
    ],
)
def test_a_load_that_cannot_be_is_refused_with_what_to_write(steps, text):
    with pytest.raises(ValueError, match=text):
        scripted(steps, begin=0.0)
