"""The side of AWS Lambda that a function's runtime talks to: the runtime API, as Lambda documents it for custom runtimes.

The function itself is run by AWS's own runtime client, in a process with the variables that Lambda would give it.
"""

from __future__ import annotations

import contextlib
import io
import json
import queue
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from mwaa_sandbox.process import ManagedProcess, clean_environment

API = "/2018-06-01/runtime"


class FunctionError(Exception):
    """The function has raised, or has not come up; the message is what its runtime tells Lambda."""


class LambdaRuntime:
    """One instance of a function, which takes one event after the other."""

    def __init__(self, configuration, code, variables, log_file):
        """Run a function as its `configuration` (Lambda's own, of GetFunction) says, from a folder with its code."""
        self._events, self._outcomes = queue.SimpleQueue(), queue.SimpleQueue()
        self._timeout, self._arn = configuration["Timeout"], configuration["FunctionArn"]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        own = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{configuration['FunctionName']}",
            "LAMBDA_TASK_ROOT": str(code),
        }
        self._process = ManagedProcess(
            [sys.executable, "-m", "awslambdaric", configuration["Handler"]],
            env=clean_environment(**variables, **configuration["Environment"]["Variables"], **own),
            log_file=log_file,
            name="the function",
            cwd=code,
        )

    def invoke(self, event):
        """Return what the function returns for an event. Raises FunctionError if it raises."""
        self._events.put(event)
        self._process.wait_until(lambda: not self._outcomes.empty(), self._timeout, "answer")
        succeeded, document = self._outcomes.get()
        if not succeeded:
            raise FunctionError(json.dumps(document))
        return document

    def log(self):
        """What the function has printed: in Lambda it would go to its log group."""
        return self._process.log_text()

    def close(self):
        self._process.stop()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        events, outcomes, timeout, arn = self._events, self._outcomes, self._timeout, self._arn

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                assert self.path == f"{API}/invocation/next"
                headers = {
                    "Lambda-Runtime-Aws-Request-Id": str(uuid4()),
                    "Lambda-Runtime-Invoked-Function-Arn": arn,
                }
                event = events.get()  # Lambda, too, lets the runtime wait here for as long as there is nothing to do
                headers["Lambda-Runtime-Deadline-Ms"] = str(int((time.time() + timeout) * 1000))
                self._answer(200, event, headers)

            def do_POST(self):
                document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outcomes.put((self.path.endswith("/response"), document))
                self._answer(202, {"status": "OK"})

            def _answer(self, status, document, headers=()):
                content = json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **dict(headers)}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                with contextlib.suppress(ConnectionError):  # the function was stopped while it waited
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        return Handler


def unpacked(archive: bytes, folder: Path) -> Path:
    """Unpack a function's package, as Lambda does, and return the folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    return folder
