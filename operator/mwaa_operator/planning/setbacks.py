"""Statuses in which there is nothing to converge: AWS is at work, or has given up."""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import CreateFailedPolicy, WorkerReplacementStrategy
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.drift import is_drift
from mwaa_operator.planning.lifecycle import Lifecycle
from mwaa_operator.planning.looks import verdict_of, waiting_for
from mwaa_operator.planning.model import Plan, Standing
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.ownership import Owner, owner_of
from mwaa_operator.planning.removal import delete_environment
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.wording import aws_error, expectation, operation_error, where_the_logs_are


def wait_out(situation: Situation, environment: AwsEnvironment, lifecycle: Lifecycle) -> Plan:
    return Plan(
        verdict=verdict_of(
            Standing.PROGRESSING,
            lifecycle.reason,
            f"{lifecycle.summary}{expectation(situation.operation, environment)}.",
        ),
        operation=situation.operation,
        waiting=waiting_for(situation, environment),
        drifted=situation.status.drifted_fields,
    )


def forced_edit(situation: Situation, found: Difference) -> bool:
    """Whether an edit asks for FORCED, so that nothing is gained by waiting for the end of the maintenance."""
    wished = situation.spec.policies.update.worker_replacement_strategy
    under_way = situation.operation is not None and situation.operation.outcome is None
    edited = bool(found.update) and not is_drift(situation) and not under_way
    return wished is WorkerReplacementStrategy.FORCED and edited


def create_failed(situation: Situation, environment: AwsEnvironment) -> Plan:
    operation = situation.operation
    made_by_us = owner_of(environment.tags, situation.identity) is Owner.US
    spec_changed = made_by_us if operation is None else not situation.wished_by(operation)
    if situation.spec.policies.create_failed is CreateFailedPolicy.RECREATE or spec_changed or situation.retry:
        return delete_environment(situation, environment, Reason.RECREATING)
    said = operation_error(operation) if operation is not None else aws_error(environment)
    message = (
        f"AWS could not create the environment{said}. Correct what the error names; an edit of the spec, or a new value of the annotation "
        "mwaa-operator.dev/reconcile-requested-at, deletes this attempt and creates the environment anew."
        f"{where_the_logs_are(environment)}"
    )
    return Plan(verdict=verdict_of(Standing.STALLED, Reason.CREATE_FAILED, message), operation=operation)


def worth_a_try(situation: Situation, found: Difference) -> bool:
    """Whether somebody has asked for something since AWS gave up on the environment."""
    last = situation.status.last_operation
    known = situation.applied.hash
    edited = not situation.wished_by(last) if last is not None else known not in {None, situation.desired_hash}
    return situation.retry or (edited and bool(found.update))


def broken(situation: Situation, environment: AwsEnvironment, lifecycle: Lifecycle) -> Plan:
    # What AWS said to a try stays remembered, so that it is made once.
    last = situation.status.last_operation
    said = operation_error(last) if last is not None and last.error is not None else aws_error(environment)
    message = (
        f"{lifecycle.summary}{said}. Ask AWS Support; edit the spec or set a new value of the annotation "
        "mwaa-operator.dev/reconcile-requested-at to try an update, or delete this object and create it again."
        f"{where_the_logs_are(environment)}"
    )
    return Plan(verdict=verdict_of(Standing.STALLED, lifecycle.reason, message), operation=situation.operation or last)
