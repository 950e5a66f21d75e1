"""What environments stand on, seen to in their passes: which parts are due, and what is said of them meanwhile."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.controller.artifacts.artifacts import Artifacts
from mwaa_operator.controller.row import Means, Row
from mwaa_operator.controller.status_writer import Progress
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.aftermath import Aftermath
from mwaa_operator.planning.artifacts.standing import is_left_over
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.model import Plan, Standing, Verdict
from mwaa_operator.planning.parts.due import due, left_alone, left_out, removed_when_left_out, to_clear
from mwaa_operator.planning.parts.foundation import Foundation, PartState, wanted
from mwaa_operator.planning.parts.model import PartContext, PartKind
from mwaa_operator.planning.parts.outputs import remembered
from mwaa_operator.planning.report import shown_environment
from mwaa_operator.planning.situation import Situation

_THERE = Verdict(
    standing=Standing.PROGRESSING, reason=Reason.PROVISIONED, message="What the environment needs is there."
)

Write = Callable[[Progress], Awaitable[None]]


class Foundations:
    """Sees to the parts of each object.

    `ask` calls AWS for an object, `failed` tells what follows from a call that failed and after how many seconds it is tried again,
    `accepted` is told when all the calls of a round were accepted, `writer` gives what writes the status of an object in a situation.
    """

    def __init__(
        self,
        row: Row,
        artifacts: Artifacts,
        *,
        ask: Callable[..., Awaitable[Any]],
        failed: Callable[[Key, AwsError], tuple[Aftermath, float]],
        accepted: Callable[[Key], None],
        writer: Callable[[Key, Situation, Plan, str | None], Write],
    ) -> None:
        self._row = row
        self._artifacts = artifacts
        self._ask = ask
        self._failed = failed
        self._accepted = accepted
        self._writer = writer

    async def bring_about(self, key: Key, situation: Situation, region: str | None) -> Foundation:
        """Bring the parts about that are due. What is not looked at is taken to be as it was."""
        kinds = due(situation)
        context = _context(situation, region)
        foundation = Foundation(outputs=context.outputs)
        if kinds:
            means = self._means(key, situation, region)
            foundation = await self._row.bring_about(key, kinds, context, means, left_alone=left_alone(situation))
        return self._artifacts.on_top_of(foundation, key, situation, region)

    def concerns(self, key: Key, spec: EnvironmentSpec, status: EnvironmentStatus) -> bool:
        """Whether there is anything to bring about for an object, or to let go."""
        code = spec.artifacts is not None or is_left_over(status) or self._artifacts.keeps(key)
        return code or bool(wanted(spec))

    def rest(self, key: Key) -> None:
        """Leave an object's code as it is for now."""
        self._artifacts.forget(key)

    async def after(self, key: Key, situation: Situation, decided: Plan, region: str | None) -> float | None:
        """Remove what the environment does not stand on any more: all parts of one that is gone, and those that the spec has left out.

        Gives the seconds until it is to be gone on with, None when there is nothing to remove.
        """
        if decided.clears:
            return await self._clear(key, situation, to_clear(situation), region)
        kinds = left_out(situation)
        if not kinds or not decided.verdict.synced:
            return None
        again = await self._clear(key, situation, [kind for kind in kinds if removed_when_left_out(kind)], region)
        if again is None:
            message = "The spec does not ask for it any more: what is left of it in AWS is yours."
            let_go = PartState(ready=True, reason=Reason.PROVISIONED, message=message)
            states = dict.fromkeys(kinds, let_go)
            await self._sayer(key, situation, region)(Foundation(states=states, outputs=situation.foundation.outputs))
        return again

    def forget(self, key: Key) -> None:
        """An object is no more."""
        self._row.forget(key)
        self._artifacts.forget(key)

    async def _clear(
        self, key: Key, situation: Situation, kinds: Iterable[PartKind], region: str | None
    ) -> float | None:
        means = self._means(key, situation, region)
        left = await self._row.clear(key, kinds, _context(situation, region), means)
        if left is None:
            return None
        await means.say(left)
        return left.again or 0.0

    def _means(self, key: Key, situation: Situation, region: str | None) -> Means:
        return Means(
            ask=partial(self._ask, key),
            failed=partial(self._failed, key),
            accepted=partial(self._accepted, key),
            say=self._sayer(key, situation, region),
        )

    def _sayer(self, key: Key, situation: Situation, region: str | None) -> Callable[[Foundation], Awaitable[None]]:
        """Says how the parts stand while they are made or removed. An environment that runs is not less ready meanwhile."""

        async def say(foundation: Foundation) -> None:
            speaks = foundation.holdup if situation.environment is None else None
            decided = Plan(verdict=speaks or _THERE, operation=situation.operation)
            progress = Progress(speaks, shown_environment(situation.environment), situation.operation)
            # A request is only answered once all of the pass has been made.
            meanwhile = replace(situation, foundation=foundation, retry=False)
            await self._writer(key, meanwhile, decided, region)(progress)

        return say


def _context(situation: Situation, region: str | None) -> PartContext:
    return PartContext(
        identity=situation.identity,
        name=situation.desired.name,
        account_id=situation.observation.account_id,
        region=region or "",
        spec=situation.spec,
        environment=situation.environment,
        known=situation.status.resources,
        outputs=remembered(situation.status, situation.spec),
    )
