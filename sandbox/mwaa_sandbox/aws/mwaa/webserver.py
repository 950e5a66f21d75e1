"""The web server of an environment: MWAA's own paths in front of Airflow (mwaa-behaviour.md §7).

| path | Airflow 2 | Airflow 3 |
| --- | --- | --- |
| exchange a web login token for a session | `POST /aws_mwaa/login`, cookie `session` | `POST /pluginsv2/aws_mwaa/login`, cookie `_token` |
| what the console opens, token behind `#` | `/aws_mwaa/aws-console-sso` | the same, and under `/pluginsv2` |
| run a command of the CLI | `POST /aws_mwaa/cli` | the same |
| Airflow's REST API with the session | `/api/v1` | `/api/v2`, as a Bearer token too |

Statuses of refusals other than 500 for commands are not documented; those here are what HTTP has for it.
"""

from __future__ import annotations

import base64
import json
import shlex
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from mwaa_sandbox.airflow.seam import Airflow, AirflowUser, WebAnswer, WebRequest, answer, major
from mwaa_sandbox.aws.mwaa import cli_commands, console
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.logins import Logins

_JSON, _HTML, _TEXT = "application/json", "text/html; charset=utf-8", "text/plain; charset=utf-8"
_COOKIE = {2: "session", 3: "_token"}
_LOGIN = {2: "/aws_mwaa/login", 3: "/pluginsv2/aws_mwaa/login"}
_CONSOLE = {
    2: frozenset({"/aws_mwaa/aws-console-sso"}),
    3: frozenset({"/aws_mwaa/aws-console-sso", "/pluginsv2/aws_mwaa/aws-console-sso"}),
}
_CLI = "/aws_mwaa/cli"


class Webserver:
    """The web server of one environment, at one moment (`now`, AWS-time)."""

    def __init__(self, environment: Environment, airflow: Airflow, logins: Logins, *, now: float) -> None:
        self._environment = environment
        self._airflow = airflow
        self._logins = logins
        self._now = now
        self._major = major(environment)

    def answer(self, request: WebRequest) -> WebAnswer:
        """Answer a request."""
        path = request.path
        if path in {_LOGIN[self._major], _CLI}:
            if request.method != "POST":
                return _plain(405, "Method Not Allowed")
            return self._cli(request) if path == _CLI else self._login(request)
        if path in _CONSOLE[self._major]:
            return answer(200, _HTML, console.page(_LOGIN[self._major]))
        if path.startswith(("/aws_mwaa/", "/pluginsv2/aws_mwaa/")):
            return _plain(404, "Not Found")
        return self._airflow.web(self._environment, request, self._user(request))

    def _login(self, request: WebRequest) -> WebAnswer:
        form = parse_qs(request.body.decode("utf-8", "replace"))
        token = form.get("token", [""])[-1]
        user = self._logins.redeem("web", token, self._environment, now=self._now)
        if user is None:
            return _plain(403, "The token is not valid: it is good for 60 seconds, and once")
        session = self._logins.session(self._environment, user, now=self._now)
        # Without `Secure`, which MWAA has: here it is HTTP. The UI of Airflow 3 reads its cookie, so it is not HttpOnly.
        hidden = "; HttpOnly" if self._major == 2 else ""
        cookie = f"{_COOKIE[self._major]}={session}; Path=/; SameSite=Lax{hidden}"
        return answer(200, _HTML, b"<!DOCTYPE html><title>Signed in</title>", ("Set-Cookie", cookie))

    def _cli(self, request: WebRequest) -> WebAnswer:
        user = self._logins.redeem("cli", _bearer(request) or "", self._environment, now=self._now)
        if user is None:
            return _plain(403, "The token is not valid: it is good for 60 seconds, and once")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "text/plain":
            return _plain(400, "The Content-Type must be text/plain")
        try:
            words = shlex.split(request.body.decode("utf-8", "replace"))
        except ValueError as error:
            return _plain(400, f"The command cannot be read: {error}")
        if not cli_commands.allowed(words, major=self._major):
            return _plain(500, "Internal Server Error")
        ended = self._airflow.command(self._environment, words)
        content = {
            "stdout": base64.b64encode(ended.stdout.encode()).decode(),
            "stderr": base64.b64encode(ended.stderr.encode()).decode(),
        }
        return answer(200 if ended.exit_code == 0 else 400, _JSON, json.dumps(content).encode())

    def _user(self, request: WebRequest) -> AirflowUser | None:
        session = _cookie(request, _COOKIE[self._major])
        if self._major > 2:
            session = _bearer(request) or session
        return None if session is None else self._logins.user_of(session, self._environment, now=self._now)


def unavailable() -> WebAnswer:
    """Return what a load balancer answers for a web server that is not up."""
    return _plain(503, "Service Unavailable")


def _plain(status: int, text: str) -> WebAnswer:
    return answer(status, _TEXT, text.encode())


def _bearer(request: WebRequest) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _cookie(request: WebRequest, name: str) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(request.headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[name].value if name in cookies else None
