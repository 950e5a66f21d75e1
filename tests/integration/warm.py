"""Operators that are forked from a process which has made their imports: whoever starts one pays for what it does, and for no import.

How the command itself starts and ends is held by other tests (operator/test_process.py, leadership, image, the demo).
"""

from __future__ import annotations

import atexit
import functools
import sys
import tempfile
from pathlib import Path

from mwaa_sandbox.warm_start import WarmStart

_PROGRAM = "mwaa_operator.cli.main:main"
_IMPORTED = ("mwaa_operator.cli.run", "kubernetes.aio.client:CoreV1Api", "kubernetes.aio.client:ApiClient")
"""What `run` imports, and what the Kubernetes client imports when it is first used."""
KUBECONFIG = Path("kubeconfig")
"""Relative to each operator's folder: the Kubernetes client reads the variable when it is imported."""


def launch(env, log_file):
    """Start `mwaa-operator run`, for `OperatorProcess.start` (Linux only: see `LAUNCH`)."""
    folder = Path(tempfile.mkdtemp(prefix="operator-", dir=log_file.parent))
    (folder / KUBECONFIG).symlink_to(Path(env["KUBECONFIG"]).absolute())
    return _shared().start(["run"], env={**env, "KUBECONFIG": str(KUBECONFIG)}, cwd=folder, log_file=log_file)


def imported():
    """The process that operators are forked from; each wants a folder of its own, with its kubeconfig at KUBECONFIG."""
    return WarmStart(_PROGRAM, preload=_IMPORTED, KUBECONFIG=str(KUBECONFIG))


@functools.cache
def _shared():
    """One for all tests of the process that asks, until that ends."""
    made = imported()
    atexit.register(made.stop)
    return made


LAUNCH = launch if sys.platform == "linux" else None
