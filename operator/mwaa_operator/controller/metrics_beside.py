"""Metrics of what is said beside the plan: Airflow's health, and the load. Read off the status, so they are as old as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from prometheus_client.core import GaugeMetricFamily

from mwaa_operator.controller.store import Key

_OF = ["namespace", "name"]


class Beside:
    """Collects them environment by environment. What nobody knows is left out."""

    def __init__(self) -> None:
        self._healthy = of_each("airflow_healthy", "Whether Airflow says that all of it is well.")
        self._components = of_each(
            "airflow_component_healthy", "The same of each component, while it is known.", "component"
        )
        self._sized = of_each("well_sized", "Whether the load speaks for no other size.")
        self._errors = of_each("import_errors", "DAG files that Airflow cannot import.")
        self._dags = of_each("dags", "DAGs.")
        self._tasks = of_each("tasks", "Tasks, running and queued, as CloudWatch shows them.", "state")
        self._workers = of_each("workers", "Workers.")
        self._cpu = of_each("cpu_percent", "CPU of a part of the environment, in the mean of a week.", "component")
        self._memory = of_each("memory_percent", "The same of its memory.", "component")

    @property
    def families(self) -> Sequence[GaugeMetricFamily]:
        """All of them."""
        return (
            self._healthy,
            self._components,
            self._sized,
            self._errors,
            self._dags,
            self._tasks,
            self._workers,
            self._cpu,
            self._memory,
        )

    def add(self, key: Key, status: Mapping[str, Any], conditions: Mapping[str, str]) -> None:
        """Add those of one environment. `conditions` are its statuses by type."""
        airflow, load = status.get("airflow") or {}, status.get("load") or {}
        healthy = _truth(conditions.get("AirflowHealthy"))
        _add(self._healthy, key, healthy)
        for component in airflow.get("components", ()) if healthy is not None else ():
            _add(self._components, key, float(component["status"] == "healthy"), component["name"])
        _add(self._sized, key, _truth(conditions.get("WellSized")))
        _add(self._errors, key, airflow.get("importErrors", 0) if airflow else None)
        _add(self._dags, key, airflow.get("dags"))
        _add(self._tasks, key, load.get("runningTasks"), "running")
        _add(self._tasks, key, load.get("queuedTasks"), "queued")
        _add(self._workers, key, load.get("workers"))
        for component in load.get("components", ()):
            _add(self._cpu, key, component.get("cpuPercent"), component["name"])
            _add(self._memory, key, component.get("memoryPercent"), component["name"])


def of_each(name: str, help_text: str, *labels: str) -> GaugeMetricFamily:
    """A metric of each environment, by its namespace and name, and by more labels."""
    return GaugeMetricFamily(f"mwaa_environment_{name}", help_text, labels=[*_OF, *labels])


def _add(family: GaugeMetricFamily, key: Key, value: float | None, *labels: str) -> None:
    if value is not None:
        family.add_metric([key.namespace, key.name, *labels], float(value))


def _truth(status: str | None) -> float | None:
    return {"True": 1.0, "False": 0.0}.get(status or "")
