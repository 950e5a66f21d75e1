"""What is asked of an environment: tasks that want to run, and what was scripted besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.airflow.seam import TaskSpan
from mwaa_sandbox.aws.fleet.timeline import Timeline

CLUSTERS = ("Scheduler", "BaseWorker", "AdditionalWorker", "WebServer", "AdditionalWebservers")
"""The kinds of containers, by the values of the dimension Cluster (mwaa-behaviour.md §8)."""

STEP_MEMBERS = frozenset({"tasks", "seconds", "connections", "cpu", "memory"})


@dataclass(frozen=True)
class Load:
    """A scripted load. CPU and memory are percentages by cluster, where they are not to follow from the tasks."""

    tasks: int = 0
    connections: int = 0
    cpu: Mapping[str, float] = field(default_factory=dict)
    memory: Mapping[str, float] = field(default_factory=dict)


NO_LOAD = Load()


def scripted(steps: Iterable[Mapping[str, Any]], *, begin: float) -> Timeline[Load]:
    """Return the load that steps describe, one after the other from an AWS-time on. One without `seconds` never ends.

    Raises:
        ValueError: for a step that cannot be, or that comes after one that never ends.
    """
    changes: list[tuple[float, Load]] = []
    at: float | None = begin
    for step in steps:
        if at is None:
            raise ValueError("only the last step can be without seconds: it never ends")
        changes.append((at, _load(step)))
        seconds = step.get("seconds")
        if seconds is not None and float(seconds) <= 0:
            raise ValueError("a step lasts longer than 0 seconds")
        at = None if seconds is None else at + float(seconds)
    if at is not None:
        changes.append((at, NO_LOAD))
    return Timeline(NO_LOAD, changes)


def at_once(spans: Iterable[TaskSpan]) -> Timeline[int]:
    """Return how many tasks were queued or running at each moment."""
    edges: list[tuple[float, int]] = []
    for span in spans:
        edges.append((span.queued_at, 1))
        if span.ended_at is not None:
            edges.append((span.ended_at, -1))
    count, changes = 0, []
    for moment, difference in sorted(edges):
        count += difference
        changes.append((moment, count))
    return Timeline(0, changes)


def _load(step: Mapping[str, Any]) -> Load:
    unknown = step.keys() - STEP_MEMBERS
    if unknown:
        raise ValueError(
            f"unknown in a step: {', '.join(sorted(unknown))}; known are {', '.join(sorted(STEP_MEMBERS))}"
        )
    load = Load(
        tasks=int(step.get("tasks", 0)),
        connections=int(step.get("connections", 0)),
        cpu=_percentages(step.get("cpu", {})),
        memory=_percentages(step.get("memory", {})),
    )
    if load.tasks < 0 or load.connections < 0:
        raise ValueError("tasks and connections are 0 or more")
    return load


def _percentages(given: Mapping[str, Any]) -> dict[str, float]:
    wrong = [name for name in given if name not in CLUSTERS]
    if wrong or not all(0 <= float(value) <= 100 for value in given.values()):
        raise ValueError(f"cpu and memory are percentages of {', '.join(CLUSTERS)}")
    return {name: float(value) for name, value in given.items()}
