"""`mwaa-sandbox demo`."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any


def register(subparsers: Any) -> None:
    """Add the command `demo`."""
    parser = subparsers.add_parser(
        "demo",
        help="run everything, and follow an example to AVAILABLE",
        description="Start a control plane, a simulated AWS and the operator, apply examples/ricsue-dublin.yaml and follow it to "
        "AVAILABLE. In a terminal it stays up until Ctrl-C; elsewhere it makes an update, deletes, and ends.",
    )
    parser.add_argument(
        "--keep",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="stay up until Ctrl-C, or go through an update and a delete and end (default: stay up in a terminal)",
    )
    parser.add_argument("--project", type=Path, default=Path(), help="the checkout (default: the current folder)")
    parser.add_argument(
        "--time-scale", type=float, default=60.0, help="how much faster than AWS (default: %(default)s)"
    )
    parser.add_argument("--record", type=Path, help="write what was shown into this SVG file")
    parser.set_defaults(handler=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    from mwaa_sandbox.aws.admin_client import AdminError
    from mwaa_sandbox.cluster.assets import AssetsError
    from mwaa_sandbox.cluster.control_plane import KubectlError
    from mwaa_sandbox.demo.screen import Screen
    from mwaa_sandbox.demo.stage import NotACheckoutError
    from mwaa_sandbox.demo.story import tell
    from mwaa_sandbox.process import ProcessError

    keep = sys.stdout.isatty() if arguments.keep is None else arguments.keep
    signal.signal(signal.SIGTERM, _as_interrupt)
    screen = Screen(record=arguments.record is not None)
    try:
        tell(screen, project=arguments.project.resolve(), time_scale=arguments.time_scale, keep=keep)
    except (ProcessError, KubectlError, AssetsError, AdminError, NotACheckoutError, TimeoutError) as error:
        screen.failed(str(error))
        return 1
    except KeyboardInterrupt:
        screen.say("Stopped before the end.")
        return 130
    if arguments.record is not None:
        screen.save(arguments.record)
    return 0


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
