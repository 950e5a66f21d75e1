"""Documents of MwaaEnvironments as the API server gives them, and the plugin with a kubectl that is a script."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from mwaa_sandbox.process import clean_environment

NOW = "2026-11-24T12:00:00Z"


def condition(kind, value, reason, message, since="2026-11-24T11:50:00Z"):
    return {"type": kind, "status": value, "reason": reason, "message": message, "lastTransitionTime": since}


def document(name="env", *, conditions=(), aws=None, **status):
    """An object with a status."""
    return {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "metadata": {
            "name": name,
            "namespace": "data",
            "uid": f"uid-{name}",
            "generation": 1,
            "creationTimestamp": "2026-11-24T09:00:00Z",
        },
        "spec": {},
        "status": {"observedGeneration": 1, "conditions": list(conditions), "environment": aws or {}, **status},
    }


AVAILABLE = document(
    conditions=[condition("Ready", "True", "Available", "AWS runs what the spec asks for.")],
    aws={
        "status": "AVAILABLE",
        "airflowVersion": "3.3.1",
        "environmentClass": "mw1.small",
        "minWorkers": 1,
        "maxWorkers": 5,
    },
)
CREATING = document(
    "made",
    conditions=[
        condition("Ready", "False", "Creating", "It is being created."),
        condition("Reconciling", "True", "Creating", "It is being created."),
    ],
    aws={"status": "CREATING"},
    lastOperation={"kind": "Create", "startedAt": "2026-11-24T11:50:00Z", "acceptedAt": "2026-11-24T11:50:01Z"},
)


@pytest.fixture
def plugin(tmp_path):
    """Runs the plugin's program with a kubectl that answers everything with one document."""

    def run(answer, *arguments, code=0, complaint="", ending=0):
        (tmp_path / "answer").write_text(json.dumps(answer), encoding="utf-8")
        (tmp_path / "complaint").write_text(complaint, encoding="utf-8")
        script = tmp_path / "kubectl"
        script.write_text(
            f"#!/bin/sh\ncat '{tmp_path}/answer'\ncat '{tmp_path}/complaint' >&2\nexit {ending}\n", encoding="utf-8"
        )
        script.chmod(0o755)
        return start(*arguments, code=code, PATH=f"{tmp_path}:/usr/bin:/bin")

    return run


def start(*arguments, code=0, program="from mwaa_operator.cli.kubectl.app import main; main()", **variables):
    """Run it as the program does."""
    argv = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        argv, env=clean_environment(**variables), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code, f"{done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done
