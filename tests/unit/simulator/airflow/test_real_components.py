"""A process of a real Airflow that ends by itself, with a program of our own in its place."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from mwaa_sandbox.airflow.real.component import Component
from mwaa_sandbox.airflow.real.guard import Guard

PROGRAM = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def guard():
    made = Guard()
    yield made
    made.release()


@pytest.fixture
def component(tmp_path, guard):
    made = Component(
        "scheduler",
        [sys.executable, "-c", PROGRAM],
        env={"PATH": os.defpath},
        log_file=tmp_path / "components" / "scheduler.log",
        home=tmp_path,
        guard=guard,
    )
    made.start()
    yield made
    made.process.stop()


def child_of(component) -> int:
    component.process.wait_until(lambda: "child" in component.process.log_text(), 60, "start its child")
    return int(component.process.log_text().split()[1])


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
    before, child = component.process.pid, child_of(component)
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
    child = child_of(component)
    kill(component)
    guard.release()
    wait_until_gone(child)
