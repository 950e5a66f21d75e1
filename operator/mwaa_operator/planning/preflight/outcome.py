"""What follows from the checks: when they are made, what is asked of them, and whether the call to AWS is made."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.api.enums import ConditionStatus, PreflightPolicy
from mwaa_operator.api.environment_status import PreflightFinding, PreflightStatus
from mwaa_operator.planning.artifacts.places import coming
from mwaa_operator.planning.conditions import condition
from mwaa_operator.planning.model import Notice, Plan, Standing, StepKind, Verdict
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.preflight.model import CheckVerdict
from mwaa_operator.planning.preflight.run import Report
from mwaa_operator.planning.preflight.snapshot import Question, Subject
from mwaa_operator.planning.situation import Situation

STALE_AFTER_SECONDS = 900.0
"""For how long what the checks found is taken to hold, in seconds of AWS's time, while the same call is tried again."""
SOONEST_SECONDS, LATEST_SECONDS = 10.0, 300.0
"""Between two rounds of checks that found an error. What they found is mended in AWS as often as in the spec, and mostly soon: as much
time again as it has lasted already goes by before the next round, within these bounds.
"""
NEW_FOR_SECONDS = 300.0
"""How long IAM may take until it knows a new role everywhere: as long as design §4.10 has the call itself tried."""
MOST_FINDINGS = 128
"""What the status has room for."""


def question(situation: Situation, plan: Plan, *, region: str) -> Question | None:
    """What the checks are to judge before the steps of a plan are made. None: nothing that they judge is done.

    Before a create and on request all of them are made, before an update those that judge what it changes. All of them once more where
    an update that a check had stopped is asked for no longer, so that what it found is not said for ever.
    """
    step = next((step for step in plan.steps if step.kind in {StepKind.CREATE, StepKind.UPDATE}), None)
    if situation.deleting:
        return None
    asked = whole(situation, region=region)
    if step is None and not situation.retry and not (plan.verdict.synced and _is_outdated(situation, asked)):
        return None
    if step is None or asked.current is None or situation.retry:
        return asked
    return replace(asked, changed=frozenset(step.parameters) - {"Name", "WorkerReplacementStrategy"})


def whole(situation: Situation, *, region: str) -> Question:
    """All that the object asks for, and what AWS has for the rest: for every check."""
    current = situation.environment.document if situation.environment else None
    fields: dict[str, Any] = {**(current or {}), **situation.desired.fields}
    return Question(
        name=situation.desired.name,
        account_id=situation.observation.account_id,
        region=region,
        fields=fields,
        tags={**situation.desired.tags, **situation.identity.tags},
        today=situation.at.now.date(),
        changed=frozenset({*fields, "Name", "Tags"}),
        coming=coming(situation.spec),
        current=current,
    )


def hash_of(situation: Situation, asked: Question) -> str:
    """Names what was judged."""
    judged = {"fields": situation.desired.fields, "tags": situation.desired.tags, "changed": sorted(asked.changed)}
    return situation.key.fingerprint(judged)


def still_holds(situation: Situation, asked: Question) -> bool:
    """Whether the checks were made for this very call a moment ago, and found no error: as while AWS refuses a new role."""
    known = situation.status.preflight
    return (
        known is not None
        and known.checked_at is not None
        and known.hash == hash_of(situation, asked)
        and not situation.retry
        and not _errors(known)
        and situation.at.seconds_since(known.checked_at) < STALE_AFTER_SECONDS
    )


def preflight_status(situation: Situation, asked: Question, report: Report) -> PreflightStatus:
    """What the checks have found, for the status. What has not changed keeps its time, so that nothing ticks."""
    found = PreflightStatus(
        hash=hash_of(situation, asked),
        checked_at=situation.at.now,
        passed=report.passed,
        findings=tuple(
            PreflightFinding(
                check=result.check.name,
                verdict=result.finding.verdict.value,
                found=result.finding.found,
                advice=result.finding.advice or None,
                page=result.check.page,
            )
            for result in report.results[:MOST_FINDINGS]
        ),
    )
    known = situation.status.preflight
    same = known is not None and known.model_copy(update={"checked_at": None}) == found.model_copy(
        update={"checked_at": None}
    )
    return known if same and known is not None and _errors(known) else found


def after_checks(situation: Situation, plan: Plan, report: Report) -> Plan:
    """The plan, or the one instead of it; with policies.preflight Warn the plan that says what speaks against it."""
    instead = held(situation, plan, report)
    if instead is not None or not report.errors or not _makes_a_call(plan):
        return instead or plan
    finding = report.errors[0].finding
    message = f"The call is made all the same, as policies.preflight says: {finding.found} {finding.advice}"
    return replace(plan, notices=(*plan.notices, Notice(Reason.PREFLIGHT_WARNED, message)))


def held(situation: Situation, plan: Plan, report: Report) -> Plan | None:
    """The plan instead of one whose call would fail. None where the call is to be made."""
    if not report.errors or not _makes_a_call(plan) or situation.spec.policies.preflight is PreflightPolicy.WARN:
        return None
    first = report.errors[0]
    more = f" {len(report.errors) - 1} more: see status.preflight." if len(report.errors) > 1 else ""
    instead = "created" if situation.environment is None else "updated"
    message = (
        f"The environment is not {instead}, because that would fail: {first.finding.found} {first.finding.advice}{more} "
        "It is looked at again by itself."
    )
    environment = situation.environment
    fresh = _role_is_new(situation) and all(Subject.ROLE in result.check.needs for result in report.errors)
    verdict = Verdict(
        standing=Standing.PROGRESSING if fresh else Standing.STALLED,
        reason=Reason.WAITING_FOR_IAM if fresh else Reason.PREFLIGHT_FAILED,
        message=message,
        ready=environment is not None
        and environment.status == "AVAILABLE"
        and situation.applied.generation is not None,
        ready_generation=situation.applied.generation,
    )
    again = _wait(situation) / situation.at.scale
    return replace(
        plan,
        verdict=verdict,
        steps=(),
        waiting=None,
        look_at=situation.at.now + timedelta(seconds=again),
        operation=situation.operation,
    )


def preflight_condition(status: PreflightStatus, *, generation: int, now: datetime) -> Condition:
    """PreflightPassed: the first error, or how many checks found nothing."""
    errors = _errors(status)
    if errors:
        more = f" {len(errors) - 1} more: see status.preflight." if len(errors) > 1 else ""
        text, reason = f"{errors[0].found} {errors[0].advice or ''}{more}", Reason.PREFLIGHT_FAILED
    else:
        warnings = sum(finding.verdict == CheckVerdict.WARNING for finding in status.findings)
        noted = f" {warnings} warned of something: see status.preflight." if warnings else ""
        made = f"{status.passed} checks found nothing" if status.passed else "No check was needed"
        text, reason = f"{made}.{noted}", Reason.PREFLIGHT_PASSED
    return condition(
        ConditionType.PREFLIGHT_PASSED, not errors, reason=reason, message=text.strip(), generation=generation, now=now
    )


def _makes_a_call(plan: Plan) -> bool:
    return any(step.kind in {StepKind.CREATE, StepKind.UPDATE} for step in plan.steps)


def _is_outdated(situation: Situation, asked: Question) -> bool:
    """Whether the status tells of an error that was found for something else than what is asked for now."""
    known = situation.status.preflight
    return known is not None and bool(_errors(known)) and known.hash != hash_of(situation, asked)


def _errors(status: PreflightStatus) -> list[PreflightFinding]:
    return [finding for finding in status.findings if finding.verdict == CheckVerdict.ERROR]


def _wait(situation: Situation) -> float:
    """Seconds of AWS's time until the checks are made again."""
    since = _since(situation, ConditionType.PREFLIGHT_PASSED, ConditionStatus.FALSE)
    lasted = 0.0 if since is None else situation.at.seconds_since(since)
    return min(max(lasted, SOONEST_SECONDS), LATEST_SECONDS)


def _since(situation: Situation, kind: ConditionType, status: ConditionStatus) -> datetime | None:
    """Since when a condition has been so."""
    known = (one for one in situation.status.conditions if one.type == kind and one.status is status)
    return next((one.last_transition_time for one in known), None)


def _role_is_new(situation: Situation) -> bool:
    """Whether the operator has made the execution role so recently that IAM may not know all of it everywhere."""
    if PartKind.EXECUTION_ROLE.value not in {resource.part for resource in situation.status.resources}:
        return False
    since = _since(situation, ConditionType.EXECUTION_ROLE_READY, ConditionStatus.TRUE)
    return since is not None and situation.at.seconds_since(since) < NEW_FOR_SECONDS
