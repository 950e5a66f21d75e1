"""`mwaa-sandbox aws`: the simulated AWS as a program. Imports moto only when it runs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mwaa_sandbox.aws.application import SimulatedAwsApplication

DEFAULT_PORT = 5005


def register(subparsers: Any) -> None:
    """Add the command group `aws`."""
    group = subparsers.add_parser("aws", help="run a simulated AWS with MWAA in it")
    commands = group.add_subparsers(dest="aws_command", required=True)
    serve = commands.add_parser(
        "serve",
        help="serve it on one port until it is stopped",
        description="Serve moto's AWS services and a faithful MWAA on one port. State is kept in memory only.",
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="port; 0 takes a free one (default: %(default)s)")
    serve.add_argument(
        "--time-scale",
        type=float,
        default=60.0,
        help="how much faster than AWS things take place (default: %(default)s)",
    )
    serve.add_argument("--seed", type=int, default=0, help="seed of the durations (default: %(default)s)")
    serve.add_argument(
        "--quota", type=int, default=10, help="environments per account and Region (default: %(default)s)"
    )
    serve.add_argument("--port-file", type=Path, help="write the port in here once it is ready")
    serve.add_argument("--log-requests", action="store_true", help="print each call and its outcome")
    serve.add_argument(
        "--airflow",
        action="store_true",
        help="run a real Airflow for each environment that is up; the first of a version takes a minute to install",
    )
    serve.add_argument(
        "--postgresql",
        metavar="URL",
        help="have its metadata in this server, postgresql://user:password@host/postgres (default: in files of SQLite)",
    )
    serve.set_defaults(handler=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT
    from mwaa_sandbox.aws.application import SimulatedAwsApplication
    from mwaa_sandbox.aws.client_environment import client_environment
    from mwaa_sandbox.aws.clock import ScaledClock
    from mwaa_sandbox.aws.server import SimulatedAwsServer

    application = SimulatedAwsApplication(
        clock=ScaledClock(arguments.time_scale),
        seed=arguments.seed,
        quota=arguments.quota,
        report=(lambda line: print(line, flush=True)) if arguments.log_requests else None,
    )
    server = SimulatedAwsServer(arguments.host, arguments.port, application)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    endpoint = f"http://{arguments.host}:{server.server_port}"
    if arguments.port_file is not None:
        _write_whole(arguments.port_file, f"{server.server_port}\n")
    print(f"Simulated AWS is ready: {endpoint}")
    for name, value in client_environment(endpoint, account=DEFAULT_ACCOUNT, region="eu-west-1").items():
        print(f"  export {name}={value}")
    sys.stdout.flush()
    with contextlib.ExitStack() as ending:
        ending.callback(server.server_close)
        if arguments.airflow:
            _run_airflow(application, endpoint, ending, postgresql=arguments.postgresql)
        server.serve_forever()
    return 0


def _run_airflow(
    application: SimulatedAwsApplication, endpoint: str, ending: contextlib.ExitStack, *, postgresql: str | None
) -> None:
    """Run real Airflows until the end. Tokens and sessions live as long as in AWS, in real time: it is people who log in."""
    from mwaa_sandbox import run_folder
    from mwaa_sandbox.aws.mwaa.logins import SESSION_SECONDS, TOKEN_SECONDS

    folder = run_folder.temporary_folder()
    ending.callback(folder.release)
    simulation = application.backends.simulation
    scale = max(simulation.clock.time_scale, 1)
    simulation.logins.token_seconds = TOKEN_SECONDS * scale
    simulation.logins.session_seconds = SESSION_SECONDS * scale
    airflows = application.use_real_airflow(
        endpoint, folder.path, lambda line: print(line, flush=True), postgresql=postgresql
    )
    ending.callback(airflows.stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody can read half of it."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text)
    partial.replace(path)
