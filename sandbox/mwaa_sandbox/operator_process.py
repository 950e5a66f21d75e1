"""`mwaa-operator run` as a child process, as a pod would run it.

The sandbox knows the operator only from outside: by its command, its variables and its HTTP port.
"""

from __future__ import annotations

import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from mwaa_sandbox.cluster.ports import free_ports
from mwaa_sandbox.process import ManagedProcess, clean_environment

START_SECONDS = 60.0
STOP_SECONDS = 10.0

Launch = Callable[[Mapping[str, str], Path], ManagedProcess]
"""Starts an operator with these variables, which writes to this file."""


class OperatorProcess:
    """A running operator. It ends with `stop`, with a `with` block, or with the process that started it."""

    def __init__(self, process: ManagedProcess, http_port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{http_port}"

    @classmethod
    def start(
        cls,
        *,
        kubeconfig: Path,
        aws_environment: Mapping[str, str],
        log_file: Path,
        settings: Mapping[str, str] | None = None,
        wait: bool = True,
        launch: Launch | None = None,
    ) -> Self:
        """Start an operator and return when it watches.

        `settings` are its MWAA_OPERATOR_* variables, without the prefix. `launch` starts `mwaa-operator run` in another way
        than by the command.

        Raises:
            ProcessError: with the end of its log, if it does not come up.
            FileNotFoundError: if no operator is installed beside this sandbox.
        """
        (port,) = free_ports(1)
        env = operator_environment(
            kubeconfig=kubeconfig, aws_environment=aws_environment, http_port=port, settings=settings
        )
        process = (launch or _launch)(env, log_file)
        running = cls(process, port)
        if wait:
            try:
                running.wait_until_ready()
            except BaseException:
                process.kill()
                raise
        return running

    def wait_until_ready(self) -> None:
        """Return once the operator says that it is ready."""
        self.process.wait_until(self.ready, START_SECONDS, "become ready")

    def ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            self.get("/readyz")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    def get(self, path: str) -> str:
        """Return the answer of /healthz, /readyz or /metrics; raises `urllib.error.URLError` if there is none."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url + path, timeout=5) as answer:
            return str(answer.read().decode())

    def metric(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples that carry these labels, 0 if there are none."""
        total = 0.0
        for line in self.get("/metrics").splitlines():
            sample, _, value = line.rpartition(" ")
            if sample.partition("{")[0] == name and all(f'{key}="{text}"' in sample for key, text in labels.items()):
                total += float(value)
        return total

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and return its exit code."""
        return self.process.stop(STOP_SECONDS)

    def kill(self) -> int:
        """End it at once (SIGKILL), as a node that loses power would."""
        return self.process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def operator_environment(
    *, kubeconfig: Path, aws_environment: Mapping[str, str], http_port: int, settings: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the variables with which an operator is started. `settings` are its own, without their prefix."""
    own = {"LOG_FORMAT": "text", "HTTP_HOST": "127.0.0.1", "HTTP_PORT": str(http_port), **(settings or {})}
    return clean_environment(
        KUBECONFIG=str(kubeconfig),
        **aws_environment,
        **{f"MWAA_OPERATOR_{name}": value for name, value in own.items()},
    )


def _launch(env: Mapping[str, str], log_file: Path) -> ManagedProcess:
    return ManagedProcess([_command(), "run"], env=env, log_file=log_file, name="mwaa-operator")


def _command() -> str:
    beside = Path(sys.executable).with_name("mwaa-operator")
    found = str(beside) if beside.exists() else shutil.which("mwaa-operator")
    if not found:
        raise FileNotFoundError("there is no mwaa-operator command: install the operator into the same environment")
    return found
