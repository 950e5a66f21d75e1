"""The cluster, by way of kubectl itself.

A plugin is called by kubectl, so kubectl is there, and it knows every way to log in that the person's kubeconfig has. A client library of
Python costs as much processor time to import as the whole command may take (`docs/kubectl-mwaa.md`, how fast it is).
"""

import atexit
import json
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from mwaa_operator.api.names import GROUP, PLURAL
from mwaa_operator.cli.kubectl.endings import MissingError, ProblemError

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RESOURCE = f"{PLURAL}.{GROUP}"
_MISSING = re.compile(rf'{re.escape(RESOURCE)} "([^"]*)" not found')
_PREFIX = re.compile(r"^(error: |Error from server( \(\w+\))?: )")
_ADVICE = (
    (
        "doesn't have a resource type",
        "The operator is not installed there: apply manifests/base, or choose another --context.",
    ),
    ("no matches for kind", "The operator there is too old for this kind: apply manifests/base of a newer one."),
    ("(Forbidden)", "Ask whoever runs the cluster for this permission."),
    ("was refused", "Is there a cluster? KUBECONFIG, --kubeconfig and --context say where."),
    ("nable to connect", "Is the cluster up? KUBECONFIG, --kubeconfig and --context say where it is."),
    ("timed out waiting for the condition", "Is the operator running, and does it watch this namespace?"),
    ("context was not found", "`kubectl config get-contexts` shows those that there are."),
    ("logged in", "Log in again, as you do for kubectl."),
)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The cluster and namespace that kubectl would use, or those that were named."""

    namespace: str | None = None
    context: str | None = None
    kubeconfig: str | None = None

    def ask(self, *arguments: str, document: str | None = None) -> "Answer":
        """Start kubectl and return at once, so that other things can be done meanwhile. `document` is its standard input."""
        argv = [_kubectl(), *self._flags(), *arguments]
        stdin = subprocess.PIPE if document is not None else subprocess.DEVNULL
        with _undisturbed():
            process = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            return Answer(process, document)

    def environment(self, name: str, *, patience: int | None = None) -> "Answer":
        """Ask for one MwaaEnvironment. `patience` is how many seconds a request may take, where there is more to do than to wait."""
        return self.ask(
            "get", RESOURCE, name, "--output=json", *([f"--request-timeout={patience}s"] if patience else [])
        )

    def environments(self, *, everywhere: bool, selector: str | None) -> "Answer":
        """Ask for all of a namespace, or of all namespaces."""
        return self.ask("get", RESOURCE, "--output=json", *_chosen(everywhere, selector))

    def watch(self, *, everywhere: bool, selector: str | None) -> Iterator[dict[str, Any]]:
        """Events of the watch on them (`type` and `object`), those that are there first. Ends when the API server ends it."""
        return self._watched(RESOURCE, *_chosen(everywhere, selector))

    def watch_one(self, resource: str, name: str) -> Iterator[dict[str, Any]]:
        """The same of one object of any kind."""
        return self._watched(resource, name)

    def annotate(self, name: str, annotation: str, value: str | None) -> "Answer":
        """Set an annotation; None takes it off."""
        change = f"{annotation}-" if value is None else f"{annotation}={value}"
        return self.ask("annotate", RESOURCE, name, change, "--overwrite", "--output=json")

    def _watched(self, *what: str) -> Iterator[dict[str, Any]]:
        answer = self.ask("get", *what, "--output=json", "--watch", "--output-watch-events")
        try:
            yield from answer.documents()
        finally:
            answer.end()

    def _flags(self) -> list[str]:
        named = {"namespace": self.namespace, "context": self.context, "kubeconfig": self.kubeconfig}
        return [f"--{flag}={value}" for flag, value in named.items() if value]


class Answer:
    """What kubectl is about to say."""

    def __init__(self, process: "subprocess.Popen[str]", document: str | None) -> None:
        self._process = process
        self._document = document
        # A watch would outlive us, for nothing has to be written to the pipe that we no longer read.
        atexit.register(self.end)

    def text(self) -> str:
        """All of it. Raises ProblemError with what kubectl complains of."""
        output, complaint = self._process.communicate(self._document)
        if self._process.returncode != 0:
            raise problem(complaint)
        return output

    def json(self) -> dict[str, Any]:
        """All of it, read. Raises ProblemError."""
        try:
            found: dict[str, Any] = json.loads(self.text())
        except ValueError:
            raise ProblemError("kubectl's answer is not JSON.", "Is the kubectl in PATH the real one?") from None
        return found

    def documents(self) -> Iterator[dict[str, Any]]:
        """The JSON documents of an answer that goes on, each as soon as it is complete. Raises ProblemError."""
        yield from documents(self._process.stdout)
        if self._process.wait() > 0:
            raise problem(self._process.stderr.read() if self._process.stderr else "")

    def end(self) -> None:
        """Want no more of it."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()


def documents(lines: "IO[str] | Iterator[str] | None") -> Iterator[dict[str, Any]]:
    """Read JSON documents that follow one another, each ending at the end of a line."""
    text, decoder = "", json.JSONDecoder()
    for line in lines or ():
        text += line
        # Whether kubectl indents or not, a document ends with a line that begins with a brace.
        if not line.startswith(("{", "}")):
            continue
        try:
            found, _ = decoder.raw_decode(text)
        except ValueError:
            continue
        text = ""
        yield found


def problem(complaint: str) -> ProblemError:
    """What kubectl said, as a problem with advice."""
    missing = _MISSING.search(complaint)
    if missing:
        return MissingError(
            f"There is no MwaaEnvironment {missing[1]} in this namespace.",
            "`kubectl mwaa list -A` shows all there are; -n chooses the namespace.",
        )
    lines = [line for line in reversed(complaint.strip().splitlines()) if line.strip()]
    known = ((line, advice) for words, advice in _ADVICE for line in lines if words in line)
    said, advice = next(known, (lines[0] if lines else "nothing, and failed", ""))
    told = _PREFIX.sub("", said.strip()).rstrip(".?") + "."
    return ProblemError(told if advice else f"kubectl says: {told}", advice)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals wait until it is known what has to be ended with us: one that comes while kubectl is started would leave it behind."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals disturb the main thread only
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for caught in came:
            signal.raise_signal(caught)


def _chosen(everywhere: bool, selector: str | None) -> list[str]:
    return [*(["--all-namespaces"] if everywhere else []), *([f"--selector={selector}"] if selector else [])]


def _kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        raise ProblemError(
            "There is no kubectl in PATH, by which the cluster is reached.", "Install it, or add its folder to PATH."
        )
    return found
