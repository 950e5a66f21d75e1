"""The operator's own boto3 clients, pointed at the simulated AWS as a pod would be: by variables."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.loaders import create_loader
from mwaa_operator.aws import sessions
from mwaa_operator.aws.sessions import Clients


@pytest.fixture(autouse=True, scope="module")
def _nothing_of_the_machine(tmp_path_factory):
    """Take away whatever boto3 would find here: credentials, profiles, proxies."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AWS_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patch.setenv(name, str(tmp_path_factory.getbasetemp() / "none"))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(autouse=True, scope="session")
def _services_read_once():
    """Have all sessions share what botocore has read of AWS's services: else each test's clients read it again, most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        loader = create_loader()
        patch.setattr(botocore.session, "create_loader", lambda _path=None: loader)
        yield


@pytest.fixture
def in_account(monkeypatch, simulated_aws):
    """Let boto3 find the simulated AWS, as the account of this test, whose environments and faults end with it."""
    for name, value in simulated_aws.environment().items():
        monkeypatch.setenv(name, value)
    yield simulated_aws
    simulated_aws.admin.reset(account=simulated_aws.account)


@pytest.fixture
def seen():
    """Give what an observer of calls has been told."""
    return []


@pytest.fixture
def clients(in_account, seen):
    return Clients(connections=4, observer=lambda *call: seen.append(call))


@pytest.fixture
def one_attempt(monkeypatch):
    """Have boto3 repeat nothing, so that a fault is over at once."""
    monkeypatch.setattr(sessions, "ATTEMPTS", 1)


@pytest.fixture
def impatient(monkeypatch, one_attempt):
    """Have boto3 wait half a second for an answer, once."""
    monkeypatch.setattr(sessions, "READ_TIMEOUT_SECONDS", 0.5)


class Proxy:
    """Something between the operator and AWS that answers by itself."""

    def __init__(self) -> None:
        self.answer = (200, "text/html", b"")
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answered(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content_type, content = outer.answer
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_HEAD = answered  # noqa: N815 - the standard library's names

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port


@pytest.fixture
def proxy(monkeypatch, one_attempt) -> Iterator[Proxy]:
    """Let boto3 find a `Proxy` where it looks for AWS."""
    running = Proxy()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{running.port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join(60)
