"""Why a call is not made although something differs: it failed before, or it is not allowed yet (design §4.5, §4.6; policies)."""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import DriftPolicy, OperationKind, OperationOutcome, UpdateApproval
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.planning import steps
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.model import Standing, Verdict
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.window import is_open
from mwaa_operator.planning.wording import fields, operation_error


def held_back(situation: Situation, environment: AwsEnvironment, found: Difference) -> Verdict | None:
    """Why an update is not sent, although something differs (design §4.5, §4.6; policies.drift)."""
    earlier = None if situation.retry else _failed_before(situation, found)
    if earlier:
        return earlier
    if is_drift(situation) and situation.spec.policies.drift is DriftPolicy.REPORT:
        message = f"{fields(found)} was changed in AWS. It is left so: policies.drift is Report."
        return _waits(situation, environment, Reason.DRIFTED, message)
    return _not_allowed_yet(situation, environment, found)


def _failed_before(situation: Situation, found: Difference) -> Verdict | None:
    operation = judged(situation, found)
    same = operation is not None and operation.kind is OperationKind.UPDATE and situation.wished_by(operation)
    if same and operation is not None and operation.outcome is OperationOutcome.FAILED:
        message = (
            f"The update of {fields(found)} failed{operation_error(operation)}. AWS runs what it ran before. Correct the spec, or set a "
            "new value of the annotation mwaa-operator.dev/reconcile-requested-at to try the same again."
        )
        return Verdict(standing=Standing.STALLED, reason=Reason.UPDATE_FAILED, message=message)
    if same and operation is not None and operation.outcome is OperationOutcome.NOT_CONVERGED:
        message = (
            f"AWS says that the update succeeded, and still has other values for {fields(found)}. It is not sent again. Set the spec to "
            "what AWS has, or ask AWS Support."
        )
        return Verdict(standing=Standing.STALLED, reason=Reason.NOT_CONVERGING, message=message)
    return refused(situation, operation)


def judged(situation: Situation, found: Difference) -> LastOperation | None:
    """The last operation, marked if it has just succeeded and yet not made what it was to make."""
    operation, before = situation.operation, situation.status.last_operation
    if (
        operation is not None
        and before is not None
        and before.outcome is None
        and operation.outcome is OperationOutcome.SUCCEEDED
        and operation.kind is OperationKind.UPDATE
        and operation.accepted_at is not None
        and operation.hash == situation.desired_hash
        and found.update
    ):
        return operation.model_copy(update={"outcome": OperationOutcome.NOT_CONVERGED})
    return operation


def refused(situation: Situation, operation: LastOperation | None) -> Verdict | None:
    """AWS has refused exactly this before, for a reason that only an edit or a person can mend."""
    if (
        situation.retry
        or operation is None
        or operation.outcome is not OperationOutcome.REFUSED
        or not situation.wished_by(operation)
    ):
        return None
    message = (
        f"AWS refuses the environment{operation_error(operation)}. Correct the spec; it is not tried again before that."
    )
    return Verdict(standing=Standing.STALLED, reason=Reason.INVALID_CONFIGURATION, message=message)


def is_drift(situation: Situation) -> bool:
    """Whether a difference was made in AWS: the spec has not changed since the two last agreed."""
    return situation.applied.hash == situation.desired_hash


def _not_allowed_yet(situation: Situation, environment: AwsEnvironment, found: Difference) -> Verdict | None:
    policy = situation.spec.policies.update
    changes = steps.pending(situation, found)
    if policy.approval is UpdateApproval.MANUAL and changes and situation.approved_plan != changes.hash:
        message = (
            f"An update of {fields(found)} waits for approval. Look at status.plan and approve it by setting the annotation "
            f"mwaa-operator.dev/approved-plan to {changes.hash}."
        )
        return _waits(situation, environment, Reason.WAITING_FOR_APPROVAL, message)
    if policy.window is not None and not is_open(policy.window, situation.at.now):
        message = (
            f"An update of {fields(found)} waits for the window that opens {policy.window.start} UTC for "
            f"{policy.window.duration_hours} hours."
        )
        return _waits(situation, environment, Reason.WAITING_FOR_WINDOW, message)
    return None


def _waits(situation: Situation, environment: AwsEnvironment, reason: Reason, message: str) -> Verdict:
    """The environment stays ready for the generation that it runs; `kubectl wait` goes by that generation."""
    return Verdict(
        standing=Standing.SETTLED,
        reason=reason,
        message=message,
        # One that was never seen in agreement with any spec (adopted) is ready for none.
        ready=environment.status == "AVAILABLE" and situation.applied.generation is not None,
        ready_generation=situation.applied.generation,
        synced=False,
    )
