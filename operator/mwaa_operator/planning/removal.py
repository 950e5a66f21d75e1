"""Deleting: an object whose environment has to go, and an attempt that failed and makes room for a new one (design §4.8, §4.9)."""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import DeletionPolicy, OperationKind
from mwaa_operator.planning import steps
from mwaa_operator.planning.lifecycle import Answer, lifecycle_of
from mwaa_operator.planning.looks import verdict_of, waiting_for
from mwaa_operator.planning.model import Plan, Standing, Waiting
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.operation import READ_AFTER_WRITE_SECONDS
from mwaa_operator.planning.ownership import Owner
from mwaa_operator.planning.schedule import Pace
from mwaa_operator.planning.situation import Situation


def delete(situation: Situation, environment: AwsEnvironment | None, *, managed: bool) -> Plan:
    # What is kept stands on its parts, so they are kept with it.
    clears = managed and situation.spec.policies.deletion is not DeletionPolicy.RETAIN
    if environment is None:
        return _creation_may_still_show(situation) or _released("The environment is gone from AWS.", clears=clears)
    if not managed:
        return _released("The environment was only observed, so it is left as it is.")
    if situation.owner is not Owner.US:
        return _released("The environment in AWS belongs to somebody else, so it is left as it is.", clears=clears)
    if situation.spec.policies.deletion is DeletionPolicy.RETAIN:
        message = "The environment is kept in AWS, as policies.deletion says."
        return Plan(
            verdict=verdict_of(Standing.SETTLED, Reason.DELETING, message),
            steps=steps.let_go(environment),
            release=True,
        )
    return delete_environment(situation, environment, Reason.DELETING)


def delete_environment(situation: Situation, environment: AwsEnvironment, reason: Reason) -> Plan:
    waiting = waiting_for(situation, environment)
    if lifecycle_of(environment.status).delete is Answer.DELETE:
        message = "The environment is being deleted, which usually takes 10 to 25 minutes."
        return Plan(
            verdict=verdict_of(Standing.PROGRESSING, reason, message),
            steps=(steps.delete(situation),),
            waiting=Waiting(pace=Pace.DELETE, since=situation.at.now),
        )
    if environment.status == "DELETING":
        message = "AWS is deleting the environment, which usually takes 10 to 25 minutes."
    else:
        message = (
            f"The environment is {environment.status}: AWS deletes it only after that has ended. It is waited for."
        )
    return Plan(
        verdict=verdict_of(Standing.PROGRESSING, reason, message), waiting=waiting, operation=situation.operation
    )


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
        verdict=verdict_of(Standing.PROGRESSING, Reason.DELETING, message),
        operation=sent,
        waiting=Waiting(pace=Pace.DELETE, since=sent.started_at),
    )


def _released(message: str, *, clears: bool = False) -> Plan:
    return Plan(verdict=verdict_of(Standing.SETTLED, Reason.NOT_FOUND, message), release=True, clears=clears)
