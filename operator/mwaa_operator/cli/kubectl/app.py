"""The program `kubectl-mwaa`: its commands, and how it ends."""

import importlib
import io
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from mwaa_operator.cli.kubectl.endings import Found, ProblemError

PROGRAM = "kubectl mwaa"
FILE = "kubectl-mwaa"
"""The program's own name, which shells complete: kubectl completes its own words."""
COMPLETE = "_KUBECTL_MWAA_COMPLETE"
"""The variable by which shells ask for completions."""
INTERRUPTED = 130
"""The exit code of a program that Ctrl-C has ended, as shells have it."""
COMMANDS = {
    "list": "list_environments:list_environments",
    "status": "status:status",
    "plan": "plan:plan",
    "approve": "approve:approve",
    "pause": "annotations:pause",
    "resume": "annotations:resume",
    "reconcile": "annotations:reconcile",
    "doctor": "doctor:doctor",
    "logs": "logs:logs",
    "import": "import_environments:import_environments",
    "login": "login:login",
    "dags": "dags:dags",
    "run": "run:run",
    "cli": "airflow_cli:cli",
}
"""Each command by its module and function, in the order of the help."""


def application(commands: Iterable[str]) -> typer.Typer:
    """The command line with some of the commands: to make each of them takes time, and mostly only one is wanted."""
    made = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @made.callback()
    def mwaa(
        _version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version and exit.")
        ] = False,
    ) -> None:
        """Look after Amazon MWAA environments that are kept by mwaa-operator."""

    for name in commands:
        module, _, function = COMMANDS[name].partition(":")
        found = importlib.import_module(f"{__package__}.{module}")
        made.command(name)(getattr(found, function))
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Ends the process: with 1 and a sentence where something went wrong, never with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a bar, or a letter of a log, shows a question mark.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _end)
    words = list(sys.argv[1:] if arguments is None else arguments)
    wanted = words[:1] if words and words[0] in COMMANDS else COMMANDS
    completing = COMPLETE in os.environ or any(word.endswith("-completion") for word in words[:1])
    try:
        application(wanted)(args=words, prog_name=FILE if completing else PROGRAM, complete_var=COMPLETE)
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


def _tell_version(wanted: bool) -> None:
    if wanted:
        from mwaa_operator import __version__

        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


def _end(number: int, _frame: object) -> None:
    """Leave as a program that is told to, and not at once, so that kubectl is ended as well."""
    raise SystemExit(128 + number)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()


def _give_up_output() -> None:
    """Nobody reads any more. Python would complain once more when it closes standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
