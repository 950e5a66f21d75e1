"""How the parts of an environment stand, as far as the environment's own plan and the status have to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.api.enums import ConditionStatus
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import (
    ArtifactsStatus,
    EnvironmentStatus,
    ProvisionedStatus,
    ResourceStatus,
)
from mwaa_operator.planning.model import Plan, Standing, Verdict
from mwaa_operator.planning.parts.model import Outputs, PartKind

CONDITION_OF = {
    PartKind.BUCKET: ConditionType.BUCKET_READY,
    PartKind.NETWORK: ConditionType.NETWORK_READY,
    PartKind.EXECUTION_ROLE: ConditionType.EXECUTION_ROLE_READY,
    PartKind.LOG_GROUPS: ConditionType.LOG_GROUPS_READY,
    PartKind.ARTIFACTS: ConditionType.ARTIFACTS_READY,
    PartKind.CUSTOMER_ENDPOINTS: ConditionType.ENDPOINTS_READY,
}


@dataclass(frozen=True, kw_only=True)
class PartState:
    """How one part stands: what its condition says, and what of it is in AWS.

    `gone`: it has been removed. `unseen`: AWS did not let it be looked at, so that a condition which says that it is in order, or has
    drifted, still holds.
    """

    ready: bool
    reason: Reason
    message: str
    stalled: bool = False
    gone: bool = False
    unseen: bool = False
    resources: tuple[ResourceStatus, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """How the parts stand. A part that was not looked at in this pass is not in `states`: what the status says of it still holds.

    `again`: seconds until it is worth looking at them again. `artifacts` is what of the code is in the bucket, None where nothing new is
    known of it; `awaited`: the code that belongs to this generation of the spec is not known yet, so that an update would have to be
    followed by another one.
    """

    states: Mapping[PartKind, PartState] = field(default_factory=dict)
    outputs: Outputs = field(default_factory=Outputs)
    again: float | None = None
    artifacts: ArtifactsStatus | None = None
    awaited: bool = False

    @property
    def ground(self) -> "Foundation":
        """The parts without the code that is put on top of them."""
        return replace(self, states={kind: one for kind, one in self.states.items() if kind is not PartKind.ARTIFACTS})

    @property
    def holdup(self) -> Verdict | None:
        """Why the environment cannot be created, or its object cannot go, yet."""
        # Drift that is to be left as it is holds nobody up.
        open_ends = (one for one in self.states.values() if not (one.ready or one.gone or one.reason is Reason.DRIFTED))
        late = next(open_ends, None)
        if late is None:
            return None
        return Verdict(
            standing=Standing.STALLED if late.stalled else Standing.PROGRESSING,
            reason=late.reason,
            message=late.message,
            synced=None if late.unseen else False,
        )


def wanted(spec: EnvironmentSpec) -> tuple[PartKind, ...]:
    """The parts that `spec.provision` asks the operator to make, in order."""
    provision = spec.provision
    asked = {
        PartKind.BUCKET: provision.bucket,
        PartKind.NETWORK: provision.network,
        PartKind.EXECUTION_ROLE: provision.execution_role,
        PartKind.LOG_GROUPS: provision.log_retention_days,
        PartKind.CUSTOMER_ENDPOINTS: provision.customer_endpoints,
    }
    return tuple(kind for kind in PartKind if asked.get(kind) is not None)


def made(status: EnvironmentStatus) -> tuple[PartKind, ...]:
    """The parts of which the status lists something that the operator has made."""
    listed = {resource.part for resource in status.resources if resource.provisioned}
    return tuple(kind for kind in PartKind if kind.value in listed)


def was_in_order(status: EnvironmentStatus, kind: PartKind, *, generation: int | None = None) -> bool:
    """Whether the status says that a part was as the spec asked for, drift that is left as it is included; with a `generation`, of that."""
    return any(
        known.type == CONDITION_OF[kind]
        and (known.status is ConditionStatus.TRUE or known.reason == Reason.DRIFTED)
        and generation in {None, known.observed_generation}
        for known in status.conditions
    )


def provisioned_status(outputs: Outputs, spec: EnvironmentSpec) -> ProvisionedStatus:
    """What of these values comes from parts that the operator makes, for the status."""
    provision = spec.provision
    return ProvisionedStatus(
        source_bucket_arn=outputs.source_bucket_arn if provision.bucket else None,
        execution_role_arn=outputs.execution_role_arn if provision.execution_role else None,
        subnet_ids=(outputs.subnet_ids or ()) if provision.network else (),
        security_group_ids=(outputs.security_group_ids or ()) if provision.network else (),
    )


def resting_on(plan: Plan, foundation: Foundation) -> Plan:
    """A plan that says so where the environment itself is in order and something that it stands on is not."""
    holdup = foundation.holdup
    if holdup is None or plan.verdict.standing is not Standing.SETTLED or plan.release:
        return plan
    verdict = replace(
        holdup,
        ready=plan.verdict.ready,
        ready_generation=plan.verdict.ready_generation,
    )
    return replace(plan, verdict=verdict)
