"""The program `kubectl-mwaa`: its commands, and how it ends."""

import os
import sys
from collections.abc import Sequence

import typer

from mwaa_operator.cli.kubectl.annotations import pause, reconcile, resume
from mwaa_operator.cli.kubectl.approve import approve
from mwaa_operator.cli.kubectl.doctor import doctor
from mwaa_operator.cli.kubectl.endings import Found, ProblemError
from mwaa_operator.cli.kubectl.import_environments import import_environments
from mwaa_operator.cli.kubectl.list_environments import list_environments
from mwaa_operator.cli.kubectl.login import login
from mwaa_operator.cli.kubectl.logs import logs
from mwaa_operator.cli.kubectl.plan import plan
from mwaa_operator.cli.kubectl.status import status

PROGRAM = "kubectl mwaa"
INTERRUPTED = 130
"""The exit code of a program that Ctrl-C has ended, as shells have it."""

app = typer.Typer(
    help="Look after Amazon MWAA environments that are kept by mwaa-operator.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(list_environments)
app.command("status")(status)
app.command("plan")(plan)
app.command("approve")(approve)
app.command("pause")(pause)
app.command("resume")(resume)
app.command("reconcile")(reconcile)
app.command("doctor")(doctor)
app.command("logs")(logs)
app.command("import")(import_environments)
app.command("login")(login)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Ends the process: with 1 and a sentence where something went wrong, never with a traceback."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name=PROGRAM)
    except ProblemError as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        raise SystemExit(1) from None
    except Found as found:
        _flush()
        raise SystemExit(found.code) from None
    except BrokenPipeError:
        _give_up_output()
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except SystemExit as end:
        # The code of a mistake on the command line, which elsewhere is 2, would be taken for "changes pending".
        raise SystemExit(1 if end.code == 2 else end.code) from None


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()


def _give_up_output() -> None:
    """Nobody reads any more. Python would complain once more when it closes standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
