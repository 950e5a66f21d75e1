"""Statuses in which there is nothing to converge: AWS is at work, or has given up."""

from datetime import datetime, timedelta

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import CreateFailedPolicy, WorkerReplacementStrategy
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.drift import is_drift
from mwaa_operator.planning.lifecycle import Lifecycle
from mwaa_operator.planning.looks import verdict_of, waiting_for
from mwaa_operator.planning.model import Plan, Standing
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.ownership import Owner, owner_of
from mwaa_operator.planning.removal import delete_environment
from mwaa_operator.planning.schedule import failure_backoff
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.wording import aws_error, expectation, operation_error, probably, where_the_logs_are


def wait_out(situation: Situation, environment: AwsEnvironment, lifecycle: Lifecycle) -> Plan:
    """AWS is at work, and refuses everything until it has finished (design §4.7)."""
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
    """The environment was never usable: it makes room for another attempt, or stays until somebody says so (design §4.8)."""
    operation = situation.operation
    made_by_us = owner_of(environment.tags, situation.identity) is Owner.US
    spec_changed = made_by_us if operation is None else not situation.wished_by(operation)
    recreate = situation.spec.policies.create_failed is CreateFailedPolicy.RECREATE
    again_at = _again_at(situation, operation)
    if spec_changed or situation.retry or (recreate and situation.at.now >= again_at):
        return delete_environment(situation, environment, Reason.RECREATING)
    said = operation_error(operation) if operation is not None else aws_error(environment)
    by_itself = f" By itself that is done on {again_at:%a %d %b at %H:%M} UTC." if recreate else ""
    message = (
        f"AWS could not create the environment{said}.{probably(situation.causes)} Correct what is wrong; an edit of the spec, or a "
        "new value of the annotation "
        f"mwaa-operator.dev/reconcile-requested-at, deletes this attempt and creates the environment anew.{by_itself}"
        f"{where_the_logs_are(environment)}"
    )
    standing = Standing.PROGRESSING if recreate else Standing.STALLED
    return Plan(
        verdict=verdict_of(standing, Reason.CREATE_FAILED, message),
        operation=operation,
        look_at=again_at if recreate else None,
    )


def _again_at(situation: Situation, operation: LastOperation | None) -> datetime:
    """When `createFailed: Recreate` tries again: at once after the first failure, and ever more slowly after those that follow."""
    if operation is None or operation.finished_at is None or (operation.attempt or 1) == 1:
        return situation.at.now
    wait = failure_backoff((operation.attempt or 1) - 1, first=600, most=6 * 3600)
    return operation.finished_at + timedelta(seconds=wait / situation.at.scale)


def worth_a_try(situation: Situation, found: Difference) -> bool:
    """Whether somebody has asked for something since AWS gave up on the environment."""
    last = situation.status.last_operation
    known = situation.applied.hash
    edited = not situation.wished_by(last) if last is not None else known not in {None, situation.desired_hash}
    return situation.retry or (edited and bool(found.update))


def broken(situation: Situation, environment: AwsEnvironment, lifecycle: Lifecycle) -> Plan:
    """AWS has given up on the environment, and nobody has asked for another try."""
    # What AWS said to a try stays remembered, so that it is made once.
    last = situation.status.last_operation
    said = operation_error(last) if last is not None and last.error is not None else aws_error(environment)
    message = (
        f"{lifecycle.summary}{said}.{probably(situation.causes)} Ask AWS Support; edit the spec or set a new value of the annotation "
        "mwaa-operator.dev/reconcile-requested-at to try an update, or delete this object and create it again."
        f"{where_the_logs_are(environment)}"
    )
    return Plan(verdict=verdict_of(Standing.STALLED, lifecycle.reason, message), operation=situation.operation or last)
