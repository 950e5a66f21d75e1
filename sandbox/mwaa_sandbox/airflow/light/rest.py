"""The REST API of a light Airflow: which path does what. Everything it does not know is answered 404, as Airflow does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from mwaa_sandbox.airflow.light import documents, permissions, problems, triggering
from mwaa_sandbox.airflow.light.instance import LightAirflow
from mwaa_sandbox.airflow.light.problems import Problem
from mwaa_sandbox.airflow.light.runs import FINAL, Run
from mwaa_sandbox.airflow.seam import AirflowUser, RestAnswer, RestCall, major_of

_LIMIT = {2: 100, 3: 50}
"""Entries of a page when a caller does not say (`api.fallback_page_limit`; §7 knows of 100, Airflow 3 has halved it)."""

_LARGEST_LIMIT = 100


class Rest:
    """One call of one major version's API."""

    def __init__(self, airflow: LightAirflow, major: int, version: str, call: RestCall, user: AirflowUser) -> None:
        self._airflow = airflow
        self._major = major
        self._version = version
        self._call = call
        self._user = user

    def answer(self) -> RestAnswer:
        """Carry the call out. Raises Problem when it is refused."""
        if not permissions.may(self._user.role, self._call.method, self._call.path):
            raise Problem(403, "Forbidden")
        methods = set()
        for method, pattern, handler in _ROUTES:
            if (found := pattern.fullmatch(self._call.path)) is None:
                continue
            if method == self._call.method:
                return handler(self, **found.groupdict())
            methods.add(method)
        raise Problem(405, "Method Not Allowed") if methods else Problem(404, "Not Found")

    # ---- the whole ----

    def version(self) -> RestAnswer:
        return RestAnswer(200, {"version": self._version, "git_version": None})

    def import_errors(self) -> RestAnswer:
        errors = self._airflow.import_errors()
        return self._page(
            "import_errors", errors, lambda error: documents.import_error(self._major, self._airflow, error)
        )

    # ---- DAGs ----

    def dags(self) -> RestAnswer:
        wanted, pattern = self._query("paused"), self._query("dag_id_pattern")
        dags = [
            dag
            for dag in self._airflow.dags()
            if wanted in {None, str(dag.is_paused).lower()} and (pattern is None or pattern.strip("%~") in dag.dag_id)
        ]
        return self._page("dags", dags, lambda dag: documents.dag(self._major, dag))

    def dag(self, dag_id: str) -> RestAnswer:
        return RestAnswer(200, documents.dag(self._major, self._airflow.dag(dag_id)))

    def patch_dag(self, dag_id: str) -> RestAnswer:
        body = self._body()
        if not isinstance(body.get("is_paused"), bool):
            raise self._invalid("is_paused", "is_paused: Input should be a valid boolean")
        return RestAnswer(200, documents.dag(self._major, self._airflow.pause(dag_id, paused=body["is_paused"])))

    # ---- runs ----

    def runs(self, dag_id: str) -> RestAnswer:
        states = self._call.query.get("state", ())
        now = self._airflow.clock.now()
        runs = [run for run in self._airflow.runs(dag_id) if not states or run.state(now) in states]
        if (self._query("order_by") or "").startswith("-"):
            runs.reverse()
        return self._page("dag_runs", runs, self._run)

    def runs_of(self) -> RestAnswer:
        """Runs of several DAGs, those of all where none is named: what GET does, with what is wanted in the body."""
        body, now = self._body(), self._airflow.clock.now()
        wanted, states = body.get("dag_ids"), body.get("states")
        runs = [
            run
            for run in self._airflow.runs("~")
            if (wanted is None or run.dag_id in wanted) and (states is None or run.state(now) in states)
        ]
        if str(body.get("order_by", "")).startswith("-"):
            runs.reverse()
        offset, limit = int(body.get("page_offset", 0)), int(body.get("page_limit", _LARGEST_LIMIT))
        shown = runs[offset : offset + min(limit, _LARGEST_LIMIT)]
        return RestAnswer(200, {"dag_runs": [self._run(run) for run in shown], "total_entries": len(runs)})

    def trigger(self, dag_id: str) -> RestAnswer:
        self._airflow.dag(dag_id)
        moment = dt.datetime.fromtimestamp(self._airflow.clock.wall(), dt.UTC)
        wanted = triggering.wanted(self._body(), major=self._major, moment=moment)
        run = self._airflow.trigger(dag_id, triggered_by=self._user.name, **wanted)
        return RestAnswer(200, self._run(run))

    def run(self, dag_id: str, run_id: str) -> RestAnswer:
        return RestAnswer(200, self._run(self._airflow.run(dag_id, run_id)))

    def patch_run(self, dag_id: str, run_id: str) -> RestAnswer:
        run, body = self._airflow.run(dag_id, run_id), self._body()
        if "note" in body:
            run.note = body["note"]
        if "state" in body:
            if body["state"] not in {*FINAL, "queued"}:
                raise self._invalid("state", f"'{body['state']}' is not one of ['success', 'failed', 'queued']")
            self._airflow.set_state(run, body["state"])
        return RestAnswer(200, self._run(run))

    def delete_run(self, dag_id: str, run_id: str) -> RestAnswer:
        self._airflow.remove_run(self._airflow.run(dag_id, run_id))
        return RestAnswer(204)

    # ---- tasks ----

    def task_instances(self, dag_id: str, run_id: str) -> RestAnswer:
        run = self._airflow.run(dag_id, run_id)
        return self._page("task_instances", list(run.tasks), lambda task_id: self._task(run, task_id))

    def task_instance(self, dag_id: str, run_id: str, task_id: str) -> RestAnswer:
        return RestAnswer(200, self._task(self._run_with(dag_id, run_id, task_id), task_id))

    def log(self, dag_id: str, run_id: str, task_id: str, number: str) -> RestAnswer:
        run = self._run_with(dag_id, run_id, task_id)
        now = self._airflow.clock.now()
        if not 1 <= int(number) <= run.task(task_id, now).tries:
            raise Problem(404, f"TaskInstance did not run with try number {number}")
        return RestAnswer(200, documents.log(self._major, run.log(task_id, now)))

    def xcoms(self, dag_id: str, run_id: str, task_id: str) -> RestAnswer:
        """The entries of a task, or, as `~`, of all tasks of the run."""
        run = self._airflow.run(dag_id, run_id) if task_id == "~" else self._run_with(dag_id, run_id, task_id)
        now = self._airflow.clock.now()
        tasks = run.tasks if task_id == "~" else (task_id,)
        return self._page(
            "xcom_entries",
            [(task, key) for task in tasks for key in sorted(run.xcoms(task, now))],
            lambda entry: documents.xcom_without_value(self._major, self._airflow, run, *entry),
        )

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str) -> RestAnswer:
        run = self._run_with(dag_id, run_id, task_id)
        if key not in run.xcoms(task_id, self._airflow.clock.now()):
            raise problems.no_xcom(key)
        return RestAnswer(200, documents.xcom(self._major, self._airflow, run, task_id, key))

    # ---- helpers ----

    def _run(self, run: Run) -> Mapping[str, Any]:
        return documents.run(self._major, self._airflow, run)

    def _task(self, run: Run, task_id: str) -> Mapping[str, Any]:
        return documents.task_instance(self._major, self._airflow, run, task_id)

    def _run_with(self, dag_id: str, run_id: str, task_id: str) -> Run:
        run = self._airflow.run(dag_id, run_id)
        if task_id not in run.tasks:
            raise problems.no_task(dag_id, run_id, task_id)
        return run

    def _body(self) -> Mapping[str, Any]:
        if not isinstance(self._call.body, Mapping):
            raise self._invalid("", "Input should be a valid dictionary")
        return self._call.body

    def _invalid(self, member: str, detail: str) -> Problem:
        return problems.invalid(self._major, member, detail)

    def _query(self, name: str) -> str | None:
        values = self._call.query.get(name)
        return values[-1] if values else None

    def _page(self, name: str, entries: list[Any], document: Callable[[Any], Mapping[str, Any]]) -> RestAnswer:
        limit = self._number("limit", _LIMIT[self._major]) or _LIMIT[self._major]
        offset = self._number("offset", 0)
        shown = entries[offset : offset + min(limit, _LARGEST_LIMIT)]
        return RestAnswer(200, {name: [document(entry) for entry in shown], "total_entries": len(entries)})

    def _number(self, name: str, default: int) -> int:
        text = self._query(name)
        if text is None:
            return default
        if not text.isdigit():
            raise self._invalid(name, f"{name}: Input should be greater than or equal to 0")
        return int(text)


_RUN = r"/dags/(?P<dag_id>[^/]+)/dagRuns/(?P<run_id>[^/]+)"
_TASK = rf"{_RUN}/taskInstances/(?P<task_id>[^/]+)"
_ROUTES: tuple[tuple[str, re.Pattern[str], Callable[..., RestAnswer]], ...] = tuple(
    (method, re.compile(pattern), handler)
    for method, pattern, handler in (
        ("GET", r"/version", Rest.version),
        ("GET", r"/importErrors", Rest.import_errors),
        ("GET", r"/dags", Rest.dags),
        ("GET", r"/dags/(?P<dag_id>[^/]+)", Rest.dag),
        ("PATCH", r"/dags/(?P<dag_id>[^/]+)", Rest.patch_dag),
        ("GET", r"/dags/(?P<dag_id>[^/]+)/dagRuns", Rest.runs),
        ("POST", r"/dags/(?P<dag_id>[^/]+)/dagRuns", Rest.trigger),
        ("POST", r"/dags/~/dagRuns/list", Rest.runs_of),
        ("GET", _RUN, Rest.run),
        ("PATCH", _RUN, Rest.patch_run),
        ("DELETE", _RUN, Rest.delete_run),
        ("GET", rf"{_RUN}/taskInstances", Rest.task_instances),
        ("GET", _TASK, Rest.task_instance),
        ("GET", rf"{_TASK}/logs/(?P<number>\d+)", Rest.log),
        ("GET", rf"{_TASK}/xcomEntries", Rest.xcoms),
        ("GET", rf"{_TASK}/xcomEntries/(?P<key>[^/]+)", Rest.xcom),
    )
)
_HEALTH = {2: "/health", 3: "/monitor/health"}


def answer(airflow: LightAirflow, version: str, call: RestCall, user: AirflowUser | None) -> RestAnswer:
    """Answer a call; refusals have the form of the version's API. The caller holds the lock."""
    major = major_of(version)
    if user is None and not permissions.needs_nobody(call.path):
        nobody = Problem(401, "Unauthorized" if major == 2 else "Not authenticated")
        return RestAnswer(401, documents.problem(major, nobody))
    try:
        if call.method == "GET" and call.path == _HEALTH[major]:
            return RestAnswer(200, documents.health(major, airflow))
        if airflow.health.get("metadatabase", "healthy") != "healthy":
            raise Problem(500, "Internal Server Error")  # noqa: TRY301 - as any other refusal
        return Rest(airflow, major, version, call, user or triggering.NOBODY).answer()
    except Problem as told:
        return RestAnswer(told.status, documents.problem(major, told))
