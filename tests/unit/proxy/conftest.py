"""A server that notes what it is asked, and a proxy in front of it."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mwaa_sandbox.proxy import CountingProxy, Upstream

WAIT_SECONDS = 30


class Server(ThreadingHTTPServer):
    """Answers every call with what it was asked; a watch with `news`, one piece at a time; `/drop` and `/slow` as they say."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.arrived = threading.Event()
        self.may_answer = threading.Event()
        self.more_news = threading.Semaphore(0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        self.server.arrived.set()
        if self.path == "/drop":
            self.close_connection = True
        elif "watch" in self.path:
            self.stream()
        else:
            if self.path == "/slow":
                self.server.may_answer.wait(WAIT_SECONDS)
            self.send_response(201)
            self.send_header("x-amzn-requestid", "r-1")
            self.send_header("Content-Length", str(len(body) or 4))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body or b"none")

    do_GET = do_HEAD = do_POST = do_PATCH = answer  # noqa: N815 - the names that http.server looks for

    def stream(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        while self.server.more_news.acquire(timeout=WAIT_SECONDS):
            self.wfile.write(b"5\r\nnews\n\r\n")
            self.wfile.flush()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def proxy(server):
    with CountingProxy({"one": Upstream("127.0.0.1", server.server_port)}) as running:
        yield running


@pytest.fixture
def connect(proxy):
    """Makes connections of the process whose calls are counted."""
    made = []

    def one():
        host, _, port = proxy.endpoint("one").removeprefix("http://").partition(":")
        made.append(http.client.HTTPConnection(host, int(port), timeout=WAIT_SECONDS))
        return made[-1]

    yield one
    for connection in made:
        connection.close()


@pytest.fixture
def connection(connect):
    return connect()
