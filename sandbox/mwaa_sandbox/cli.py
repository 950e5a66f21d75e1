"""The command line, `mwaa-sandbox`: puts the commands of each part together. The parts know what their commands do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mwaa_sandbox.aws import cli as aws
from mwaa_sandbox.cluster import cli as cluster
from mwaa_sandbox.demo import cli as demo


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.handler(arguments))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mwaa-sandbox",
        description="A laptop-sized stand-in for what MWAA tooling talks to: a real Kubernetes control plane and a "
        "simulated AWS.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    cluster.register(commands)
    aws.register(commands)
    demo.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
