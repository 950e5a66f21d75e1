"""The web server of an environment, as a browser or a program with a session has it: nothing of the project is in between."""

from __future__ import annotations

import http.client
import json
from urllib.parse import quote, urlencode, urlsplit

SECONDS = 60
"""That an answer may take."""


class StatusError(Exception):
    """An answer that is no success."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body[:2000]!r}")
        self.status = status


class Web:
    """A session with the Airflow 3 of one environment, begun when it is first needed."""

    def __init__(self, endpoint, mwaa, name):
        self._at, self._mwaa, self._name = urlsplit(endpoint), mwaa, name
        self._token = None

    def api(self, method, path, body=None):
        """Call the REST API and return its answer. Raises StatusError."""
        if self._token is None:
            given = self._mwaa.create_web_login_token(Name=self._name)
            self._host = given["WebServerHostname"]
            status, cookie, content = self.log_in(given["WebToken"], self._host)
            if status != 200:
                raise StatusError(status, content)
            self._token = cookie.partition(";")[0].partition("=")[2]
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        status, _, content = self._send(method, f"/api/v2{path}", sent, headers, self._host)
        if status >= 400:
            raise StatusError(status, content)
        return json.loads(content)

    def log_in(self, token, host):
        """Exchange a token. Returns the status, the cookie and the answer."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", "/pluginsv2/aws_mwaa/login", urlencode({"token": token}), form, host)

    def _send(self, method, path, body, headers, host):
        connection = http.client.HTTPConnection(self._at.hostname, self._at.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, {**headers, "Host": host})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Set-Cookie"), answer.read()
        finally:
            connection.close()


def run_path(dag, run, *more):
    """The path of a run, or of something in it."""
    return "/".join(["/dags", dag, "dagRuns", quote(run, safe=""), *more])
