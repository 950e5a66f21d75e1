"""What all accounts and Regions of the simulated service have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mwaa_sandbox.airflow.seam import Airflow
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa.durations import Durations
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.logins import Logins
from mwaa_sandbox.aws.mwaa.scripts import Scripts
from mwaa_sandbox.aws.mwaa.surroundings import Surroundings
from mwaa_sandbox.aws.mwaa.throttle import Throttle

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
    airflow: Airflow | None = None
    """What runs behind the web servers. Without one, environments are as those made before InvokeRestApi (§1.3)."""
    logins: Logins = field(default_factory=Logins)
    throttle: Throttle = field(default_factory=Throttle)
    callers_in_vpc: bool = False
    """Whether callers are where private web servers can be reached from (§6, user access)."""
