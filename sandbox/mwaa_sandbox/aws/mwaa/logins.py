"""Who may come into the web servers: tokens that are exchanged once, and sessions (mwaa-behaviour.md §7).

A web login token and a CLI token live for 60 seconds of AWS-time. That a web token is good for one exchange is documented;
that a CLI token is good for one command is not known, and strict: a client that takes a token per command is right either way.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from mwaa_sandbox.airflow.seam import AirflowUser
from mwaa_sandbox.aws.mwaa import identifiers, tokens
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

TOKEN_SECONDS = 60.0
SESSION_SECONDS = 12 * 3600.0


@dataclass(frozen=True)
class _Login:
    kind: str
    serial: str
    user: AirflowUser
    expires_at: float


class Logins:
    """The tokens and sessions of all environments. Times are AWS-time in seconds. Safe to use from many threads."""

    def __init__(self) -> None:
        self.token_seconds = TOKEN_SECONDS
        self.session_seconds = SESSION_SECONDS
        self._lock = threading.Lock()
        self._logins: dict[str, _Login] = {}

    def token(self, kind: str, environment: Environment, user: AirflowUser, *, now: float) -> str:
        """Return a token to be redeemed within a minute; `kind` is web or cli."""
        return self._new(kind, environment, user, now=now, lifetime=self.token_seconds)

    def redeem(self, kind: str, token: str, environment: Environment, *, now: float) -> AirflowUser | None:
        """Return whose token this is, once; None when it is not good for this, was used, or is too old."""
        with self._lock:
            if self._valid(kind, token, environment, now) is None:
                return None
            return self._logins.pop(token).user

    def session(self, environment: Environment, user: AirflowUser, *, now: float) -> str:
        """Return a session; it lasts for twelve hours."""
        return self._new("session", environment, user, now=now, lifetime=self.session_seconds)

    def user_of(self, session: str, environment: Environment, *, now: float) -> AirflowUser | None:
        """Return whose session this is, as often as asked; None when it is over or another environment's."""
        with self._lock:
            login = self._valid("session", session, environment, now)
            return None if login is None else login.user

    def _new(self, kind: str, environment: Environment, user: AirflowUser, *, now: float, lifetime: float) -> str:
        token = tokens.issued(
            kind=kind,
            environment_arn=identifiers.environment_arn(environment.account, environment.region, environment.name),
            identity=user.name,
            now=now,
            lifetime_seconds=lifetime,
            key=environment.serial.encode(),
        )
        with self._lock:
            self._logins = {key: login for key, login in self._logins.items() if now < login.expires_at}
            self._logins[token] = _Login(kind, environment.serial, user, now + lifetime)
        return token

    def _valid(self, kind: str, token: str, environment: Environment, now: float) -> _Login | None:
        login = self._logins.get(token)
        if login is None or (login.kind, login.serial) != (kind, environment.serial) or now >= login.expires_at:
            return None
        return login
