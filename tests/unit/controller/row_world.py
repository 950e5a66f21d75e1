"""Parts that do as a test says, in an AWS that accepts every call, and a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import ResourceStatus
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.row import Means, Row
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.aftermath import Aftermath, after_failure
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.parts.model import Call, Outputs, PartContext, PartKind, PartPlan

KEY = Key("data", "env")
SCALE = 10.0
RETRY_SECONDS = 7.0
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SPEC = {
    "provision": {"bucket": {"name": "some-bucket"}, "network": {}, "executionRole": {}, "logRetentionDays": 30},
}
CONTEXT = PartContext(
    identity=Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1"),
    name="env",
    account_id="123456789012",
    region="eu-west-1",
    spec=EnvironmentSpec.model_validate(SPEC),
    environment=None,
    known=(),
    outputs=Outputs(),
)
READY = PartPlan(reason=Reason.PROVISIONED, message="It is there.", ready=True)
GONE = PartPlan(reason=Reason.REMOVING, message="Nothing is left.", gone=True)
WAITS = PartPlan(reason=Reason.PROVISIONING, message="AWS is at work.", look_after=10.0)
TAKEN = PartPlan(reason=Reason.NAME_TAKEN, message="It is somebody else's.", stalled=True)


def calls(*operations: str, **more: Any) -> PartPlan:
    """Make a plan with calls that are told apart by their names."""
    made = tuple(Call(service="s3", operation=operation, parameters={}) for operation in operations)
    return PartPlan(**{"reason": Reason.PROVISIONING, "message": "It is being made.", "calls": made, **more})


def listed(*ids: str) -> tuple[ResourceStatus, ...]:
    return tuple(ResourceStatus(kind="Thing", id=each, provisioned=True) for each in ids)


def failure(kind: FailureKind = FailureKind.THROTTLED) -> AwsError:
    return AwsError(kind=kind, operation="SomeCall", code="SomeCode", message="no")


@dataclass
class FakePart:
    """A part whose looks give one plan after the other, the last one again and again. An error is raised."""

    kind: PartKind
    plans: list[PartPlan | AwsError] = field(default_factory=lambda: [READY])
    removals: list[PartPlan | AwsError] = field(default_factory=lambda: [GONE])
    contexts: list[PartContext] = field(default_factory=list)

    def plan(self, _clients: Clients, context: PartContext) -> PartPlan:
        self.contexts.append(context)
        return _next(self.plans)

    def removal(self, _clients: Clients, context: PartContext) -> PartPlan:
        self.contexts.append(context)
        return _next(self.removals)


@dataclass
class RowWorld:
    """A row of such parts. `journal` holds looks and calls in their order, `said` how things stood at each call."""

    answers: dict[str, Any] = field(default_factory=dict)
    now: float = 1000.0
    look_seconds: float = 0.0
    journal: list[str] = field(default_factory=list)
    said: list[Foundation] = field(default_factory=list)
    accepted: int = 0
    retry_seconds: float = RETRY_SECONDS
    context: PartContext = CONTEXT

    def __post_init__(self) -> None:
        self.parts = {kind: FakePart(kind) for kind in PartKind}
        self.row = self.restarted()

    def restarted(self) -> Row:
        """Make the row of another process."""
        self.row = Row(Clients(connections=1), self.parts.values(), scale=SCALE, clock=lambda: self.now)
        return self.row

    @property
    def made(self) -> list[str]:
        """Name the calls that were made."""
        return [each for each in self.journal if "." not in each]

    def brings_about(self, *kinds: PartKind, left_alone: frozenset[PartKind] = frozenset()) -> Foundation:
        async def pass_over() -> Foundation:
            return await self.row.bring_about(
                KEY,
                kinds or PartKind,
                self.context,
                self._means,
                left_alone=left_alone,
            )

        return asyncio.run(pass_over())

    def clears(self, *kinds: PartKind) -> Foundation | None:
        async def pass_over() -> Foundation | None:
            return await self.row.clear(KEY, kinds or PartKind, self.context, self._means)

        return asyncio.run(pass_over())

    def knows(self, *resources: ResourceStatus) -> RowWorld:
        self.context = replace(self.context, known=resources)
        return self

    @property
    def _means(self) -> Means:
        return Means(ask=self._ask, failed=self._failed, accepted=self._accepted, say=self._say)

    async def _ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if isinstance(arguments[1], PartContext):
            self.now += self.look_seconds
            answer = function(*arguments)
            self.journal.append(f"look.{'made' if answer.calls else 'rests'}")
            return answer
        _client, operation, _parameters = arguments
        self.journal.append(operation)
        answer = self.answers.get(operation, {})
        if isinstance(answer, AwsError):
            raise answer
        return answer

    async def _say(self, foundation: Foundation) -> None:
        self.said.append(foundation)

    def _accepted(self) -> None:
        self.accepted += 1

    def _failed(self, error: AwsError) -> tuple[Aftermath, float]:
        return after_failure(error, operation=None, failures=1, at=Moment(NOW)), self.retry_seconds


def _next(plans: list[PartPlan | AwsError]) -> PartPlan:
    found = plans.pop(0) if len(plans) > 1 else plans[0]
    if isinstance(found, AwsError):
        raise found
    return found
