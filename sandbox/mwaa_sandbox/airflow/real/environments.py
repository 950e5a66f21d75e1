"""A real Airflow for each environment that has a web server."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from mwaa_sandbox.airflow.real import workload
from mwaa_sandbox.airflow.real.instance import Instance
from mwaa_sandbox.airflow.real.runner import Means, Runner
from mwaa_sandbox.airflow.seam import (
    AirflowUser,
    CommandResult,
    DagCounts,
    RestAnswer,
    RestCall,
    Role,
    TaskSpan,
    WebAnswer,
    WebRequest,
    answer,
    major,
)
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.statuses import Status

REST_SECONDS = 30.0
"""How long InvokeRestApi waits for Airflow. It is ten seconds in AWS (mwaa-behaviour.md §1.4), where several machines do what one
does here."""

_WEB_SECONDS = 60.0
_STARTING_SECONDS = 50.0  # how long somebody waits for an Airflow that starts; boto3 gives up after 60
_LOOKING_SECONDS = 0.5
_WITHOUT = frozenset({Status.CREATE_FAILED, Status.DELETING, Status.DELETED, Status.UNAVAILABLE})
_PREFIX = {2: "/api/v1", 3: "/api/v2"}


class RealAirflows:
    """An `Airflow` (see `seam`), and a witness of the simulation, by which it learns what is to run."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._lock = threading.Lock()
        self._runners: dict[str, Runner] = {}
        self._accounts: dict[str, str] = {}
        self._leaving: list[Runner] = []
        self._ended = threading.Event()

    def __call__(self, _before: Environment | None, after: Environment | None) -> None:
        """Start, change or end the Airflow of an environment; returns at once."""
        environment = after or _before
        if environment is None:
            return
        wanted = after if after is not None and after.has_webserver and after.status not in _WITHOUT else None
        with self._lock:
            runner = self._runners.get(environment.serial)
            if wanted is None:
                self._let_go(environment.serial)
            elif runner is not None:
                runner.want(wanted)
            elif not self._ended.is_set():
                self._runners[environment.serial] = Runner(wanted, self._means, secret=secrets.token_hex(32))
                self._accounts[environment.serial] = environment.account

    def look_regularly(self, look: Callable[[], None]) -> None:
        """Call `look` twice a second, which brings the environments up to date, so that somebody notices what has become of them."""

        def work() -> None:
            while not self._ended.wait(_LOOKING_SECONDS):
                look()

        threading.Thread(target=work, name="airflow-looking", daemon=True).start()

    def forget(self, account: str | None) -> None:
        """End the Airflows of an account's environments, or all of them."""
        with self._lock:
            for serial in list(self._runners):
                if account in {None, self._accounts[serial]}:
                    self._let_go(serial)

    def stop(self) -> None:
        """End all of them, and wait for that."""
        self._ended.set()
        self.forget(None)
        for runner in self._leaving:
            runner.join()

    def _let_go(self, serial: str) -> None:
        runner = self._runners.pop(serial, None)
        if runner is not None:
            runner.want(None)
            self._leaving = [one for one in self._leaving if one.is_busy()] + [runner]

    def at(self, _environment: Environment) -> NoReturn:
        """Raises ValueError: nobody scripts a real Airflow."""
        raise ValueError("runs and health can be scripted in the light Airflow only: serve without --airflow")

    def rest(self, environment: Environment, call: RestCall, user: AirflowUser) -> RestAnswer:
        running = self._running(environment)
        if not isinstance(running, Instance):
            return RestAnswer(503, {"detail": running})
        if user.role is Role.PUBLIC:
            return RestAnswer(403, {"detail": "Forbidden"})
        query = f"?{urlencode(call.query, doseq=True)}" if call.query else ""
        with_body = call.method != "GET" and call.body is not None
        try:
            reply = running.upstream.call(
                call.method,
                _PREFIX[major(environment)] + quote(call.path) + query,
                role=user.role,
                headers={"Content-Type": "application/json"} if with_body else {},
                body=json.dumps(call.body).encode() if with_body else b"",
                timeout=REST_SECONDS,
            )
        except OSError as error:
            return RestAnswer(504, {"detail": f"Airflow did not answer: {error}"})
        return RestAnswer(reply.status, _content(reply.body))

    def command(self, environment: Environment, words: Sequence[str]) -> CommandResult:
        running = self._running(environment)
        return running.run(words) if isinstance(running, Instance) else CommandResult(1, stderr=f"{running}\n")

    def web(self, environment: Environment, request: WebRequest, user: AirflowUser | None) -> WebAnswer:
        running = self._running(environment)
        if not isinstance(running, Instance):
            return answer(503, "text/plain; charset=utf-8", running.encode())
        query = f"?{request.query}" if request.query else ""
        try:
            reply = running.upstream.call(
                request.method,
                request.path + query,
                role=None if user is None else user.role,
                headers=request.headers,
                body=request.body,
                timeout=_WEB_SECONDS,
            )
        except OSError as error:
            return answer(504, "text/plain; charset=utf-8", f"Airflow did not answer: {error}".encode())
        return WebAnswer(reply.status, (*reply.headers, ("Content-Length", str(len(reply.body)))), reply.body)

    def task_spans(self, environment: Environment) -> Sequence[TaskSpan]:
        get = self._getter(environment)
        try:
            return () if get is None else workload.task_spans(get, self._means.clock)
        except OSError:
            return ()

    def dag_counts(self, environment: Environment) -> DagCounts:
        get = self._getter(environment)
        try:
            return DagCounts() if get is None else workload.dag_counts(get)
        except OSError:
            return DagCounts()

    def _getter(self, environment: Environment) -> workload.Get | None:
        """Return how to ask an environment's Airflow, if it is up now."""
        with self._lock:
            runner = self._runners.get(environment.serial)
        running = None if runner is None else runner.wait_until_ready(0)
        if not isinstance(running, Instance):
            return None
        prefix = _PREFIX[major(environment)]

        def get(path: str) -> Any:
            reply = running.upstream.call("GET", prefix + path, role=Role.ADMIN, timeout=REST_SECONDS)
            return workload.decoded(reply.status, reply.body)

        return get

    def _running(self, environment: Environment) -> Instance | str:
        with self._lock:
            runner = self._runners.get(environment.serial)
        return "Airflow is starting" if runner is None else runner.wait_until_ready(_STARTING_SECONDS)


def _content(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
