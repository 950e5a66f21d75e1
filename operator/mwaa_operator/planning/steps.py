"""The calls of a plan, with their parameters: exactly what differs and nothing else (design §4.3)."""

from dataclasses import replace

from mwaa_operator.api.enums import Impact, OperationKind
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.api.names import OWNERSHIP_TAGS
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.model import PendingChanges, Step, StepKind
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.replacement import Replacement, replacement_for
from mwaa_operator.planning.situation import Situation

EXPECTED_MINUTES = {Impact.NONE: 0, Impact.WORKERS_RESTART: 25, Impact.ENVIRONMENT_DOWN: 60}
"""What an update with this impact usually takes (`mwaa-behaviour.md` §2, durations)."""


def create(situation: Situation) -> Step:
    """CreateEnvironment, with the tags that make the environment ours in the same call."""
    tags = {**situation.desired.tags, **situation.identity.tags}
    return Step(
        kind=StepKind.CREATE,
        parameters={"Name": situation.desired.name, **situation.desired.fields, "Tags": tags},
        remember=_operation(situation, OperationKind.CREATE),
    )


def update(situation: Situation, environment: AwsEnvironment, found: Difference) -> Step:
    """One UpdateEnvironment with all fields that differ."""
    strategy = replacement(situation, environment, found).strategy
    parameters = {"Name": situation.desired.name, **found.update, "WorkerReplacementStrategy": strategy.value}
    changes = pending(situation, found)
    operation = _operation(situation, OperationKind.UPDATE).model_copy(
        update={
            "previous_update_at": environment.last_update.created_at,
            "impact": changes.impact.value if changes else Impact.WORKERS_RESTART.value,
        }
    )
    return Step(kind=StepKind.UPDATE, parameters=parameters, remember=operation)


def delete(situation: Situation) -> Step:
    """DeleteEnvironment."""
    return Step(
        kind=StepKind.DELETE,
        parameters={"Name": situation.desired.name},
        remember=_operation(situation, OperationKind.DELETE),
    )


def tags(environment: AwsEnvironment, found: Difference) -> tuple[Step, ...]:
    """TagResource and UntagResource, which take effect at once and disturb nobody."""
    made: list[Step] = []
    if environment.arn and found.tags_to_set:
        made.append(
            Step(
                kind=StepKind.SET_TAGS,
                parameters={"ResourceArn": environment.arn, "Tags": dict(found.tags_to_set)},
            )
        )
    if environment.arn and found.tags_to_remove:
        made.append(
            Step(
                kind=StepKind.REMOVE_TAGS,
                parameters={"ResourceArn": environment.arn, "tagKeys": list(found.tags_to_remove)},
            )
        )
    return tuple(made)


def let_go(environment: AwsEnvironment) -> tuple[Step, ...]:
    """Take our tags off an environment that stays, so that it can be adopted later."""
    ours = [tag for tag in OWNERSHIP_TAGS if tag in environment.tags]
    if not (environment.arn and ours):
        return ()
    return (Step(kind=StepKind.REMOVE_TAGS, parameters={"ResourceArn": environment.arn, "tagKeys": ours}),)


def pending(situation: Situation, found: Difference) -> PendingChanges | None:
    """What would change, for people to read. None when nothing would."""
    changes = (*found.changes, *found.impossible)
    if not changes:
        return None
    environment = situation.environment
    # The update of AWS that came before is in the hash, so that a plan which was approved once is not approved for ever. Tags are set at
    # once and disturb nobody: an approval is about the update alone.
    since = environment.last_update.created_at if environment else None
    plan = {"update": found.update, "since": since.isoformat() if since else None}
    shown = PendingChanges(hash=situation.key.fingerprint(plan), changes=changes, minutes=0)
    updates = environment is not None and bool(found.update)
    return replace(
        shown,
        minutes=EXPECTED_MINUTES[shown.impact],
        strategy=replacement(situation, environment, found).strategy.value if environment and updates else None,
    )


def replacement(situation: Situation, environment: AwsEnvironment, found: Difference) -> Replacement:
    """What the update does to running tasks."""
    return replacement_for(environment, found, situation.spec.policies.update.worker_replacement_strategy)


def _operation(situation: Situation, kind: OperationKind) -> LastOperation:
    before = situation.status.last_operation
    repeated = (
        before is not None
        and before.kind is kind
        and before.hash == situation.desired_hash
        and before.accepted_at is None
        and not situation.retry
    )
    return LastOperation(
        kind=kind,
        attempt=_attempt(situation, kind, repeated=repeated),
        hash=situation.desired_hash,
        options_hash=situation.options_hash,
        generation=situation.generation,
        # The first try counts: how long AWS has been refusing something decides whether it may still be propagation.
        started_at=before.started_at if repeated and before is not None else situation.at.now,
    )


def _attempt(situation: Situation, kind: OperationKind, *, repeated: bool) -> int | None:
    """Count creates for the same desired state. The delete between two of them hands the count on."""
    before = situation.status.last_operation
    same = before is not None and before.hash == situation.desired_hash and before.kind is not OperationKind.UPDATE
    count = (before.attempt or 0) if before is not None and same else 0
    if kind is OperationKind.CREATE and not repeated:
        return count + 1
    return count or None
