"""The HTTP server in front of the application: keep-alive connections, one thread each, nothing printed.

werkzeug's development server, which moto uses, closes the connection after every answer, and opening a connection per
call costs a client under load more than the call. So: werkzeug's server and moto's request environment, with a request
loop that keeps the connection. It can also do what WSGI cannot: close or reset a connection without an answer.
"""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from mwaa_sandbox.aws.application import ConnectionDropped, Environ, WsgiApplication

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time to linger: close() sends RST
_BACKLOG = 1024


class _KeepAliveHandler(MotoRequestHandler):  # type: ignore[misc] # moto is not typed
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer

    def run_wsgi(self) -> None:
        """Answer one request. The body is read whole, so that the next request starts where this one ends."""
        environ: Environ = self.make_environ()
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = _whole_body(environ)
        answer: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            answer[:] = [status, headers]

        try:
            parts: Iterable[bytes] = self.server.app(environ, start_response)
        except ConnectionDropped as drop:
            self._drop(reset=drop.reset)
            return
        self._send(answer[0], answer[1], b"".join(parts))

    def handle_expect_100(self) -> bool:
        """Let the client send its body now; unflushed, it would wait a second before it does so unasked."""
        proceed = bool(super().handle_expect_100())
        self.wfile.flush()
        return proceed

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        names = set()
        for name, value in headers:
            names.add(name.lower())
            if name.lower() not in {"connection", "transfer-encoding"}:
                self.send_header(name, value)
        if "content-length" not in names and int(code) not in {204, 304}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _drop(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.server.resets.add(self.connection)

    def log_request(self, *_: Any) -> None:
        """Stay quiet: the call log knows."""


class SimulatedAwsServer(ThreadedWSGIServer):
    """Serves a WSGI application on one port, each connection in a thread of its own."""

    request_queue_size = _BACKLOG

    def __init__(self, host: str, port: int, application: WsgiApplication) -> None:
        self.resets: set[socket.socket] = set()
        super().__init__(host, port, application, handler=_KeepAliveHandler)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that is to be reset without the goodbye that a shutdown sends."""
        if request in self.resets:
            self.resets.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)


def _whole_body(environ: Environ) -> tuple[io.BytesIO, str]:
    stream = environ["wsgi.input"]
    if environ.pop("wsgi.input_terminated", False):
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        body = stream.read()
    else:
        body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    return io.BytesIO(body), str(len(body))
