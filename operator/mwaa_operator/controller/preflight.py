"""Has the checks made before a call that they judge: gathers the facts about all subjects at once. Judging is `planning.preflight`'s."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mwaa_operator.api.environment_status import PreflightStatus
from mwaa_operator.aws.shared_answers import SECONDS, ClientMaker, SharedAnswers, SharedClients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.model import Plan
from mwaa_operator.planning.preflight.outcome import after_checks, preflight_status, question, still_holds
from mwaa_operator.planning.preflight.run import Report, checks_for, run, subjects_of
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject, Unseen
from mwaa_operator.planning.situation import Situation

PATIENCE_SECONDS = 20.0
"""For how long a subject is looked at, of our time. With AWS answering in 100 ms the longest takes two seconds."""

Looks = Mapping[Subject, Callable[[ClientMaker, Question], Any]]
Ask = Callable[..., Awaitable[Any]]
"""Runs a function that calls AWS in a thread. Raises AwsError."""


class Preflight:
    """Checks before calls. `looks` gathers the facts of each subject; one that is missing there is not looked at.

    Objects whose checks are made within seconds share what AWS answers, unless somebody asks for a look by hand. `scale` is how many
    times as fast as ours AWS's time runs.
    """

    def __init__(self, clients: ClientMaker, looks: Looks, *, scale: float = 1) -> None:
        self._clients = clients
        self._shared = SharedClients(clients, SharedAnswers(SECONDS / scale))
        self._looks = looks

    async def judge(
        self, situation: Situation, plan: Plan, *, region: str, ask: Ask
    ) -> tuple[Plan, PreflightStatus | None]:
        """The plan, or the one instead of it if a check found an error, and what is new to say of the checks. Raises AwsError."""
        # Code that does not come keeps an environment from being created, and none that is there from being judged.
        ground = situation.foundation if situation.environment is None else situation.foundation.ground
        asked = None if ground.holdup else question(situation, plan, region=region)
        if asked is None or still_holds(situation, asked):
            return plan, None
        clients = self._clients if situation.retry else self._shared
        report = await self._report(asked, clients, ask)
        return after_checks(situation, plan, report), preflight_status(situation, asked, report)

    async def report(self, asked: Question, *, ask: Ask) -> Report:
        """Make the checks that judge what is asked, from looks of their own. Raises AwsError where there are no valid credentials."""
        return await self._report(asked, self._clients, ask)

    async def _report(self, asked: Question, clients: ClientMaker, ask: Ask) -> Report:
        checks = checks_for(asked)
        subjects = [subject for subject in subjects_of(checks) if subject in self._looks]
        seen = await asyncio.gather(*(self._look(subject, asked, clients, ask) for subject in subjects))
        return run(checks, Snapshot(question=asked, facts=dict(zip(subjects, seen, strict=True))))

    async def _look(self, subject: Subject, asked: Question, clients: ClientMaker, ask: Ask) -> Any:
        """The facts about a subject. What AWS does not show in time is not waited for: checks help, and nothing depends on them."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await ask(self._looks[subject], clients, asked)
        except TimeoutError:
            return Unseen(
                f"AWS answers too slowly to look at the {subject}.", "See to it yourself that all is well there."
            )
        except AwsError as error:
            if error.kind is FailureKind.CREDENTIALS:
                raise
            said = f"AWS does not show the {subject} now: {error.operation} ends in {error.code}."
            return Unseen(said, "See to it yourself that all is well there.")
