"""`mwaa-sandbox demo`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    """Add the command `demo`."""
    parser = subparsers.add_parser(
        "demo",
        help="run everything, and follow an example to AVAILABLE",
        description="Start a control plane, a simulated AWS and the operator, apply examples/ricsue-dublin.yaml (with "
        "--from-nothing examples/from-nothing.yaml, with --airflow examples/with-dags.yaml) and follow it to AVAILABLE. In a "
        "terminal it stays up until Ctrl-C; elsewhere it makes an update, or runs a DAG, deletes, and ends.",
    )
    parser.add_argument(
        "--keep",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="stay up until Ctrl-C, or go through an update and a delete and end (default: stay up in a terminal)",
    )
    parser.add_argument(
        "--from-nothing",
        action="store_true",
        help="have the operator make bucket, network, role and log groups as well, in an empty account",
    )
    parser.add_argument(
        "--airflow",
        action="store_true",
        help="the same, with a real Airflow: bring DAGs to it, run one by a MwaaDagRun, and log in",
    )
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE",
        help="with --airflow: have a headless Chromium log in, and write what it shows into this PNG file",
    )
    parser.add_argument("--project", type=Path, default=Path(), help="the checkout (default: the current folder)")
    parser.add_argument(
        "--time-scale", type=_positive, default=60.0, help="how much faster than AWS (default: %(default)s)"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="write what was shown into this SVG file")
    parser.set_defaults(handler=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    from mwaa_sandbox.airflow.real.installation import InstallationError
    from mwaa_sandbox.aws.admin_client import AdminError
    from mwaa_sandbox.browser import BrowserError
    from mwaa_sandbox.cluster import AssetsError, KubectlError
    from mwaa_sandbox.demo.screen import Screen
    from mwaa_sandbox.demo.stage import EXAMPLE, FROM_NOTHING, WITH_DAGS, NotACheckoutError
    from mwaa_sandbox.demo.story import tell
    from mwaa_sandbox.process import ProcessError

    expected = (AdminError, AssetsError, BrowserError, InstallationError, KubectlError, NotACheckoutError)
    keep = sys.stdout.isatty() if arguments.keep is None else arguments.keep
    for number in (signal.SIGTERM, signal.SIGHUP):  # unwind, and so stop and clean up, at whatever point we are
        signal.signal(number, signal.default_int_handler)
    screen = Screen(record=arguments.record is not None)
    try:
        tell(
            screen,
            project=arguments.project.resolve(),
            example=WITH_DAGS if arguments.airflow else FROM_NOTHING if arguments.from_nothing else EXAMPLE,
            time_scale=arguments.time_scale,
            keep=keep,
            airflow=arguments.airflow,
            screenshot=arguments.screenshot,
        )
    except KeyboardInterrupt:
        screen.say("Stopped before the end.")
        return 130
    except BrokenPipeError:  # whoever read what we print has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (*expected, OSError, ProcessError) as error:
        screen.failed("\n".join([str(error), *getattr(error, "__notes__", ())]))
        return 1
    except subprocess.TimeoutExpired as error:
        screen.failed(f"{error}. Is this machine very busy? Try again, or give it more time by a lower --time-scale")
        return 1
    if arguments.record is not None:
        screen.save(arguments.record, title="make demo")
    return 0


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number
