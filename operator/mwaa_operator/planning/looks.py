"""What the parts of a plan share: how things stand, what differs, and what is waited for."""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.diff import Difference, difference
from mwaa_operator.planning.model import Standing, Verdict, Waiting
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.operation import pace_of
from mwaa_operator.planning.situation import Situation


def verdict_of(standing: Standing, reason: Reason, message: str) -> Verdict:
    return Verdict(standing=standing, reason=reason, message=message)


def compared(situation: Situation, environment: AwsEnvironment, *, owned_tags: bool) -> Difference:
    return difference(
        situation.desired,
        environment.document,
        owned_tags=situation.identity.tags if owned_tags else {},
        remembered=situation.remembered,
    )


def waiting_for(situation: Situation, environment: AwsEnvironment) -> Waiting:
    operation = situation.operation
    if operation is not None and operation.outcome is None:
        return Waiting(pace=pace_of(operation, environment.status), since=operation.started_at)
    began = next(
        (c.last_transition_time for c in situation.status.conditions if c.type == "Reconciling"), situation.at.now
    )
    return Waiting(pace=pace_of(None, environment.status), since=began)
