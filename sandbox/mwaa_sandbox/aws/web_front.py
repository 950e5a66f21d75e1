"""Requests that are for a web server, and not for AWS: recognised by their host, answered by `mwaa.webserver`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.airflow.seam import WebAnswer, WebRequest
from mwaa_sandbox.aws import wsgi
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.mwaa import hosts, web_access, webserver
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.webserver import Webserver

WEBSERVER = "webserver"
"""The service by which calls to web servers stand in the call log, and by which faults can be added for them."""

_NAMED = {
    "/aws_mwaa/login": "Login",
    "/pluginsv2/aws_mwaa/login": "Login",
    "/aws_mwaa/aws-console-sso": "ConsoleLogin",
    "/pluginsv2/aws_mwaa/aws-console-sso": "ConsoleLogin",
    "/aws_mwaa/cli": "Cli",
}

Environ = Mapping[str, Any]


class WebFront:
    """Finds the web server that a request means, and lets it answer."""

    def __init__(self, backends: MwaaBackends) -> None:
        self._backends = backends

    def recognise(self, environ: Environ) -> Call | None:
        """Return a request to a web server as a call, or None for everything else.

        Operations are Login, ConsoleLogin, Cli, and for the rest the method and the path.
        """
        label = hosts.label(environ.get("HTTP_HOST", ""))
        if label is None or "AWS4-HMAC-SHA256" in environ.get("HTTP_AUTHORIZATION", ""):
            return None
        path = environ.get("PATH_INFO", "")
        operation = _NAMED.get(path) or f"{environ['REQUEST_METHOD']} {path}"
        with self._backends.lock:
            found = hosts.find(self._backends, label)
        if found is None:  # a name of `localhost` may be a bucket's
            return None if ".localhost" in environ["HTTP_HOST"] else Call(WEBSERVER, operation, "", "", "")
        backend, environment = found
        return Call(WEBSERVER, operation, backend.account, backend.region, "", environment.name)

    def answer(self, call: Call, environ: Environ, body: bytes) -> WebAnswer | None:
        """Return the answer, or None where there is nobody who could give one: the connection comes to nothing."""
        simulation = self._backends.simulation
        if call.environment is None or simulation.airflow is None:
            return None
        with self._backends.lock:
            environment = self._backends.of(call.account, call.region).find(call.environment)
        if environment is None or not environment.has_webserver:
            return None
        if web_access.is_private(environment) and not simulation.callers_in_vpc:
            return None
        if not web_access.is_up(environment):
            return webserver.unavailable()
        request = WebRequest(
            method=environ["REQUEST_METHOD"],
            path=_encoded_path(environ),
            query=environ.get("QUERY_STRING", ""),
            headers=wsgi.headers_of(environ),
            body=body,
        )
        server = Webserver(environment, simulation.airflow, simulation.logins, now=simulation.clock.now())
        return server.answer(request)


def _encoded_path(environ: Environ) -> str:
    """Return the path as it was sent, as long as the server tells (ids in it may hold an encoded slash)."""
    sent = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "")
    return str(sent).partition("?")[0]
