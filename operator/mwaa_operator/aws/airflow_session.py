"""The web server of an environment, reached as a browser would: a login token of AWS for a cookie, and Airflow's REST API with it.

For what InvokeRestApi cannot do: paths of more than 64 characters, callers who may only log in, and commands of the CLI. Paths, cookies
and lifetimes: mwaa-behaviour.md §7. No token, cookie or body is ever part of an error.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError, ReadTimeoutError

from mwaa_operator import __version__
from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.calls import call
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable

ENDPOINT_VARIABLE = "MWAA_OPERATOR_WEBSERVER_ENDPOINT"
"""Where to connect instead of to the web server's own name, which then only is the `Host`. For stand-ins of AWS, as AWS_ENDPOINT_URL is."""
SESSION_SECONDS = 11 * 3600.0
"""MWAA ends a session after 12 hours."""
MOST_BYTES = 32 * 1024 * 1024
"""Of one answer: the operator keeps it in memory."""

_LOGIN = {2: "/aws_mwaa/login", 3: "/pluginsv2/aws_mwaa/login"}
_PREFIX = {2: "/api/v1", 3: "/api/v2"}
_TIMEOUT = urllib3.Timeout(connect=5, read=60)
_AWAY = (
    "The web server {host} cannot be reached from here. If it is private, the operator has to run where its VPC "
    "endpoint can be reached."
)


class Answer:
    """An answer of a web server."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


class AirflowSession:
    """One environment's web server. Safe to use from many threads; each call blocks until it is answered.

    `client` is boto3's for MWAA. Every method raises AwsError for what AWS says to the token, Unreachable where there is no way to the
    web server, and AirflowProblem for what the web server says.
    """

    def __init__(
        self, client: Any, *, environment: str, major: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._environment = environment
        self._major = min(major, 3)
        self._clock = clock
        self._lock = threading.Lock()
        self._host = ""
        self._cookies: Mapping[str, str] = {}
        self._over_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether somebody has logged in and that still holds."""
        return bool(self._cookies) and self._clock() < self._over_at

    def rest(self, method: str, path: str, *, query: Mapping[str, Any], body: bytes | None) -> Answer:
        """Call Airflow's REST API; `path` is what follows /api/v1 or /api/v2. A session that is over is replaced once."""
        cookies = self._logged_in()
        answered = self._rest(cookies, method, path, query, body)
        if answered.status in {302, 401}:
            cookies = self._logged_in(not_by=cookies)
            answered = self._rest(cookies, method, path, query, body)
        if answered.status == 403:
            self._end(cookies)
        return answered

    def command(self, line: str) -> Answer:
        """Have a command of Airflow's CLI run, with a token of its own."""
        token = call(self._client, "CreateCliToken", {"Name": self._environment})
        headers = {"Authorization": f"Bearer {token['CliToken']}", "Content-Type": "text/plain"}
        return self._send(str(token["WebServerHostname"]), "POST", "/aws_mwaa/cli", line.encode(), headers)

    def _rest(
        self, cookies: Mapping[str, str], method: str, path: str, query: Mapping[str, Any], body: bytes | None
    ) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if self._major >= 3 and "_token" in cookies:
            headers["Authorization"] = f"Bearer {cookies['_token']}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        asked = f"?{urlencode(_texts(query), doseq=True)}" if query else ""
        return self._send(self._host, method, f"{_PREFIX[self._major]}{path}{asked}", body, headers)

    def _logged_in(self, *, not_by: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """The cookies of a session, which is begun where none is open but the one that `not_by` are the cookies of."""
        with self._lock:
            if self.is_open and self._cookies is not not_by:
                return self._cookies
            self._cookies = {}
            token = call(self._client, "CreateWebLoginToken", {"Name": self._environment})
            self._host = str(token["WebServerHostname"])
            form = urlencode({"token": token["WebToken"]}).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answered = self._send(self._host, "POST", _LOGIN[self._major], form, headers)
            cookies = _cookies(answered)
            if answered.status >= 400 or not cookies:
                raise AirflowProblem(answered.status, "The web server did not take the login token.")
            self._cookies, self._over_at = cookies, self._clock() + SESSION_SECONDS
            return self._cookies

    def _end(self, cookies: Mapping[str, str]) -> None:
        """Whoever may not do something has the role of their login. The next one may bring a better role."""
        with self._lock:
            if self._cookies is cookies:
                self._cookies = {}

    def _send(self, host: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        host = host.removeprefix("https://").rstrip("/")
        origin = os.environ.get(ENDPOINT_VARIABLE, "").rstrip("/") or f"https://{host}"
        sent = {"Host": host, "Accept": "application/json", "User-Agent": f"mwaa-operator/{__version__}", **headers}
        try:
            with _pool(origin) as pool:
                answered = pool.request(
                    method,
                    origin + path,
                    body=body,
                    headers=sent,
                    retries=False,
                    redirect=False,
                    timeout=_TIMEOUT,
                    preload_content=False,
                )
                content = answered.read(MOST_BYTES + 1)
        except ReadTimeoutError:
            raise AirflowProblem(504, "The web server did not answer within a minute.") from None
        except HTTPError:
            raise Unreachable(Reason.AIRFLOW_UNREACHABLE, _AWAY.format(host=host)) from None
        if len(content) > MOST_BYTES:
            raise AirflowProblem(answered.status, f"The answer is larger than {MOST_BYTES // 1024 // 1024} MB.")
        return Answer(answered.status, answered.headers, content)


def _pool(origin: str) -> urllib3.PoolManager:
    """Connections for one call: an environment is asked too seldom for them to be worth keeping."""
    bundle = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True)
    proxies = get_environ_proxies(origin)
    proxy = proxies.get(origin.partition(":")[0])
    return urllib3.ProxyManager(proxy, ca_certs=bundle) if proxy else urllib3.PoolManager(ca_certs=bundle)


def _cookies(answered: Answer) -> dict[str, str]:
    """Names and values of the cookies that an answer sets."""
    pairs = (header.partition(";")[0].partition("=") for header in answered.headers.getlist("Set-Cookie"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def _texts(query: Mapping[str, Any]) -> dict[str, Any]:
    """Query parameters as Airflow reads them: true and false in lower case."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
