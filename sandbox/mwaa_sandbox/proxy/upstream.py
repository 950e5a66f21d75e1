"""Where calls are passed on to: one HTTP or HTTPS server."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ANSWER_SECONDS = 60.0

_OF_ONE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers that speak of one connection and are not passed on (RFC 9110 §7.6.1)."""


@dataclass(frozen=True)
class Upstream:
    """A server. `tls` holds the authority that it is verified by; None is plain HTTP."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    @classmethod
    def at(cls, url: str, *, ca_file: Path | None = None) -> Self:
        """Read `http://host:port` or `https://host:port`; the latter needs the file with the server's authority."""
        parts = urlsplit(url)
        if parts.hostname is None or parts.port is None:
            raise ValueError(f"{url!r} has no host or no port")
        tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        return cls(parts.hostname, parts.port, tls)

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection, which is opened by its first use."""
        if self.tls is None:
            return http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS)
        return http.client.HTTPSConnection(self.host, self.port, timeout=ANSWER_SECONDS, context=self.tls)


def send(
    connection: http.client.HTTPConnection, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
) -> http.client.HTTPResponse:
    """Pass a request on as it came: same target, same headers, so that a signature over them stays true.

    Raises:
        OSError, http.client.HTTPException: if there is no answer.
    """
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in passed_on(headers):
        if name.lower() not in {"content-length", "expect"}:
            connection.putheader(name, value)
    if body or method in {"POST", "PUT", "PATCH"}:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    return connection.getresponse()


def passed_on(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers without those that concern one connection only."""
    return [(name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION]
