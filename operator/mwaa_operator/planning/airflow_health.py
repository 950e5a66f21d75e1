"""What Airflow's own word on its health comes to.

Members and paths: Airflow's API references (`/health` of 2.x, `/monitor/health` of 3.x, `importErrors`, `dags`). A component without a
status is a part of another one, or has never run.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_operator.api.airflow_status import AirflowComponent, AirflowStatus, BrokenFile
from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.planning.airflow_answers import error_at
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.companion import Accompanied, Remark
from mwaa_operator.planning.sizing.classes import dag_capacity

UNWELL_SECONDS, BROKEN_SECONDS, UNREACHABLE_SECONDS = 120.0, 300.0, 3600.0
"""Until the next look at an Airflow that is unwell, that has broken files, and that cannot be asked: a person has to act first."""
LISTED_FILES = 10
HEALTH_PATH = {2: "/health", 3: "/monitor/health"}

_COMPONENTS = {
    "scheduler": ("Scheduler", "scheduler"),
    "triggerer": ("Triggerer", "triggerer"),
    "dag_processor": ("DagProcessor", "DAG processor"),
    "metadatabase": ("MetadataDatabase", "metadata database"),
}
"""Airflow's names, and ours: in the status, and in a sentence."""
_DAGS_FOLDER = "/usr/local/airflow/dags/"
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
"""Where an object of Python's is in memory: another place each time that Airflow reads the file."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What Airflow has said. `errors` are the first import errors of `error_count`; `dags` is None where it was not asked."""

    health: Mapping[str, Any]
    errors: tuple[Mapping[str, Any], ...] = ()
    error_count: int = 0
    dags: int | None = None


def unwell(health: Mapping[str, Any], about: Accompanied) -> tuple[str, ...]:
    """The components that Airflow does not call healthy, by its own names."""
    return tuple(name for name, status in _statuses(health, about).items() if status != "healthy")


def database_is_down(health: Mapping[str, Any]) -> bool:
    """Whether there is no use in asking for anything that Airflow keeps in its database."""
    return (health.get("metadatabase") or {}).get("status") not in {"healthy", None}


def remark_on(seen: Seen, about: Accompanied, *, rest: float) -> Remark:
    """What to say of a healthy or an unhealthy Airflow. `rest`: seconds until the next look where all is well."""
    statuses, redact = _statuses(seen.health, about), about.hide
    broken = tuple(_broken_file(error, redact) for error in seen.errors[:LISTED_FILES])
    status = AirflowStatus(
        components=tuple(
            AirflowComponent(name=_COMPONENTS[name][0], status=redact(said)) for name, said in statuses.items()
        ),
        dags=seen.dags,
        dag_capacity=dag_capacity(about.environment_class),
        import_errors=max(seen.error_count, len(broken)),
        broken_files=broken,
    )
    sick = unwell(seen.health, about)
    if sick:
        told = " and ".join(f"its {_COMPONENTS[name][1]} is {redact(statuses[name])}" for name in sick)
        message = f"Airflow says that {told}. `kubectl mwaa logs` shows why; MWAA starts components anew by itself."
        return _remark(False, Reason.AIRFLOW_UNHEALTHY, message, again=UNWELL_SECONDS, airflow=status)
    if broken:
        first, count = broken[0], status.import_errors
        place = first.file if first.line is None else f"{first.file}, line {first.line}"
        files = "1 DAG file" if count == 1 else f"{count} DAG files"
        message = (
            f"Airflow cannot import {files}: {place}: {first.error}. Correct what status.airflow.brokenFiles lists."
        )
        return _remark(False, Reason.IMPORT_ERRORS, message, again=BROKEN_SECONDS, airflow=status)
    names = [_COMPONENTS[name][1] for name in statuses]
    message = (
        f"Airflow says that its {', '.join(names[:-1])} and {names[-1]} are healthy." if names[1:] else "It is well."
    )
    return _remark(True, Reason.AIRFLOW_HEALTHY, message, again=rest, airflow=status)


def remark_on_problem(problem: AirflowProblem, about: Accompanied) -> Remark:
    """What to say where Airflow could not be asked, or answers with an error."""
    if isinstance(problem, Unreachable):
        return _remark(None, problem.reason, problem.why, again=UNREACHABLE_SECONDS)
    if problem.status >= 500:
        message = (
            f"Airflow fails when it is asked for its health (HTTP {problem.status}): {_one_line(problem, about.hide)}."
        )
        return _remark(False, Reason.AIRFLOW_UNHEALTHY, message, again=UNWELL_SECONDS)
    message = (
        f"Airflow does not answer the operator (HTTP {problem.status}): {_one_line(problem, about.hide)}. Its role in Airflow "
        "needs to be Viewer at least."
    )
    return _remark(None, Reason.ACCESS_DENIED, message, again=UNREACHABLE_SECONDS)


def _remark(
    status: bool | None, reason: Reason, message: str, *, again: float, airflow: AirflowStatus | None = None
) -> Remark:
    return Remark(
        kind=ConditionType.AIRFLOW_HEALTHY, status=status, reason=reason, message=message, again=again, airflow=airflow
    )


def _statuses(health: Mapping[str, Any], about: Accompanied) -> dict[str, str]:
    found = {name: (health.get(name) or {}).get("status") for name in _COMPONENTS}
    if not about.has_triggerer:
        found["triggerer"] = None
    return {name: str(status) for name, status in found.items() if status is not None}


def _broken_file(error: Mapping[str, Any], redact: Callable[[str], str]) -> BrokenFile:
    file = redact(str(error.get("filename") or ""))
    line, text = error_at(redact(str(error.get("stack_trace") or "")), file)
    text = _ADDRESS.sub("0x…", text)
    return BrokenFile(file=file.removeprefix(_DAGS_FOLDER) or "?", line=line, error=text or "?")


def _one_line(problem: AirflowProblem, redact: Callable[[str], str]) -> str:
    return " ".join(redact(problem.detail).split())[:200].rstrip(".") or "without a word"
