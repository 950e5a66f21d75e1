"""HTTP to a running Airflow, in the name of a user who has one of MWAA's roles there.

Airflow knows one user for each role. Airflow 3 hands out a token for it, Airflow 2 a session; both are kept until they are
refused. Nobody else learns of them: what a browser holds is MWAA's own session (`aws/mwaa/logins.py`).
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie

from mwaa_sandbox.airflow.seam import Role

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "content-length",
    }
)
_COOKIE = {2: "session", 3: "_token"}
REMOTE_USER = "X-Mwaa-Sandbox-User"
"""The header by which Airflow 2 is told who signs in; only we reach its port."""


@dataclass(frozen=True)
class Reply:
    """An answer as it came. Header names keep their spelling."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Upstream:
    """One Airflow's port. Every method raises OSError when it does not answer in time."""

    def __init__(self, port: int, major: int, secret: str) -> None:
        self._port = port
        self._major = major
        self._secret = secret
        self._lock = threading.Lock()
        self._credentials: dict[Role, str] = {}

    def call(
        self,
        method: str,
        path: str,
        *,
        role: Role | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float,
    ) -> Reply:
        """Make a call; without a role, or as Public in Airflow 3, as nobody. `path` is encoded and has its query."""
        known = self._of(role, timeout)
        reply = self._send(method, path, self._headers(headers or {}, known), body, timeout)
        if reply.status == HTTPStatus.UNAUTHORIZED and known is not None and role is not None:
            with self._lock:
                self._credentials.pop(role, None)
            known = self._of(role, timeout)
            reply = self._send(method, path, self._headers(headers or {}, known), body, timeout)
        return Reply(reply.status, tuple(self._for_the_outside(reply)), reply.body)

    def _for_the_outside(self, reply: Reply) -> list[tuple[str, str]]:
        return [
            (name, value)
            for name, value in reply.headers
            if name.lower() not in _HOP_BY_HOP
            and not (name.lower() == "set-cookie" and value.startswith(f"{_COOKIE[self._major]}="))
        ]

    def _headers(self, given: Mapping[str, str], credential: str | None) -> dict[str, str]:
        headers = {
            name: value
            for name, value in given.items()
            if name.lower() not in _HOP_BY_HOP | {"authorization", "cookie", "accept-encoding", REMOTE_USER.lower()}
        }
        cookies: SimpleCookie = SimpleCookie(next((v for k, v in given.items() if k.lower() == "cookie"), ""))
        kept = [f"{name}={one.coded_value}" for name, one in cookies.items() if name != _COOKIE[self._major]]
        if credential is not None:
            kept.append(f"{_COOKIE[self._major]}={credential}")
            if self._major > 2:
                headers["Authorization"] = f"Bearer {credential}"
        return {**headers, "Cookie": "; ".join(kept)} if kept else headers

    def _of(self, role: Role | None, timeout: float) -> str | None:
        if role is None or (role is Role.PUBLIC and self._major > 2):
            return None
        with self._lock:
            if role not in self._credentials:
                self._credentials[role] = (
                    self._session(role, timeout) if self._major == 2 else self._token(role, timeout)
                )
            return self._credentials[role]

    def _token(self, role: Role, timeout: float) -> str:
        body = json.dumps({"username": role.value, "password": self._secret}).encode()
        reply = self._send("POST", "/auth/token", {"Content-Type": "application/json"}, body, timeout)
        if reply.status != HTTPStatus.CREATED:
            raise ConnectionError(f"Airflow gives no token: {reply.status}")
        return str(json.loads(reply.body)["access_token"])

    def _session(self, role: Role, timeout: float) -> str:
        reply = self._send("GET", "/login/", {REMOTE_USER: role.value}, b"", timeout)
        for name, value in reply.headers:
            if name.lower() == "set-cookie" and value.startswith("session="):
                return value.partition(";")[0].partition("=")[2]
        raise ConnectionError(f"Airflow gives no session: {reply.status}")

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request(method, path, body=body or None, headers=dict(headers))
            answer = connection.getresponse()
            return Reply(answer.status, tuple(answer.getheaders()), answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(f"Airflow's answer broke off: {error!r}") from error
        finally:
            connection.close()
