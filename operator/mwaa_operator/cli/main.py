"""`mwaa-operator`: run the operator, or print the CRDs."""

import sys
from collections.abc import Sequence

USAGE = """usage: mwaa-operator COMMAND [OPTIONS]

commands:
  run       run the operator; `mwaa-operator run --help` explains its settings
  crds      print the CustomResourceDefinitions, to be piped into kubectl apply -f -
  version   print the version
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Imports only what the command needs: printing CRDs should not load boto3."""
    command, *rest = arguments if arguments is not None else sys.argv[1:] or [""]
    match command:
        case "run":
            from mwaa_operator.cli.run import run

            run(rest)
        case "crds":
            from mwaa_operator.api.crd import custom_resource_definitions, to_yaml

            print(to_yaml(custom_resource_definitions()), end="")  # noqa: T201 - the command's output
        case "version" | "--version":
            from mwaa_operator import __version__

            print(__version__)  # noqa: T201 - the command's output
        case "-h" | "--help" | "help":
            print(USAGE, end="")  # noqa: T201 - the command's output
        case _:
            said = f"mwaa-operator: there is no command {command}\n" if command else ""
            sys.stderr.write(said + USAGE)
            raise SystemExit(2)
