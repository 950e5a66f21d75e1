"""The program in `verdicts/`: what Argo CD, with the health script that is shipped, and kstatus say of objects."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

from mwaa_sandbox.cluster.cache import cache_folder, exclusive, publishing
from mwaa_sandbox.cluster.machine import go_platform
from mwaa_sandbox.cluster.progress import silent
from mwaa_sandbox.process import ManagedProcess, clean_environment

HEALTH_SCRIPT = Path(__file__).parents[2] / "manifests" / "argocd" / "health.lua"
SOURCES = Path(__file__).parent / "verdicts"
GO_FLAGS = ("-mod=readonly", "-buildvcs=false", "-trimpath")
COMPILED_WITHIN = 600
JUDGED_WITHIN = 90
"""Seconds, on a busy machine. A thousand objects take less than one."""


class JudgesError(RuntimeError):
    """The program could not be compiled, or not understand what it was given. The message says what it wrote."""


class Judges:
    """Asks both about objects: `judges(objects)` gives for each what either says, or the error that one of them met with."""

    def __init__(self, program):
        self._program = program

    def __call__(self, objects, script=HEALTH_SCRIPT):
        done = subprocess.run(
            [self._program, script],
            input=json.dumps(objects),
            env=clean_environment(),
            timeout=JUDGED_WITHIN,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise JudgesError(done.stderr)
        return json.loads(done.stdout)


def compiled():
    """The judges, compiled once per version of their sources (a minute on a machine that never did), whoever asks first."""
    digest = hashlib.sha256("\0".join([*GO_FLAGS, *go_platform()]).encode())
    for source in sorted(SOURCES.iterdir()):
        digest.update(source.read_bytes())
    cache = cache_folder(os.environ).with_name("gitops-verdicts")
    target = cache / digest.hexdigest()[:16]
    with exclusive(cache, silent):
        if not target.exists():
            with publishing(target) as draft:
                _compile(draft)
    return Judges(target / "verdicts")


def _compile(folder):
    # The whole environment: where modules come from is said there (as for the control plane's own compilation).
    settings = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GO111MODULE": "on"}
    env = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH"}} | settings
    argv = ["go", "build", *GO_FLAGS, "-o", str(folder / "verdicts"), "."]
    with ManagedProcess(argv, env=env, log_file=folder / "build.log", cwd=SOURCES) as process:
        if process.wait(COMPILED_WITHIN) != 0:
            raise JudgesError(process.log_tail())
