"""Metrics of what is said beside the plan."""

from __future__ import annotations

from mwaa_operator.controller.metrics_beside import Beside
from mwaa_operator.controller.store import Key

KEY = Key("data", "env")
STATUS = {
    "airflow": {
        "dags": 12,
        "importErrors": 2,
        "components": [{"name": "Scheduler", "status": "unhealthy"}, {"name": "Triggerer", "status": "healthy"}],
    },
    "load": {
        "runningTasks": 5,
        "queuedTasks": 1,
        "workers": 3,
        "components": [
            {"name": "Scheduler", "cpuPercent": 40, "memoryPercent": 60},
            {"name": "Database", "cpuPercent": 9},
        ],
    },
}


def told(status, **conditions):
    """Give each sample: its name without the prefix, its labels without the object's, its value."""
    beside = Beside()
    beside.add(KEY, status, conditions)
    samples = [sample for family in beside.families for sample in family.samples]
    assert all((one.labels["namespace"], one.labels["name"]) == ("data", "env") for one in samples)
    prefix = "mwaa_environment_"
    assert all(one.name.startswith(prefix) for one in samples)
    return [(one.name.removeprefix(prefix), *list(one.labels.values())[2:], one.value) for one in samples]


def test_all_that_the_status_holds_is_a_metric():
    assert told(STATUS, AirflowHealthy="False", WellSized="True") == [
        ("airflow_healthy", 0),
        ("airflow_component_healthy", "Scheduler", 0),
        ("airflow_component_healthy", "Triggerer", 1),
        ("well_sized", 1),
        ("import_errors", 2),
        ("dags", 12),
        ("tasks", "running", 5),
        ("tasks", "queued", 1),
        ("workers", 3),
        ("cpu_percent", "Scheduler", 40),
        ("cpu_percent", "Database", 9),
        ("memory_percent", "Scheduler", 60),
    ]


def test_what_is_unknown_is_no_metric():
    assert told({}) == []
    assert told({}, AirflowHealthy="Unknown", WellSized="Unknown") == []


def test_what_a_component_was_like_is_no_metric_once_airflow_cannot_be_asked():
    names = {name for name, *_ in told(STATUS, AirflowHealthy="Unknown")}
    assert "airflow_component_healthy" not in names
