"""From what is asked for and what was seen to what to do: the one decision that create, update, drift, retry and delete share.

Read it from the top: `plan` asks the questions in order, and each answer is a small function that returns a whole plan.
"""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import AdoptionPolicy, ManagementPolicy, OperationKind
from mwaa_operator.api.environment_status import LastApplied
from mwaa_operator.planning import steps
from mwaa_operator.planning.convergence import adopt, converge
from mwaa_operator.planning.lifecycle import Answer, Lifecycle, Phase, lifecycle_of
from mwaa_operator.planning.looks import compared, verdict_of, waiting_for
from mwaa_operator.planning.model import Notice, Plan, Standing, Verdict, Waiting
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.ownership import Owner, describe_owner
from mwaa_operator.planning.parts.foundation import resting_on
from mwaa_operator.planning.removal import delete
from mwaa_operator.planning.restraint import refused
from mwaa_operator.planning.schedule import Pace
from mwaa_operator.planning.setbacks import broken, create_failed, forced_edit, wait_out, worth_a_try
from mwaa_operator.planning.situation import Situation


def plan(situation: Situation) -> Plan:
    """Decide about one object. Pure: the same situation always gives the same plan."""
    return resting_on(_decided(situation), situation.foundation)


def _decided(situation: Situation) -> Plan:
    environment = situation.environment
    managed = situation.spec.policies.management is ManagementPolicy.MANAGE
    if situation.deleting:
        return delete(situation, environment, managed=managed)
    if environment is None:
        return _create(situation) if managed else _observed_nothing(situation)
    if not managed:
        return _observe(situation, environment)
    blocked = _not_ours(situation, environment)
    return blocked or _maintain(situation, environment, lifecycle_of(environment.status))


def _maintain(situation: Situation, environment: AwsEnvironment, lifecycle: Lifecycle) -> Plan:
    if lifecycle.edit is Answer.WAIT:
        return wait_out(situation, environment, lifecycle)
    if lifecycle.edit is Answer.RECREATE:
        return create_failed(situation, environment)
    found = compared(situation, environment, owned_tags=True)
    if lifecycle.edit is Answer.WAIT_UNLESS_FORCED and not forced_edit(situation, found):
        return wait_out(situation, environment, lifecycle)
    if lifecycle.edit is Answer.TRY and not worth_a_try(situation, found):
        return broken(situation, environment, lifecycle)
    if situation.owner is Owner.NOBODY:
        return adopt(situation, environment, found)
    return converge(situation, environment, found)


def _create(situation: Situation) -> Plan:
    operation = situation.operation
    if operation and operation.kind is OperationKind.CREATE and operation.accepted_at and operation.outcome is None:
        verdict = verdict_of(
            Standing.PROGRESSING, Reason.CREATING, "AWS has accepted the environment and does not show it yet."
        )
        return Plan(verdict=verdict, operation=operation, waiting=Waiting(pace=Pace.CREATE, since=operation.started_at))
    holdup = situation.foundation.holdup
    if holdup:
        return Plan(verdict=holdup, operation=operation)
    refusal = refused(situation, operation)
    if refusal:
        return Plan(verdict=refusal, operation=operation)
    vanished = (
        situation.status.last_applied is not None
        and situation.status.environment is not None
        and not _deleted_by_us(situation)
    )
    gone = Notice(
        Reason.VANISHED, "The environment was deleted in AWS behind the operator's back. It is created again."
    )
    return Plan(
        verdict=verdict_of(
            Standing.PROGRESSING,
            Reason.CREATING,
            "The environment is being created, which usually takes 20 to 35 minutes.",
        ),
        steps=(steps.create(situation),),
        applied=LastApplied(
            fields=tuple(sorted(situation.desired.fields)), tag_keys=tuple(sorted(situation.desired.tags))
        ),
        waiting=Waiting(pace=Pace.CREATE, since=situation.at.now),
        notices=(gone,) if vanished else (),
    )


def _deleted_by_us(situation: Situation) -> bool:
    """Whether the operator has deleted the environment itself, to create it anew."""
    last = situation.status.last_operation
    return last is not None and last.kind is OperationKind.DELETE


def _observed_nothing(situation: Situation) -> Plan:
    message = (
        f"There is no environment {situation.desired.name} in AWS, and policies.management: Observe creates none. "
        "Set it to Manage to have it created."
    )
    return Plan(verdict=verdict_of(Standing.STALLED, Reason.NOT_FOUND, message))


def _observe(situation: Situation, environment: AwsEnvironment) -> Plan:
    found = compared(situation, environment, owned_tags=False)
    lifecycle = lifecycle_of(environment.status)
    synced = found.empty and not found.impossible
    message = f"{lifecycle.summary}. It is only observed: policies.management is Observe."
    available = environment.status == "AVAILABLE"
    at_rest = Standing.SETTLED if available else Standing.STALLED
    standing = Standing.PROGRESSING if lifecycle.phase is Phase.BUSY else at_rest
    return Plan(
        verdict=Verdict(
            standing=standing,
            reason=Reason.OBSERVING if available else lifecycle.reason,
            message=message,
            ready=available and synced,
            synced=synced,
        ),
        pending=steps.pending(situation, found),
        operation=situation.operation,
        waiting=waiting_for(situation, environment) if standing is Standing.PROGRESSING else None,
    )


def _not_ours(situation: Situation, environment: AwsEnvironment) -> Plan | None:
    if situation.owner is Owner.ANOTHER:
        message = (
            f"The environment {situation.desired.name} belongs to {describe_owner(environment.tags)}. "
            "Delete this object, give it another spec.name, or remove the mwaa-operator.dev/ tags in AWS."
        )
        return _kept_away(situation, Reason.OWNED_BY_ANOTHER, message)
    if situation.owner is Owner.NOBODY and situation.spec.policies.adoption is AdoptionPolicy.NEVER:
        message = (
            f"An environment {situation.desired.name} exists already and was not made by this operator. "
            "Set policies.adoption to Adopt to take it over, or choose another spec.name."
        )
        return _kept_away(situation, Reason.ALREADY_EXISTS, message)
    return None


def _kept_away(situation: Situation, reason: Reason, message: str) -> Plan:
    # What was applied to an environment of ours says nothing about this one.
    return Plan(
        verdict=verdict_of(Standing.STALLED, reason, message), operation=situation.operation, applied=LastApplied()
    )
