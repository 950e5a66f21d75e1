"""`python -m mwaa_sandbox.aws`: the same as `mwaa-sandbox aws serve`, for starting it by the interpreter at hand."""

from __future__ import annotations

import argparse
import sys

from mwaa_sandbox.aws.cli import register


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m mwaa_sandbox.aws")
    register(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["aws", "serve", *arguments])
    return int(parsed.handler(parsed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
