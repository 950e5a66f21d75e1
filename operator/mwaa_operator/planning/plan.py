"""From what is asked for and what was seen to what to do: the one decision that create, update, drift, retry and delete share.

Read it from the top: `plan` asks the questions in order, and each answer is a small function that returns a whole plan.
"""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import (
    AdoptionPolicy,
    CreateFailedPolicy,
    DeletionPolicy,
    ManagementPolicy,
    OperationKind,
    OperationOutcome,
)
from mwaa_operator.api.environment_status import LastApplied
from mwaa_operator.planning import steps
from mwaa_operator.planning.diff import Difference, difference
from mwaa_operator.planning.lifecycle import Lifecycle, Phase, lifecycle_of
from mwaa_operator.planning.model import Notice, Plan, Standing, Verdict, Waiting
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.operation import READ_AFTER_WRITE_SECONDS, pace_of
from mwaa_operator.planning.ownership import Owner, describe_owner, owner_of
from mwaa_operator.planning.restraint import held_back, is_drift, judged, refused
from mwaa_operator.planning.schedule import Pace
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.wording import aws_error, expectation, fields


def plan(situation: Situation) -> Plan:
    """Decide about one object. Pure: the same situation always gives the same plan."""
    environment = situation.environment
    managed = situation.spec.policies.management is ManagementPolicy.MANAGE
    if situation.deleting:
        return _delete(situation, environment, managed=managed)
    if environment is None:
        return _create(situation) if managed else _observed_nothing(situation)
    if not managed:
        return _observe(situation, environment)
    blocked = _not_ours(situation, environment)
    return blocked or _maintain(situation, environment, lifecycle_of(environment.status))


# Deletion ------------------------------------------------------------------------------------------------------------


def _delete(situation: Situation, environment: AwsEnvironment | None, *, managed: bool) -> Plan:
    if environment is None:
        return _creation_may_still_show(situation) or _released("The environment is gone from AWS.")
    if not managed:
        return _released("The environment was only observed, so it is left as it is.")
    if situation.owner is not Owner.US:
        return _released("The environment in AWS belongs to somebody else, so it is left as it is.")
    if situation.spec.policies.deletion is DeletionPolicy.RETAIN:
        message = "The environment is kept in AWS, as policies.deletion says."
        return Plan(
            verdict=_verdict(Standing.SETTLED, Reason.DELETING, message),
            steps=steps.let_go(environment),
            release=True,
        )
    return _delete_environment(situation, environment, Reason.DELETING)


def _delete_environment(situation: Situation, environment: AwsEnvironment, reason: Reason) -> Plan:
    lifecycle = lifecycle_of(environment.status)
    waiting = _waiting(situation, environment)
    if lifecycle.delete:
        message = "The environment is being deleted, which usually takes 10 to 25 minutes."
        step = steps.delete(situation)
        return Plan(
            verdict=_verdict(Standing.PROGRESSING, reason, message),
            steps=(step,),
            waiting=Waiting(pace=Pace.DELETE, since=situation.at.now),
        )
    if environment.status == "DELETING":
        message = "AWS is deleting the environment, which usually takes 10 to 25 minutes."
    else:
        message = (
            f"The environment is {environment.status}: AWS deletes it only after that has ended. It is waited for."
        )
    return Plan(verdict=_verdict(Standing.PROGRESSING, reason, message), waiting=waiting, operation=situation.operation)


def _creation_may_still_show(situation: Situation) -> Plan | None:
    """A create whose answer was lost may not be visible yet: letting go now could leave an environment without an owner."""
    sent = situation.status.last_operation
    if (
        sent is None
        or sent.kind is not OperationKind.CREATE
        or sent.outcome is not None
        or situation.at.seconds_since(sent.accepted_at or sent.started_at) >= READ_AFTER_WRITE_SECONDS
    ):
        return None
    message = (
        "The environment had just been asked for. Whether AWS has begun to make it is looked at for two minutes more."
    )
    return Plan(
        verdict=_verdict(Standing.PROGRESSING, Reason.DELETING, message),
        operation=sent,
        waiting=Waiting(pace=Pace.DELETE, since=sent.started_at),
    )


def _released(message: str) -> Plan:
    return Plan(verdict=_verdict(Standing.SETTLED, Reason.NOT_FOUND, message), release=True)


# There is no environment ---------------------------------------------------------------------------------------------


def _create(situation: Situation) -> Plan:
    operation = situation.operation
    if operation and operation.kind is OperationKind.CREATE and operation.accepted_at and operation.outcome is None:
        verdict = _verdict(
            Standing.PROGRESSING, Reason.CREATING, "AWS has accepted the environment and does not show it yet."
        )
        return Plan(verdict=verdict, operation=operation, waiting=Waiting(pace=Pace.CREATE, since=operation.started_at))
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
        verdict=_verdict(
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
    return Plan(verdict=_verdict(Standing.STALLED, Reason.NOT_FOUND, message))


# There is one --------------------------------------------------------------------------------------------------------


def _observe(situation: Situation, environment: AwsEnvironment) -> Plan:
    found = _difference(situation, environment, owned_tags=False)
    lifecycle = lifecycle_of(environment.status)
    synced = found.empty and not found.impossible
    message = f"{lifecycle.summary}. It is only observed: policies.management is Observe."
    standing = Standing.PROGRESSING if lifecycle.phase is Phase.BUSY else Standing.SETTLED
    return Plan(
        verdict=Verdict(
            standing=standing,
            reason=Reason.OBSERVING if lifecycle.phase is Phase.STABLE else lifecycle.reason,
            message=message,
            ready=environment.status == "AVAILABLE" and synced,
            synced=synced,
        ),
        pending=steps.pending(situation, found),
        operation=situation.operation,
        waiting=_waiting(situation, environment) if standing is Standing.PROGRESSING else None,
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
        verdict=_verdict(Standing.STALLED, reason, message), operation=situation.operation, applied=LastApplied()
    )


def _maintain(situation: Situation, environment: AwsEnvironment, lifecycle: Lifecycle) -> Plan:
    if lifecycle.phase is Phase.BUSY:
        return Plan(
            verdict=_verdict(
                Standing.PROGRESSING,
                lifecycle.reason,
                f"{lifecycle.summary}{expectation(situation.operation, environment)}.",
            ),
            operation=situation.operation,
            waiting=_waiting(situation, environment),
        )
    if environment.status == "CREATE_FAILED":
        return _create_failed(situation, environment)
    if lifecycle.phase is Phase.BROKEN:
        message = (
            f"{lifecycle.summary}{aws_error(environment)}. Ask AWS Support, or delete this object and create it again."
        )
        return Plan(verdict=_verdict(Standing.STALLED, lifecycle.reason, message), operation=situation.operation)
    return _converge(situation, environment, _difference(situation, environment, owned_tags=True))


def _create_failed(situation: Situation, environment: AwsEnvironment) -> Plan:
    operation = situation.operation
    made_by_us = owner_of(environment.tags, situation.identity) is Owner.US
    spec_changed = made_by_us if operation is None else not situation.wished_by(operation)
    if situation.spec.policies.create_failed is CreateFailedPolicy.RECREATE or spec_changed or situation.retry:
        return _delete_environment(situation, environment, Reason.RECREATING)
    message = (
        f"AWS could not create the environment{aws_error(environment)}. Correct what the error names; an edit of the spec, or a new "
        "value of the annotation mwaa-operator.dev/reconcile-requested-at, deletes this attempt and creates the environment anew."
    )
    return Plan(verdict=_verdict(Standing.STALLED, Reason.CREATE_FAILED, message), operation=operation)


def _converge(situation: Situation, environment: AwsEnvironment, found: Difference) -> Plan:
    if found.impossible:
        fixed = ", ".join(change.field for change in found.impossible)
        message = (
            f"AWS cannot change {fixed} of an environment that exists. Set the spec back to what AWS has, or delete this object and "
            "create it again."
        )
        return Plan(
            verdict=_verdict(Standing.STALLED, Reason.IMMUTABLE_FIELD, message),
            pending=steps.pending(situation, found),
            operation=situation.operation,
            applied=situation.applied,
        )
    tag_steps = steps.tags(environment, found)
    applied = _applied(situation, found, settled=not found.update)
    nudge = situation.retry and environment.status == "UPDATE_FAILED"
    if not found.update and not nudge:
        return _in_agreement(situation, environment, found, applied=applied)
    if situation.operation is not None and situation.operation.outcome is None:
        verdict = _verdict(
            Standing.PROGRESSING, Reason.UPDATING, "AWS has accepted the update and does not show it yet."
        )
        return Plan(
            verdict=verdict,
            pending=steps.pending(situation, found),
            operation=situation.operation,
            waiting=_waiting(situation, environment),
        )
    held = held_back(situation, environment, found)
    if held:
        return Plan(
            verdict=held,
            steps=tag_steps,
            pending=steps.pending(situation, found),
            operation=judged(situation, found),
            applied=applied,
        )
    step = steps.update(situation, environment, found)
    upgrade = "airflowVersion" in {change.field for change in found.changes}
    took = "up to 2 hours, and stops all running tasks" if upgrade else "15 to 45 minutes"
    message = f"An update of {fields(found)} is being made, which usually takes {took}."
    drifted = f"{fields(found)} was changed in AWS behind the operator's back. It is put right."
    return Plan(
        verdict=_verdict(Standing.PROGRESSING, Reason.UPDATING, message),
        steps=(*tag_steps, step),
        pending=steps.pending(situation, found),
        operation=judged(situation, found),
        applied=applied,
        waiting=Waiting(pace=Pace.UPGRADE if upgrade else Pace.UPDATE, since=situation.at.now),
        notices=(Notice(Reason.DRIFTED, drifted),) if is_drift(situation) and found.update else (),
    )


def _in_agreement(
    situation: Situation, environment: AwsEnvironment, found: Difference, *, applied: LastApplied
) -> Plan:
    available = environment.status == "AVAILABLE"
    if available:
        message = "AWS runs what the spec asks for."
        if found.left_behind:
            left = ", ".join(found.left_behind)
            message += f" {left} stays as it was: it left the spec, and AWS has no call to unset it."
        verdict = Verdict(standing=Standing.SETTLED, reason=Reason.AVAILABLE, message=message, ready=True, synced=True)
    else:
        message = (
            f"The last update failed{aws_error(environment)}. AWS has restored what the spec asks for; a new value of the annotation "
            "mwaa-operator.dev/reconcile-requested-at sends an update that makes the environment AVAILABLE again."
        )
        verdict = Verdict(standing=Standing.STALLED, reason=Reason.UPDATE_FAILED, message=message, synced=True)
    operation = situation.operation
    # A failed attempt is over once the spec has been taken back: asking for the same again later is a new wish.
    over = operation is not None and operation.outcome not in {None, OperationOutcome.SUCCEEDED}
    return Plan(
        verdict=verdict,
        steps=steps.tags(environment, found),
        operation=None if over and available else operation,
        applied=applied,
    )


# What they share -----------------------------------------------------------------------------------------------------


def _verdict(standing: Standing, reason: Reason, message: str) -> Verdict:
    return Verdict(standing=standing, reason=reason, message=message)


def _difference(situation: Situation, environment: AwsEnvironment, *, owned_tags: bool) -> Difference:
    return difference(
        situation.desired,
        environment.document,
        owned_tags=situation.identity.tags if owned_tags else {},
        remembered=situation.remembered,
    )


def _applied(situation: Situation, found: Difference, *, settled: bool) -> LastApplied:
    """What to remember as applied. Until an update has ended, what it replaces is remembered too."""
    before = situation.applied
    fields, tag_keys = set(situation.desired.fields), set(situation.desired.tags)
    if not settled:
        return before.model_copy(
            update={
                "fields": tuple(sorted(fields | set(before.fields))),
                "tag_keys": tuple(sorted(tag_keys | set(before.tag_keys))),
            }
        )
    return LastApplied(
        hash=situation.desired_hash,
        options_hash=situation.options_hash,
        generation=situation.generation,
        fields=tuple(sorted(fields)),
        tag_keys=tuple(sorted(tag_keys | (set(found.tags_to_remove) & set(before.tag_keys)))),
    )


def _waiting(situation: Situation, environment: AwsEnvironment) -> Waiting:
    operation = situation.operation
    if operation is not None and operation.outcome is None:
        return Waiting(pace=pace_of(operation, environment.status), since=operation.started_at)
    began = next(
        (c.last_transition_time for c in situation.status.conditions if c.type == "Reconciling"), situation.at.now
    )
    return Waiting(pace=pace_of(None, environment.status), since=began)
