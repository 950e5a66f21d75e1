"""`kubectl_complete-mwaa`: the program that kubectl asks for completions of its plugin.

kubectl gives the words after `kubectl mwaa`, the last one being what is typed, and reads one candidate a line and then a directive of
cobra, the library of its own command line (kubernetes.io, "Extend kubectl with plugins").
"""

import contextlib
import io
import os
import shlex
import sys

NO_FILES = ":4"
"""ShellCompDirectiveNoFileComp."""
FILES = ":0"
"""ShellCompDirectiveDefault: the shell completes names of files."""
_FILE_OPTIONS = frozenset({"-f", "--filename", "--kubeconfig"})


def main() -> None:
    """Entry point. Never complains: a completion that fails is none."""
    words = sys.argv[1:] or [""]
    if len(words) > 1 and words[-2] in _FILE_OPTIONS:
        sys.stdout.write(FILES + "\n")
        return
    sys.stdout.write("".join(f"{each}\n" for each in candidates(words)) + NO_FILES + "\n")


def candidates(words: list[str]) -> list[str]:
    """What the last word may become."""
    from mwaa_operator.cli.kubectl.app import COMMANDS, COMPLETE, FILE, application

    # The way in which shells ask programs that are made with typer.
    os.environ["COMP_WORDS"] = shlex.join([FILE, *words[:-1]]) + " " + words[-1]
    os.environ["COMP_CWORD"] = str(len(words))
    os.environ[COMPLETE] = "complete_bash"
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard), contextlib.suppress(SystemExit):
        application(COMMANDS)(args=[], prog_name=FILE, complete_var=COMPLETE)
    return [line for line in heard.getvalue().splitlines() if line]
