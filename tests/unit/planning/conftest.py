"""A small world to plan in: one object, what AWS shows of it, and a status that is carried from pass to pass."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.planning.aftermath import after_failure
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import Desired, desired_environment
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.model import Plan
from mwaa_operator.planning.observation import AwsEnvironment, Observation
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.plan import plan
from mwaa_operator.planning.report import shown_environment, status_of
from mwaa_operator.planning.situation import Situation

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
CREATED = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
IDENTITY = Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1")
ARN = "arn:aws:airflow:eu-west-1:123456789012:environment/env"
_NO_CHANGE = {"Name", "WorkerReplacementStrategy"}
MINIMAL: dict[str, Any] = {
    "sourceBucketArn": "arn:aws:s3:::airflow-mybucket",
    "dagS3Path": "dags",
    "executionRoleArn": "arn:aws:iam::123456789012:role/airflow-demo",
    "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
}


@dataclass
class World:
    """Change what is asked for and what AWS shows, then look at the plan, or let a pass happen."""

    spec: dict[str, Any] = field(default_factory=lambda: dict(MINIMAL))
    aws: dict[str, Any] | None = None
    status: EnvironmentStatus = field(default_factory=EnvironmentStatus)
    now: datetime = NOON
    generation: int = 1
    deleting: bool = False
    retry: bool = False
    approved_plan: str | None = None
    secret_options: dict[str, str] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    key: FingerprintKey = field(default_factory=lambda: FingerprintKey(b"0123456789abcdef"))
    identity: Identity = IDENTITY

    @property
    def desired(self) -> Desired:
        return desired_environment(
            EnvironmentSpec.model_validate(self.spec),
            name="env",
            secret_options=self.secret_options,
            newest_object_versions=self.newest,
        )

    @property
    def situation(self) -> Situation:
        return Situation(
            identity=self.identity,
            spec=EnvironmentSpec.model_validate(self.spec),
            generation=self.generation,
            deleting=self.deleting,
            retry=self.retry,
            approved_plan=self.approved_plan,
            status=self.status,
            desired=self.desired,
            observation=Observation(
                environment=None if self.aws is None else AwsEnvironment(dict(self.aws)), account_id="123456789012"
            ),
            key=self.key,
            at=Moment(self.now),
        )

    @property
    def plan(self) -> Plan:
        return plan(self.situation)

    @property
    def calls(self) -> list[str]:
        """Name the calls that a pass would make now."""
        return [step.kind.value for step in self.plan.steps]

    @property
    def sends(self) -> list[tuple[str, dict[str, Any]]]:
        """Give the calls that a pass would make now, with what they change."""
        return [
            (step.kind.value, {name: value for name, value in step.parameters.items() if name not in _NO_CHANGE})
            for step in self.plan.steps
        ]

    @property
    def strategy(self) -> str | None:
        """Give the WorkerReplacementStrategy of the update that a pass would make now."""
        [update] = [step for step in self.plan.steps if step.kind == "UpdateEnvironment"]
        return update.parameters.get("WorkerReplacementStrategy")

    # ---- what people and AWS do ----

    def edit(self, **fields: Any) -> World:
        """Edit the spec; None removes a field."""
        self.spec = {name: value for name, value in {**self.spec, **fields}.items() if value is not None}
        self.generation += 1
        return self

    def policies(self, **policies: Any) -> World:
        return self.edit(policies={**self.spec.get("policies", {}), **policies})

    def exists(self, status: str = "AVAILABLE", *, ours: bool = True, **members: Any) -> World:
        """Let AWS show an environment that is as the spec asks for, but for `members`."""
        tags = {**self.desired.tags, **(self.identity.tags if ours else {})}
        self.aws = {
            **self.desired.fields,
            "Name": "env",
            "Arn": ARN,
            "Status": status,
            "CreatedAt": CREATED,
            "Tags": tags,
            **members,
        }
        return self

    def aws_says(self, **members: Any) -> World:
        assert self.aws is not None
        self.aws = {**self.aws, **members}
        return self

    def later(self, **delta: float) -> World:
        self.now += timedelta(**delta)
        return self

    # ---- passes ----

    def passes(self) -> Plan:
        """Make a pass in which AWS accepts every call, and keep the status that it leaves."""
        decided = self.plan
        operation = decided.operation
        for step in decided.steps:
            if step.remember is not None:
                operation = step.remember.model_copy(update={"accepted_at": self.now})
        self._keep(decided, operation=operation)
        return decided

    def passes_and_dies(self) -> Plan:
        """Make a pass that ends after the status was written and before anything is known of the call."""
        decided = self.plan
        remembered = [step.remember for step in decided.steps if step.remember is not None]
        self._keep(decided, operation=remembered[0] if remembered else decided.operation)
        return decided

    def passes_refused(self, kind: FailureKind, message: str = "no") -> Plan:
        """Make a pass whose last call AWS answers with an error."""
        decided = self.plan
        step = decided.steps[-1]
        error = AwsError(kind=kind, operation=step.kind.value, code="ValidationException", message=message)
        after = after_failure(error, operation=step.remember, failures=1, at=Moment(self.now))
        self._keep(replace(decided, verdict=after.verdict), operation=after.operation)
        return decided

    def settles(self, **members: Any) -> World:
        """Create the environment and see it AVAILABLE."""
        assert [step.kind for step in self.passes().steps] == ["CreateEnvironment"]
        self.later(minutes=25).exists(**members)
        assert not self.passes().steps
        return self

    def updates_to(self, status: str, last_update: str, **members: Any) -> World:
        """Send the pending update, and let it end."""
        assert self.passes().steps[-1].kind == "UpdateEnvironment"
        began = self.now
        error = {"ErrorCode": "INCORRECT_CONFIGURATION", "ErrorMessage": "You may need to check"}
        self.aws_says(Status="UPDATING", LastUpdate={"Status": "PENDING", "CreatedAt": began})
        self.later(minutes=20).passes()
        last = {"Status": last_update, "CreatedAt": began, **({"Error": error} if last_update == "FAILED" else {})}
        self.later(minutes=10).aws_says(Status=status, LastUpdate=last, **members)
        return self

    def _keep(self, decided: Plan, *, operation: Any) -> None:
        situation = self.situation
        self.status = status_of(
            self.status,
            verdict=decided.verdict,
            generation=self.generation,
            now=self.now,
            environment=shown_environment(situation.environment),
            account=None,
            pending=decided.pending,
            operation=operation,
            applied=decided.applied,
            drifted=decided.drifted,
            handled_request=None,
        )
        # What is remembered has been through the API server.
        self.status = EnvironmentStatus.model_validate(self.status.to_object())

    # ---- what is said ----

    def condition(self, kind: str) -> tuple[str, str, int | None] | None:
        """Give status, reason and generation of a condition of the status."""
        for condition in self.status.conditions:
            if condition.type == kind:
                return condition.status.value, condition.reason, condition.observed_generation
        return None


@pytest.fixture
def world() -> World:
    """One object that was just applied, and nothing in AWS."""
    return World()


@pytest.fixture
def settled(world: World) -> World:
    """One object whose environment is AVAILABLE and as the spec says."""
    return world.edit(maxWorkers=5, airflowConfigurationOptions={"core.parallelism": "8"}).settles()
