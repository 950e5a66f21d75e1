"""What the admin API may ask of a light Airflow: how runs go, and how its components are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.airflow.light.instance import LightAirflow
from mwaa_sandbox.airflow.light.runs import FINAL, QUEUED_SECONDS, TASK_SECONDS, RunScript

COMPONENTS = frozenset({"metadatabase", "scheduler", "triggerer", "dag_processor"})
SCRIPT_MEMBERS = {"dagId", "state", "taskId", "queuedSeconds", "taskSeconds", "log", "xcoms", "count"}


def script(airflow: LightAirflow, content: Mapping[str, Any]) -> None:
    """Decide how the next `count` runs of a DAG go.

    Raises:
        ValueError: for a state that is not one in which a run ends, or a count below one.
    """
    state, count = content.get("state", "success"), int(content.get("count", 1))
    if state not in FINAL:
        raise ValueError(f"a run ends in {' or '.join(sorted(FINAL))}, not in {state}")
    if count < 1:
        raise ValueError("count is how many runs this is for: at least 1")
    wanted = RunScript(
        state=state,
        task_id=content.get("taskId"),
        queued_seconds=float(content.get("queuedSeconds", QUEUED_SECONDS)),
        task_seconds=float(content.get("taskSeconds", TASK_SECONDS)),
        log=tuple(content.get("log", ())),
        xcoms=content.get("xcoms", {}),
    )
    airflow.scripts += [(content.get("dagId", "*"), wanted)] * count


def set_health(airflow: LightAirflow, content: Mapping[str, Any]) -> None:
    """Say how components are; those that are left out are healthy."""
    airflow.health = {name: str(status) for name, status in content.items() if status != "healthy"}
