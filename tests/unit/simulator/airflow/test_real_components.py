"""A process of a real Airflow that ends by itself, with a program of our own in its place."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
from mwaa_sandbox.airflow.real.component import Component
from mwaa_sandbox.airflow.real.guard import Guard
from mwaa_sandbox.airflow.real.installation import Installation
from mwaa_sandbox.airflow.real.instance import Instance

PROGRAM = """
import subprocess, sys, time
sleeping = [sys.executable, "-c", "import time; time.sleep(600)"]
child, apart = subprocess.Popen(sleeping), subprocess.Popen(sleeping, start_new_session=True)
print("children", child.pid, apart.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def guard(tmp_path):
    made = Guard(tmp_path)
    yield made
    made.release()


@pytest.fixture
def component(tmp_path, guard):
    made = Component(
        "scheduler",
        [sys.executable, "-c", PROGRAM],
        env={"PATH": os.defpath, **guard.mark},
        log_file=tmp_path / "components" / "scheduler.log",
        home=tmp_path,
        guard=guard,
    )
    made.start()
    yield made
    made.process.stop()


def children_of(component) -> list[int]:
    """One that has stayed in the process group, and one that has a session of its own, as tasks of Airflow do."""
    component.process.wait_until(lambda: "\n" in component.process.log_text(), 60, "start its children")
    return [int(pid) for pid in component.process.log_text().split()[1:3]]


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while not has_ended(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_ended(pid: int) -> bool:
    """Whether a process has ended; nobody may have asked yet how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def kill(component) -> None:
    component.process.send_signal(signal.SIGKILL)
    component.process.wait(60)


def test_one_that_runs_is_left_alone(component):
    before = component.process.pid
    assert component.tend(0) is None
    assert component.tend(1000) is None
    assert component.process.pid == before


def test_one_that_has_ended_is_told_of_once_and_started_again_without_what_it_has_left(component, tmp_path):
    before, (child, _) = component.process.pid, children_of(component)
    (tmp_path / "airflow-scheduler.pid").write_text("1")
    component.tend(0)
    kill(component)
    assert "exit code -9" in component.tend(10)
    assert component.tend(10.5) is None
    assert component.process.pid == before
    assert component.tend(11) is None
    assert component.process.pid != before
    assert component.process.poll() is None
    assert not (tmp_path / "airflow-scheduler.pid").exists()
    wait_until_gone(child)


def test_one_that_keeps_ending_is_started_ever_more_slowly_until_it_has_lived_for_a_while(component):
    kill(component)
    assert "in 1 seconds" in component.tend(0)
    component.tend(1)
    kill(component)
    assert "in 2 seconds" in component.tend(2)
    component.tend(4)
    kill(component)
    assert "in 1 seconds" in component.tend(4 + 60)


def test_what_is_left_ends_when_the_guard_is_released(component, guard):
    children = children_of(component)
    kill(component)
    guard.release()
    for child in children:
        wait_until_gone(child)


def test_web_server_that_ends_has_lost_its_port_only_to_somebody_else_who_listens_there(tmp_path, guard):
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as somebody_else:
        instance = Instance(
            home=tmp_path / "home",
            port=somebody_else.getsockname()[1],
            secret="",
            installation=Installation("3.3.1", tmp_path),
            variables={"PATH": os.defpath},
            guard=guard,
        )
        instance.start({})
        deadline = time.monotonic() + 60
        while not instance.has_lost_its_port():
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert not instance.has_lost_its_port()
    instance.stop()
