"""Why a call is not made although something differs: it failed before, or it is not allowed yet (design §4.5, §4.6; policies)."""

from dataclasses import replace

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import OperationKind, OperationOutcome, UpdateApproval
from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.planning import steps
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.model import Standing, Verdict
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.upgrade import way_around
from mwaa_operator.planning.window import is_open, opens_at
from mwaa_operator.planning.wording import consequence, fields, operation_error, probably, where_the_logs_are


def held_back(situation: Situation, environment: AwsEnvironment, found: Difference) -> Verdict | None:
    """Why an update is not sent, although something differs."""
    return (
        _out_of_reach(environment, found)
        or waits_for_code(situation, environment)
        or (None if situation.retry else _failed_before(situation, environment, found))
        or waits_for_approval(situation, environment, found)
        or _waits_for_window(situation, environment, found)
    )


def waits(situation: Situation, environment: AwsEnvironment, reason: Reason, message: str) -> Verdict:
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


def waits_for_code(situation: Situation, environment: AwsEnvironment) -> Verdict | None:
    """The verdict while it is not known which code belongs to this spec: what changes in both becomes one update."""
    if not situation.foundation.awaited:
        return None
    message = "The code that artifacts names is looked at before the environment is."
    verdict = waits(situation, environment, Reason.UPLOADING, message)
    return replace(verdict, standing=Standing.PROGRESSING)


def waits_for_approval(situation: Situation, environment: AwsEnvironment, found: Difference) -> Verdict | None:
    """The verdict while a person has not agreed to exactly this plan."""
    changes = steps.pending(situation, found)
    manual = situation.spec.policies.update.approval is UpdateApproval.MANUAL
    if not manual or changes is None or _approved(situation, found):
        return None
    effect = consequence(found, steps.replacement(situation, environment, found)) if found.update else ""
    message = (
        f"An update of {fields(found)} waits for approval. {effect} Look at status.plan and approve it by setting the annotation "
        f"mwaa-operator.dev/approved-plan to {changes.hash}."
    )
    return waits(situation, environment, Reason.WAITING_FOR_APPROVAL, message.replace("  ", " "))


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


def _out_of_reach(environment: AwsEnvironment, found: Difference) -> Verdict | None:
    wanted, running = found.update.get("AirflowVersion"), environment.document.get("AirflowVersion")
    bridge = way_around(running, wanted) if wanted and running else None
    if bridge is None:
        return None
    message = (
        f"Airflow {wanted} can be reached from {running} only by way of {bridge}. Set airflowVersion to {bridge}, wait until that runs, "
        f"then set it to {wanted}; each of the two stops all running tasks for up to 2 hours. Nothing is changed before that."
    )
    return Verdict(standing=Standing.STALLED, reason=Reason.UPGRADE_PATH, message=message)


def _failed_before(situation: Situation, environment: AwsEnvironment, found: Difference) -> Verdict | None:
    operation = judged(situation, found)
    same = operation is not None and operation.kind is OperationKind.UPDATE and situation.wished_by(operation)
    if same and operation is not None and not _approved(situation, found):
        if operation.outcome is OperationOutcome.FAILED:
            message = (
                f"The update of {fields(found)} failed{operation_error(operation)}.{probably(situation.causes)} AWS runs what it ran "
                "before. Correct the spec, or "
                "set a new value of the annotation mwaa-operator.dev/reconcile-requested-at to try the same again."
                f"{where_the_logs_are(environment)}"
            )
            return Verdict(standing=Standing.STALLED, reason=Reason.UPDATE_FAILED, message=message)
        if operation.outcome is OperationOutcome.NOT_CONVERGED:
            message = (
                f"AWS says that the update succeeded, and still has other values for {fields(found)}. It is not sent again. Set the "
                "spec to what AWS has, or ask AWS Support."
            )
            return Verdict(standing=Standing.STALLED, reason=Reason.NOT_CONVERGING, message=message)
    return refused(situation, operation)


def _approved(situation: Situation, found: Difference) -> bool:
    """Whether a person has agreed to exactly this plan. A failed update gets another hash: agreeing to that tries it again."""
    changes = steps.pending(situation, found)
    manual = situation.spec.policies.update.approval is UpdateApproval.MANUAL
    return manual and changes is not None and situation.approved_plan == changes.hash


def _waits_for_window(situation: Situation, environment: AwsEnvironment, found: Difference) -> Verdict | None:
    window = situation.spec.policies.update.window
    if window is None or is_open(window, situation.at.now):
        return None
    message = (
        f"An update of {fields(found)} waits for the window that opens on {opens_at(window, situation.at.now):%a %d %b at %H:%M} UTC for "
        f"{window.duration_hours} hours. {consequence(found, steps.replacement(situation, environment, found))}"
    )
    return waits(situation, environment, Reason.WAITING_FOR_WINDOW, message)
