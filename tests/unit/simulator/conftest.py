"""A simulated MWAA without HTTP, moto or a real clock."""

# ruff: noqa: ARG002 - a stand-in has the arguments of what it stands in for

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa.backend import MwaaBackend
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings, UpdateError
from mwaa_sandbox.aws.mwaa.simulation import Simulation

ACCOUNT, REGION = "111122223333", "eu-west-1"


class KindSurroundings:
    """Surroundings in which everything is there, except the endpoints of customers, until somebody makes them."""

    def __init__(self) -> None:
        self.endpoints = False
        self.doom: UpdateError | None = None
        self.judged: list[Settings] = []

    def judge(self, settings: Settings, *, account: str, region: str, role_age_needed: float) -> None:
        self.judged.append(settings)

    def failure_to_come(self, settings: Settings, *, environment: Environment) -> UpdateError | None:
        return self.doom

    def endpoints_exist(self, environment: Environment) -> bool:
        return self.endpoints

    def ensure_log_groups(self, environment: Environment) -> None:
        pass


class Service:
    """A backend with its clock and surroundings at hand."""

    def __init__(self) -> None:
        self.surroundings = KindSurroundings()
        # Real time stands still: only `advance` moves AWS-time.
        self.clock = ScaledClock(1, monotonic=lambda: 0.0, wall=lambda: 1_000_000.0)
        self.simulation = Simulation(clock=self.clock, surroundings=self.surroundings)
        self.backend = MwaaBackend(ACCOUNT, REGION, self.simulation)

    def create(self, name: str = "e", **members: object) -> None:
        self.backend.create_environment({**request_for(name), **members})

    def status(self, name: str = "e") -> str | None:
        environment = self.backend.find(name)
        return None if environment is None else environment.status.value

    def finish(self, name: str = "e") -> None:
        """Let time pass until the environment rests (a tombstone counts as rest)."""
        for _ in itertools.takewhile(lambda _: self._busy(name), range(1000)):
            self.clock.advance(600)
        assert not self._busy(name)

    def _busy(self, name: str) -> bool:
        environment = self.backend.find(name)
        return environment is not None and environment.operation is not None and environment.status != "DELETED"


def request_for(name: str) -> dict[str, object]:
    return {
        "Name": name,
        "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/airflow",
        "SourceBucketArn": "arn:aws:s3:::airflow",
        "DagS3Path": "dags",
        "NetworkConfiguration": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    }


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def available(service: Service) -> Service:
    """A service with one environment, `e`, that is AVAILABLE."""
    service.create()
    service.finish()
    assert service.status() == "AVAILABLE"
    return service


@pytest.fixture
def request_of() -> Callable[[str], dict[str, object]]:
    return request_for


@pytest.fixture
def new_service() -> Callable[[], Service]:
    return Service
