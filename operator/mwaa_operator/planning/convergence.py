"""Making an environment what the spec asks for: taking it over, updating it, leaving it, and what is remembered of that."""

from dataclasses import replace
from datetime import timedelta

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import DriftPolicy, OperationOutcome
from mwaa_operator.api.environment_status import LastApplied
from mwaa_operator.planning import steps
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.drift import changed_by_aws, drifted_fields, is_drift
from mwaa_operator.planning.lifecycle import Answer, lifecycle_of
from mwaa_operator.planning.looks import verdict_of, waiting_for
from mwaa_operator.planning.model import Notice, Plan, Standing, Verdict, Waiting
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.restraint import held_back, judged, waits, waits_for_approval, waits_for_code
from mwaa_operator.planning.schedule import Pace
from mwaa_operator.planning.situation import Situation
from mwaa_operator.planning.window import opens_at
from mwaa_operator.planning.wording import aws_error, consequence, fields, where_the_logs_are

ADOPTION_SETTLES_SECONDS = 2.0
"""Between tagging an environment and looking whose it is now, so that two objects which adopt it at once both see the last word."""


def adopt(situation: Situation, environment: AwsEnvironment, found: Difference) -> Plan:
    """Take an environment over: it is tagged as ours, and looked at again before anything else is done to it.

    Of two objects that do this at once the one whose tags are there in the end goes on, and the other stalls.
    """
    if found.impossible:
        return _impossible(situation, found)
    unapproved = waits_for_approval(situation, environment, found)
    if unapproved:
        return Plan(verdict=unapproved, pending=steps.pending(situation, found), operation=situation.operation)
    message = (
        f"The environment {situation.desired.name} existed already. It is taken over: it is tagged as this object's."
    )
    return Plan(
        verdict=verdict_of(Standing.PROGRESSING, Reason.ADOPTING, message),
        steps=steps.tags(environment, found),
        pending=steps.pending(situation, found),
        operation=situation.operation,
        applied=_applied(situation, environment, found, settled=False),
        look_at=situation.at.now + timedelta(seconds=ADOPTION_SETTLES_SECONDS / situation.at.scale),
    )


def converge(situation: Situation, environment: AwsEnvironment, found: Difference) -> Plan:
    """Make an environment of ours what the spec asks for, now or when it is allowed to; where nothing differs, say so."""
    if found.impossible:
        return _impossible(situation, found)
    theirs = changed_by_aws(situation, environment, found)
    found = found.without(theirs)
    drifted = drifted_fields(situation, found)
    edited = bool(found.update) and not is_drift(situation)
    if drifted and not edited and situation.spec.policies.drift is DriftPolicy.REPORT:
        return _report_drift(situation, environment, found, drifted)
    lifecycle = lifecycle_of(environment.status)
    nudge = situation.retry and lifecycle.request in {Answer.REAPPLY, Answer.TRY}
    applied = _applied(situation, environment, found, settled=not found.update, theirs=theirs)
    if not found.update and not nudge:
        return replace(
            _in_agreement(situation, environment, found, applied=applied, theirs=theirs),
            notices=_drifted(situation, drifted),
        )
    if situation.operation is not None and situation.operation.outcome is None:
        return Plan(
            verdict=verdict_of(
                Standing.PROGRESSING, Reason.UPDATING, "AWS has accepted the update and does not show it yet."
            ),
            pending=steps.pending(situation, found),
            operation=situation.operation,
            waiting=waiting_for(situation, environment),
            drifted=drifted,
        )
    held = held_back(situation, environment, found)
    if held:
        window = situation.spec.policies.update.window
        return Plan(
            verdict=held,
            steps=steps.tags(environment, found),
            look_at=opens_at(window, situation.at.now) if window is not None else None,
            pending=steps.pending(situation, found),
            operation=judged(situation, found),
            applied=applied,
            drifted=drifted,
            notices=_drifted(situation, drifted, "It is not put right yet: see the conditions."),
        )
    upgrade = "AirflowVersion" in found.update
    took = "up to 2 hours" if upgrade else "15 to 45 minutes"
    effect = consequence(found, steps.replacement(situation, environment, found))
    return Plan(
        verdict=verdict_of(
            Standing.PROGRESSING,
            Reason.UPDATING,
            f"An update of {fields(found)} is being made, which usually takes {took}. {effect}",
        ),
        steps=(*steps.tags(environment, found), steps.update(situation, environment, found)),
        pending=steps.pending(situation, found),
        operation=judged(situation, found),
        applied=applied,
        waiting=Waiting(pace=Pace.UPGRADE if upgrade else Pace.UPDATE, since=situation.at.now),
        drifted=drifted,
        notices=_drifted(situation, drifted),
    )


def _impossible(situation: Situation, found: Difference) -> Plan:
    fixed = ", ".join(change.field for change in found.impossible)
    message = (
        f"AWS cannot change {fixed} of an environment that exists. Set the spec back to what AWS has, or delete this object and "
        "create it again."
    )
    return Plan(
        verdict=verdict_of(Standing.STALLED, Reason.IMMUTABLE_FIELD, message),
        pending=steps.pending(situation, found),
        operation=situation.operation,
        applied=situation.applied,
    )


def _drifted(
    situation: Situation, drifted: tuple[str, ...], what_follows: str = "It is put right."
) -> tuple[Notice, ...]:
    if not _newly_drifted(situation, drifted):
        return ()
    message = f"{', '.join(drifted)} was changed in AWS behind the operator's back. {what_follows}"
    return (Notice(Reason.DRIFTED, message),)


def _newly_drifted(situation: Situation, drifted: tuple[str, ...]) -> bool:
    return not set(drifted) <= set(situation.status.drifted_fields)


def _report_drift(
    situation: Situation, environment: AwsEnvironment, found: Difference, drifted: tuple[str, ...]
) -> Plan:
    message = (
        f"{', '.join(drifted)} was changed in AWS behind the operator's back. It is left so: policies.drift is Report."
    )
    return Plan(
        verdict=waits(situation, environment, Reason.DRIFTED, message),
        steps=steps.tags(environment, found.without_tags(drifted)),
        pending=steps.pending(situation, found),
        operation=situation.operation,
        applied=situation.applied,
        drifted=drifted,
        notices=(Notice(Reason.DRIFTED, message),) if _newly_drifted(situation, drifted) else (),
    )


def _in_agreement(
    situation: Situation,
    environment: AwsEnvironment,
    found: Difference,
    *,
    applied: LastApplied,
    theirs: frozenset[str],
) -> Plan:
    available = environment.status == "AVAILABLE"
    unknown = waits_for_code(situation, environment)
    if unknown:
        # What is in agreement with the spec but for the code is not remembered as being in agreement with it.
        verdict, applied = unknown, situation.applied
    elif available and theirs:
        message = (
            f"AWS itself has changed {', '.join(sorted(theirs))}, in its {environment.last_update.source or 'own'} update. It is left so "
            "until the spec changes. Set the spec to what AWS has."
        )
        verdict = waits(situation, environment, Reason.CHANGED_BY_AWS, message)
    elif available:
        message = "AWS runs what the spec asks for."
        if found.left_behind:
            left = ", ".join(found.left_behind)
            message += f" {left} stays as it was: it left the spec, and AWS has no call to unset it."
        verdict = Verdict(standing=Standing.SETTLED, reason=Reason.AVAILABLE, message=message, ready=True, synced=True)
    else:
        message = (
            f"The last update failed{aws_error(environment)}. AWS has restored what the spec asks for; a new value of the annotation "
            "mwaa-operator.dev/reconcile-requested-at sends an update that makes the environment AVAILABLE again."
            f"{where_the_logs_are(environment)}"
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


def _applied(
    situation: Situation,
    environment: AwsEnvironment,
    found: Difference,
    *,
    settled: bool,
    theirs: frozenset[str] = frozenset(),
) -> LastApplied:
    """What to remember as applied. Until an update has ended, what it replaces is remembered too."""
    before = situation.applied
    fields, tag_keys = set(situation.desired.fields), set(situation.desired.tags)
    if not settled:
        # Only agreement is remembered as such: an update that succeeded and changed nothing would be taken for drift next.
        return before.model_copy(
            update={
                "hash": situation.agreed.hash,
                "generation": situation.agreed.generation,
                "fields": tuple(sorted(fields | set(before.fields))),
                "tag_keys": tuple(sorted(tag_keys | set(before.tag_keys))),
                "left_to_aws": tuple(sorted(theirs)),
            }
        )
    return LastApplied(
        hash=situation.desired_hash,
        options_hash=situation.options_hash,
        generation=situation.generation,
        fields=tuple(sorted(fields)),
        tag_keys=tuple(sorted(tag_keys | (set(found.tags_to_remove) & set(before.tag_keys)))),
        tags_hash=situation.tags_hash,
        created_at=environment.created_at,
        update_at=environment.last_update.created_at,
        left_to_aws=tuple(sorted(theirs)),
    )
