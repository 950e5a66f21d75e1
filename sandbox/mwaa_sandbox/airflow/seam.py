"""What MWAA asks of the Airflow of an environment, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from mwaa_sandbox.aws.mwaa.lifecycle import Environment


class Role(StrEnum):
    """The roles that MWAA lets a caller have in Airflow (mwaa-behaviour.md §6, user access), the mightiest first."""

    ADMIN = "Admin"
    OP = "Op"
    USER = "User"
    VIEWER = "Viewer"
    PUBLIC = "Public"


@dataclass(frozen=True)
class AirflowUser:
    """Who asks, as Airflow knows them. `name` has at most 64 characters (§1.2)."""

    name: str
    role: Role


@dataclass(frozen=True)
class RestCall:
    """A call of Airflow's REST API. `path` is what follows `/api/v1` or `/api/v2`, with its slash, decoded."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class RestAnswer:
    """What Airflow answers: a status of HTTP and JSON, None where there is no body."""

    status: int
    content: Any = None


@dataclass(frozen=True)
class CommandResult:
    """What a command of Airflow's CLI has printed, and how it ended."""

    exit_code: int
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True)
class WebRequest:
    """A request to a web server. `headers` have their names in lower case; `path` is still encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class WebAnswer:
    """An answer of a web server."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class TaskSpan:
    """From when until when a task waited or ran, in AWS-time; `ended_at` is None while it does."""

    queued_at: float
    ended_at: float | None


@dataclass(frozen=True)
class DagCounts:
    """How many DAGs an Airflow has, and how many files it could not import."""

    dags: int = 0
    import_errors: int = 0


class Airflow(Protocol):
    """The Airflow of one environment. `environment` is its present state; methods may block, and are thread-safe."""

    def rest(self, environment: Environment, call: RestCall, user: AirflowUser) -> RestAnswer:
        """Answer a call of the REST API that comes by InvokeRestApi."""

    def command(self, environment: Environment, words: Sequence[str]) -> CommandResult:
        """Run a command of the CLI; the words come without `airflow` before them."""

    def web(self, environment: Environment, request: WebRequest, user: AirflowUser | None) -> WebAnswer:
        """Answer a request for the UI or the REST API; `user` is None for somebody who has not logged in."""

    def task_spans(self, environment: Environment) -> Sequence[TaskSpan]:
        """Return what the workers have had to do so far; nothing while Airflow is not up."""

    def dag_counts(self, environment: Environment) -> DagCounts:
        """Return how many DAGs there are now; none while Airflow is not up."""


def answer(status: int, content_type: str, body: bytes, *more: tuple[str, str]) -> WebAnswer:
    """Return an answer with a body."""
    return WebAnswer(status, (("Content-Type", content_type), ("Content-Length", str(len(body))), *more), body)


def major(environment: Environment) -> int:
    """Return the major version of an environment's Airflow."""
    return major_of(str(environment.settings["AirflowVersion"]))


def major_of(version: str) -> int:
    """Return the first number of a version."""
    return int(version.partition(".")[0])
