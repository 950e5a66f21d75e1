"""The web server of a light Airflow: its REST API under the prefix of the version, and a page that says who is signed in."""

from __future__ import annotations

import html
import json
from urllib.parse import parse_qs, unquote

from mwaa_sandbox.airflow.light import rest
from mwaa_sandbox.airflow.light.instance import LightAirflow
from mwaa_sandbox.airflow.seam import AirflowUser, RestAnswer, RestCall, WebAnswer, WebRequest, answer

_PREFIX = {2: "/api/v1", 3: "/api/v2"}
_HTML = "text/html; charset=utf-8"
_PAGES = frozenset({"/", "/home"})


def respond(airflow: LightAirflow, version: str, request: WebRequest, user: AirflowUser | None) -> WebAnswer:
    """Answer a request; the caller holds the lock and has caught up."""
    major = 2 if version.startswith("2.") else 3
    if request.path.startswith(f"{_PREFIX[major]}/") or (request.path, major) == ("/health", 2):
        return _rest(airflow, version, request, request.path.removeprefix(_PREFIX[major]), user)
    if request.path not in _PAGES:
        return answer(404, _HTML, b"<!DOCTYPE html><title>Not found</title><h1>Not found</h1>")
    who = "nobody" if user is None else f"{html.escape(user.name)} ({user.role})"
    dags = "".join(f"<li>{html.escape(dag.dag_id)}</li>" for dag in airflow.dags())
    shown = f"<p>Signed in: {who}</p>" + (f"<ul>{dags}</ul>" if user is not None else "")
    page = f"<!DOCTYPE html><title>Airflow</title><h1>Airflow {html.escape(version)} (light)</h1>{shown}"
    return answer(200, _HTML, page.encode())


def _rest(airflow: LightAirflow, version: str, request: WebRequest, path: str, user: AirflowUser | None) -> WebAnswer:
    try:
        body = json.loads(request.body) if request.body else None
    except ValueError:
        return _told(RestAnswer(400, {"detail": "The body is not JSON"}))
    call = RestCall(request.method, unquote(path), parse_qs(request.query, keep_blank_values=True), body)
    return _told(rest.answer(airflow, version, call, user))


def _told(answered: RestAnswer) -> WebAnswer:
    if answered.content is None:
        return WebAnswer(answered.status, (), b"")
    return answer(answered.status, "application/json", json.dumps(answered.content).encode())
