"""Drives a part against the simulated AWS as the controller does: look, make the calls, look again. Nothing is kept between rounds."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.model import Call, Outputs, PartContext, PartPlan
from mwaa_operator.resources.parts import Part
from mwaa_sandbox.pytest_plugin import SimulatedAccount

from .rounds import REGION, make

ROUNDS = 40
_REFERENCE_OF = {"bucket": "sourceBucketArn", "executionRole": "executionRoleArn", "network": "networkConfiguration"}


@dataclass
class Driver:
    """One object in one account. `made` holds all calls that were made for it."""

    clients: Clients
    account: SimulatedAccount
    context: PartContext
    made: list[Call] = field(default_factory=list)

    def asks(self, provision: dict[str, Any], **spec: Any) -> Driver:
        """Let the spec ask for this; what `provision` does not make is there by reference."""
        document = {
            "dagS3Path": "dags",
            "sourceBucketArn": f"arn:aws:s3:::there-{self.account.account}",
            "executionRoleArn": f"arn:aws:iam::{self.account.account}:role/there",
            "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
            "provision": provision,
            **spec,
        }
        for part, reference in _REFERENCE_OF.items():
            if part in provision:
                document.pop(reference)
        self.context = replace(self.context, spec=EnvironmentSpec.model_validate(document))
        return self

    def is_recreated(self, uid: str = "uid-2") -> Driver:
        """Let the object have been deleted and made anew."""
        self.context = replace(self.context, identity=replace(self.context.identity, uid=uid))
        return self

    def brings_about(self, part: Part, *, calls: int | None = None) -> PartPlan:
        """Make rounds until there is nothing to call, or so many calls were made."""
        return self._rounds(lambda: part.plan(self.clients, self.context), calls)

    def removes(self, part: Part, *, calls: int | None = None) -> PartPlan:
        return self._rounds(lambda: part.removal(self.clients, self.context), calls)

    def client(self, service: str) -> Any:
        """Give a client of somebody else in the account."""
        return self.account.client(service, REGION)

    def _rounds(self, look: Callable[[], PartPlan], calls: int | None) -> PartPlan:
        left = calls
        for _ in range(ROUNDS):
            plan = look()
            if not plan.calls:
                return plan
            for step in plan.calls:
                if left == 0:
                    return plan
                make(self.clients, step)
                self.made.append(step)
                left = None if left is None else left - 1
        raise AssertionError(f"After {ROUNDS} rounds there are still calls to make: {plan.message}")


@pytest.fixture
def another_driver(monkeypatch, simulated_aws_server) -> Callable[[], Driver]:
    """Make drivers, each in an account of its own, where nothing is."""

    def make() -> Driver:
        account = SimulatedAccount(simulated_aws_server, f"{secrets.randbelow(9 * 10**11) + 10**11}")
        for name, value in account.environment(REGION).items():
            monkeypatch.setenv(name, value)
        context = PartContext(
            identity=Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1"),
            name="env",
            account_id=account.account,
            region=REGION,
            spec=EnvironmentSpec.model_validate(
                {
                    "dagS3Path": "dags",
                    "sourceBucketArn": "arn:aws:s3:::there",
                    "executionRoleArn": f"arn:aws:iam::{account.account}:role/there",
                    "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
                }
            ),
            environment=None,
            known=(),
            outputs=Outputs(source_bucket_arn=f"arn:aws:s3:::there-{account.account}"),
        )
        clients = Clients(connections=4)
        # boto3 looks for credentials once, with the first client: before another driver sets others.
        clients.client("sts", REGION)
        return Driver(clients=clients, account=account, context=context)

    return make


@pytest.fixture
def driver(another_driver: Callable[[], Driver]) -> Driver:
    return another_driver()
