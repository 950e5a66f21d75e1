"""What all accounts and Regions of the simulated service have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa.durations import Durations
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.scripts import Scripts
from mwaa_sandbox.aws.mwaa.surroundings import Surroundings

DEFAULT_QUOTA = 10
"""Environments per account and Region (mwaa-behaviour.md §1.4)."""

Witness = Callable[[Environment | None, Environment | None], None]
"""Told of each step of an environment: what it was (None: nothing), and what it is (None: gone)."""


@dataclass
class Simulation:
    """What all accounts and Regions share: time, chance, and what the person in front of the simulator has set."""

    clock: ScaledClock
    surroundings: Surroundings
    seed: int = 0
    durations: Durations = field(default_factory=Durations)
    scripts: Scripts = field(default_factory=Scripts)
    environments_quota: int = DEFAULT_QUOTA
    role_propagation_seconds: float = 0.0
    witnesses: tuple[Witness, ...] = ()
