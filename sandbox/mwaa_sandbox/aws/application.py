"""The one port: our MWAA, moto behind it, and what a test does to both. A WSGI application.

Every call takes the same way: recognise, delay, fault, permission, carry out, log. Requests signed for `airflow` go to our
MWAA, all others to moto's own server application, which is neither patched nor configured. What the caller cannot do in
WSGI, namely not to answer, is left to the server by raising `ConnectionDropped`.
"""

from __future__ import annotations

import io
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from mwaa_sandbox.airflow.bucket import dag_files
from mwaa_sandbox.airflow.light.environments import LightAirflows
from mwaa_sandbox.airflow.real import serving
from mwaa_sandbox.airflow.real.environments import RealAirflows
from mwaa_sandbox.aws import bucket_policies, bucket_tags
from mwaa_sandbox.aws.additions import key_names, multipart, operations
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.admin import Admin
from mwaa_sandbox.aws.control.call_log import CallLog
from mwaa_sandbox.aws.control.faults import DEFAULT_TIMEOUT_SECONDS, Fault, FaultKind, Faults
from mwaa_sandbox.aws.control.latency import Latency
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.ec2.front import Front
from mwaa_sandbox.aws.fleet.fleets import Fleets
from mwaa_sandbox.aws.iam.gate import Gate
from mwaa_sandbox.aws.metrics.cloudwatch import CloudWatchFront
from mwaa_sandbox.aws.moto_surroundings import MotoSurroundings
from mwaa_sandbox.aws.mwaa import responses
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.errors import MwaaError
from mwaa_sandbox.aws.mwaa.simulation import DEFAULT_QUOTA, Simulation
from mwaa_sandbox.aws.recognition import recognise
from mwaa_sandbox.aws.web_front import WEBSERVER, WebFront
from mwaa_sandbox.cluster.progress import Progress

ADMIN_PREFIX = "/_sandbox/"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApplication = Callable[[Environ, StartResponse], Iterable[bytes]]


class ConnectionDropped(Exception):  # noqa: N818 - not an error: a thing to do
    """Asks the server to close the connection without an answer; with a reset if `reset`."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__("the connection is to be closed without an answer")
        self.reset = reset


class _Dispatcher(DomainDispatcherApplication):  # type: ignore[misc] # moto is not typed
    """moto's own, which remembers what a host stands for: moto lists its folders anew for each request, to find that out."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._backends: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]


class SimulatedAwsApplication:
    """Composes the services with the control over them."""

    def __init__(
        self,
        *,
        clock: ScaledClock,
        seed: int = 0,
        quota: int = DEFAULT_QUOTA,
        sleep: Callable[[float], None] = time.sleep,
        report: Callable[[str], None] | None = None,
    ) -> None:
        moto_lock = threading.RLock()
        surroundings = MotoSurroundings(clock, moto_lock)
        self.backends = MwaaBackends(
            Simulation(clock=clock, surroundings=surroundings, seed=seed, environments_quota=quota)
        )
        self._front = Front(clock, moto_lock, self.backends, surroundings)
        self._gate = Gate(self.backends, moto_lock)
        airflows = LightAirflows(clock, dag_files(moto_lock))
        self.backends.simulation.airflow = airflows
        fleets = Fleets(self.backends.simulation)
        self.backends.simulation.witnesses += (airflows, fleets)
        self._cloudwatch = CloudWatchFront(self.backends, fleets, moto_lock)
        self._web = WebFront(self.backends)
        self.faults = Faults(random.Random(seed))
        self.latency = Latency()
        self.calls = CallLog()
        self._clock = clock
        self._sleep = sleep
        self._report = report
        self._moto_lock = moto_lock
        self._moto: WsgiApplication = _Dispatcher()
        self._admin = Admin(
            backends=self.backends,
            faults=self.faults,
            latency=self.latency,
            calls=self.calls,
            enforcement=self._gate.enforcement,
            airflows=airflows,
            fleets=fleets,
            moto_lock=moto_lock,
        )

    def use_real_airflow(
        self, endpoint: str, folder: Path, progress: Progress, *, postgresql: str | None = None
    ) -> RealAirflows:
        """Put real Airflows in place of the light ones; the caller stops them.

        `endpoint` is where this is served, `postgresql` a server for their metadata.
        """
        self._admin.airflows = serving.serve(
            self.backends,
            self._moto_lock,
            endpoint=endpoint,
            folder=folder,
            progress=progress,
            postgresql=postgresql,
        )
        return self._admin.airflows

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = _read(environ)
        if environ.get("PATH_INFO", "").startswith(ADMIN_PREFIX):
            status, content = self._admin.handle(
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"][len(ADMIN_PREFIX) :],
                environ.get("QUERY_STRING", ""),
                body,
            )
            start_response(_line(status), [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
            return [content]
        return self._serve(environ, start_response, body)

    def _serve(self, environ: Environ, start_response: StartResponse, body: bytes) -> Iterable[bytes]:
        arrived, began = self._clock.wall(), time.perf_counter()
        status, error_code = 0, None
        to_web = self._web.recognise(environ)
        call, request = recognise(environ, body) if to_web is None else (to_web, None)
        try:
            self._delay(self.latency.of(call))
            fault = self.faults.strike(call)
            status, error_code, headers, content = self._answer(environ, body, call, request, fault)
        except ConnectionDropped:
            status, error_code = 0, None
            raise
        finally:
            duration = time.perf_counter() - began
            self._note(environ, call, at=arrived, status=status, error_code=error_code, duration=duration)
        start_response(_line(status), headers)
        return [content]

    def _answer(
        self,
        environ: Environ,
        body: bytes,
        call: Call,
        request: responses.Request | MwaaError | None,
        fault: Fault | None,
    ) -> answers.Answer:
        if fault is not None and fault.kind is not FaultKind.LOST_ANSWER:
            return self._faulty(fault, environ, body, call, request)
        result = self._carried_out(environ, body, call, request)
        if fault is not None:
            self._delay(fault.delay_seconds or 0)
            raise ConnectionDropped(reset=False)
        return result

    def _faulty(
        self, fault: Fault, environ: Environ, body: bytes, call: Call, request: responses.Request | MwaaError | None
    ) -> answers.Answer:
        if fault.kind is FaultKind.TIMEOUT:
            self._delay(DEFAULT_TIMEOUT_SECONDS if fault.delay_seconds is None else fault.delay_seconds)
            raise ConnectionDropped(reset=False)
        self._delay(fault.delay_seconds or 0)
        if fault.kind is FaultKind.CONNECTION_RESET:
            raise ConnectionDropped(reset=True)
        lacking = None
        if fault.kind is FaultKind.ACCESS_DENIED and not isinstance(request, MwaaError):
            lacking = self._gate.first_need(call, environ, body, _members(request))
        return _with_request_id(answers.answer(fault, call, lacking=lacking))

    def _carried_out(
        self, environ: Environ, body: bytes, call: Call, request: responses.Request | MwaaError | None
    ) -> answers.Answer:
        if call.service == WEBSERVER:
            return self._by_webserver(environ, body, call)
        known = not isinstance(request, MwaaError)
        at_the_gate = self._gate.answer(call, environ, body, _members(request)) if known else None
        if at_the_gate is not None:
            return _with_request_id(at_the_gate)
        return self._by_moto(environ, body, call) if request is None else self._by_mwaa(request, call)

    def _by_webserver(self, environ: Environ, body: bytes, call: Call) -> answers.Answer:
        answered = self._web.answer(call, environ, body)
        if answered is None:
            raise ConnectionDropped(reset=False)
        return answered.status, None, list(answered.headers), answered.body

    def _by_mwaa(self, request: responses.Request | MwaaError, call: Call) -> answers.Answer:
        if isinstance(request, MwaaError):
            response = responses.failed(request)
        else:
            identity, role = self._gate.airflow_user(call, request.parameters)
            response = responses.respond(
                self.backends, request, account=call.account, region=call.region, identity=identity, role=role
            )
        return _with_request_id((response.status, response.error_code, response.headers, response.body))

    def _by_moto(self, environ: Environ, body: bytes, call: Call) -> answers.Answer:
        """Let moto answer. `x-moto-account-id` is its own way of being told the account."""
        of_mwaa = self._cloudwatch.answer(call, environ, body)
        if of_mwaa is not None:
            return of_mwaa
        captured: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            captured[:] = [int(status.split(" ", 1)[0]), headers]

        body = key_names.by_id(call, body)
        inner = {
            **environ,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_X_MOTO_ACCOUNT_ID": call.account,
        }
        self._front.catch_up(call)
        with self._moto_lock:
            answered = (
                self._front.refusal(call)
                or multipart.refusal(call, environ)
                or operations.answer(call, environments_quota=self.backends.simulation.environments_quota)
            )
            if answered is not None:
                return answered
            remembered = self._front.before(call)
            try:
                with bucket_policies.without_conditional_denials(call):
                    parts = self._moto(inner, start_response)
                    content = b"".join(parts)
            except NotImplementedError:
                return operations.not_implemented(call)
            if captured[0] < 400:
                bucket_tags.put(call, body)
                content = self._front.after(call, remembered, content)
                self._front.carried_out(call, (captured[0], None, captured[1], content))
        if callable(close := getattr(parts, "close", None)):
            close()
        status, headers = captured
        return status, _error_code(status, headers, content), headers, content

    def _delay(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def _note(
        self, environ: Environ, call: Call, *, at: float, status: int, error_code: str | None, duration: float
    ) -> None:
        self.calls.add(
            call,
            at=at,
            status=status,
            error_code=error_code,
            user_agent=environ.get("HTTP_USER_AGENT", ""),
            duration_seconds=duration,
        )
        if self._report is not None:
            about = f" {call.environment}" if call.environment else ""
            outcome = f"{status or 'no answer'}{f' {error_code}' if error_code else ''}"
            self._report(f"{call.account} {call.region} {call.service}:{call.operation}{about} -> {outcome}")


def _with_request_id(answer: answers.Answer) -> answers.Answer:
    status, code, headers, content = answer
    return status, code, [*headers, ("x-amzn-requestid", str(uuid.uuid4()))], content


def _members(request: responses.Request | MwaaError | None) -> Mapping[str, Any] | None:
    return request.parameters if isinstance(request, responses.Request) else None


def _read(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH")
    stream = environ["wsgi.input"]
    content: bytes = stream.read(int(length)) if length else stream.read() if _terminated(environ) else b""
    return content


def _terminated(environ: Environ) -> bool:
    return bool(environ.get("wsgi.input_terminated"))


def _line(status: int) -> str:
    return f"{status} {_PHRASES.get(status, 'Status')}"


_PHRASES = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 404: "Not Found", 409: "Conflict"}


def _error_code(status: int, headers: list[tuple[str, str]], content: bytes) -> str | None:
    """Return the error code of moto's answer: from the header, else the `__type` or `Code` of the body."""
    if status < 400:
        return None
    for name, value in headers:
        if name.lower() == "x-amzn-errortype":
            return value
    for before, after in ((b"<Code>", b"</Code>"), (b'"__type": "', b'"'), (b'"__type":"', b'"')):
        _, found, rest = content.partition(before)
        if found:
            return rest.partition(after)[0].decode("utf-8", "replace").rpartition("#")[2]
    return None
