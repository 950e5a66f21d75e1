"""The simulated AWS as a child process, for tests, the demo and benchmarks."""

from __future__ import annotations

import atexit
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config

from mwaa_sandbox import run_folder
from mwaa_sandbox.airflow.real.packages import package_sources
from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT, SECRET_ACCESS_KEY, access_key_of
from mwaa_sandbox.aws.admin_client import AdminClient
from mwaa_sandbox.aws.client_environment import client_environment
from mwaa_sandbox.process import ManagedProcess, clean_environment
from mwaa_sandbox.warm_start import WarmStart

DEFAULT_REGION = "eu-west-1"
_START_SECONDS = 60.0
_MOTO = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
"""Machine images are of no use here, and nearly all that an account's state weighs in moto."""
_IMPORTED = (
    "mwaa_sandbox.aws.application",
    "mwaa_sandbox.aws.server",
    *(f"moto.{service}.urls" for service in ("cloudwatch", "ec2", "iam", "kms", "logs", "s3", "sts")),
)


class SimulatedAws:
    """A running simulator. It ends with `stop`, with a `with` block, or with the process that started it."""

    def __init__(self, process: ManagedProcess, endpoint: str, scratch: run_folder.RunFolder) -> None:
        self._process = process
        self._scratch = scratch
        self.endpoint = endpoint
        self.admin = AdminClient(endpoint)

    @classmethod
    def start(
        cls,
        *,
        time_scale: float = 60,
        seed: int = 0,
        port: int = 0,
        quota: int = 10,
        log_file: Path | None = None,
        airflow: bool = False,
        postgresql: str | None = None,
        warm: bool = False,
    ) -> Self:
        """Start a simulator and return when it answers.

        With `airflow` it runs a real Airflow for each environment, whose metadata is in the server at the URL `postgresql`, if
        there is one. With `warm` it is forked, on Linux, from a process that has made its imports: the first one pays for them.

        Raises:
            ProcessError: with the end of its log, if it does not come up.
        """
        scratch = run_folder.temporary_folder()
        port_file = scratch.path / "port"
        argv = [
            *("aws", "serve", "--port", str(port), "--time-scale", str(time_scale), "--seed", str(seed)),
            *("--quota", str(quota), "--port-file", str(port_file)),
            *(("--airflow",) if airflow else ()),
            *(() if postgresql is None else ("--postgresql", postgresql)),
        ]
        env = clean_environment(**(package_sources(os.environ) if airflow else {}), **_MOTO)
        log_file = log_file or scratch.path / "aws.log"
        if warm and sys.platform == "linux":
            process = _imported().start(argv, env=env, cwd=scratch.path, log_file=log_file)
        else:
            program = [sys.executable, "-m", "mwaa_sandbox.cli", *argv]
            process = ManagedProcess(program, env=env, log_file=log_file, name="simulated AWS")
        try:
            process.wait_until(port_file.exists, _START_SECONDS, "listen on a port")
            aws = cls(process, f"http://127.0.0.1:{port_file.read_text().strip()}", scratch)
            process.wait_until(aws.admin.health, _START_SECONDS, "answer")
        except BaseException:
            process.stop()
            scratch.release()
            raise
        return aws

    def raise_if_ended(self) -> None:
        """Raise `ProcessError` if the simulator has ended by itself."""
        self._process.raise_if_ended()

    def stop(self) -> None:
        """End the simulator; safe to repeat."""
        self._process.stop()
        self._scratch.release()

    def environment(self, *, account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION) -> dict[str, str]:
        """Return the variables with which any AWS client of another process talks to this simulator as `account`."""
        return client_environment(self.endpoint, account=account, region=region)

    def client(self, service: str, *, account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION) -> Any:
        """Return a boto3 client that talks to this simulator, whatever the environment of this process says."""
        core = botocore.session.Session()
        core.register_component("data_loader", _loader())
        session = boto3.Session(
            aws_access_key_id=access_key_of(account),
            aws_secret_access_key=SECRET_ACCESS_KEY,
            region_name=region,
            botocore_session=core,
        )
        # The prefix that MWAA's model puts before the host (`api.`) leads nowhere here (mwaa-behaviour.md §1.1).
        config = Config(
            inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
        )
        return session.client(service, endpoint_url=self.endpoint, config=config)

    def client_factory(self, *, account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION) -> Callable[[str], Any]:
        """Return a function from a service's name to a client of that account and Region."""
        return lambda service: self.client(service, account=account, region=region)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@functools.cache
def _loader() -> Any:
    """One for all clients: it keeps what it has read of AWS's services, which is most of what a client takes to be made."""
    return botocore.loaders.create_loader()


@functools.cache
def _imported() -> WarmStart:
    made = WarmStart("mwaa_sandbox.cli:main", preload=_IMPORTED, **_MOTO)
    atexit.register(made.stop)
    return made
