"""Has the checks made before a call that they judge: gathers the facts about all subjects at once. Judging is `planning.preflight`'s."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mwaa_operator.api.environment_status import PreflightStatus
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.model import Plan
from mwaa_operator.planning.preflight.outcome import held, preflight_status, question, still_holds
from mwaa_operator.planning.preflight.run import Report, checks_for, run, subjects_of
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject
from mwaa_operator.planning.situation import Situation

Looks = Mapping[Subject, Callable[[Clients, Question], Any]]
Ask = Callable[..., Awaitable[Any]]
"""Runs a function that calls AWS in a thread. Raises AwsError."""


class Preflight:
    """Checks before calls. `looks` gathers the facts of each subject; one that is missing there is not looked at."""

    def __init__(self, clients: Clients, looks: Looks) -> None:
        self._clients = clients
        self._looks = looks

    async def judge(
        self, situation: Situation, plan: Plan, *, region: str, ask: Ask
    ) -> tuple[Plan, PreflightStatus | None]:
        """The plan, or the one instead of it if a check found an error, and what is new to say of the checks. Raises AwsError."""
        asked = None if situation.foundation.holdup else question(situation, plan, region=region)
        if asked is None or still_holds(situation, asked):
            return plan, None
        report = await self.report(asked, ask=ask)
        return held(situation, plan, report) or plan, preflight_status(situation, asked, report)

    async def report(self, asked: Question, *, ask: Ask) -> Report:
        """Make the checks that judge what is asked. Raises AwsError."""
        checks = checks_for(asked)
        subjects = [subject for subject in subjects_of(checks) if subject in self._looks]
        seen = await asyncio.gather(*(ask(self._looks[subject], self._clients, asked) for subject in subjects))
        return run(checks, Snapshot(question=asked, facts=dict(zip(subjects, seen, strict=True))))
