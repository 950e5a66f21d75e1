"""Brings the parts about that an environment stands on, one after the other, and removes them in the opposite order.

A part is looked at, the calls that can be made now are made, and it is looked at again, until it is as it is to be or something has to be
waited for. Nothing is kept between passes but what AWS may not show yet.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.calls import call, found_in
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.repetition import Repetition
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.aftermath import Aftermath
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.foundation import Foundation, PartState
from mwaa_operator.planning.parts.model import Call, PartContext, PartKind, PartPlan
from mwaa_operator.planning.parts.outputs import combined
from mwaa_operator.resources.parts import Part

log = logging.getLogger(__name__)

PASS_SECONDS = 2.5
"""After so much of our time the pass ends and another one goes on, so that no object holds a worker for long."""
REPEATED_AFTER_SECONDS = 2.0
"""Before the very same calls are made again, in seconds of AWS's time."""
STALLED_SECONDS = 60.0
"""Between looks at a part that waits for a person, in seconds of AWS's time: what is in its way may be mended in AWS."""
UNHEARD_SECONDS = 15.0
"""After a call that makes something and was not answered, before it is looked for: AWS mostly shows what is new within seconds."""
SHOWN_AFTER_SECONDS = 120.0
"""Within so many seconds AWS shows what it has made (EC2 API reference, eventual consistency: mostly within seconds)."""

Ask = Callable[..., Awaitable[Any]]
"""Runs a function that calls AWS in a thread. Raises AwsError."""
Said = Callable[[Foundation], Awaitable[None]]
"""Told how things stand before and after something is made."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """How a pass over one object calls AWS and speaks.

    `failed` tells what follows from a failed call, and after how many of our seconds it is tried again; `accepted` is told when all the
    calls of a round were accepted.
    """

    ask: Ask
    failed: Callable[[AwsError], tuple[Aftermath, float]]
    accepted: Callable[[], None]
    say: Said


class Row:
    """The parts, in order."""

    def __init__(
        self,
        clients: Clients,
        parts: Iterable[Part],
        *,
        scale: float,
        clock: Callable[[], float],
    ) -> None:
        self._clients = clients
        self._parts: Mapping[PartKind, Part] = {part.kind: part for part in parts}
        self._scale = scale
        self._clock = clock
        self._expected: dict[tuple[Key, PartKind], dict[str, float]] = {}
        self._repetition = Repetition(scale=scale, clock=clock)

    async def bring_about(
        self,
        key: Key,
        kinds: Iterable[PartKind],
        context: PartContext,
        means: Means,
        *,
        left_alone: Container[PartKind] = (),
    ) -> Foundation:
        """Bring parts about, each after those before it. Ends at the first that is not ready.

        Parts that are `left_alone` were in order, and what has changed in them since is only said.
        """
        foundation = Foundation(outputs=context.outputs)
        until = self._clock() + PASS_SECONDS
        for kind in kinds:
            context = replace(context, outputs=foundation.outputs)
            look = self._parts[kind].plan
            if kind in left_alone:
                look = partial(_without_corrections, look)
            state, plan, again = await self._work_on(key, kind, look, context, means, before=foundation, until=until)
            outputs = combined(plan.outputs, foundation.outputs) if plan is not None else foundation.outputs
            foundation = Foundation(states={**foundation.states, kind: state}, outputs=outputs, again=again)
            if foundation.holdup:
                break
        return foundation

    async def clear(self, key: Key, kinds: Iterable[PartKind], context: PartContext, means: Means) -> Foundation | None:
        """Remove parts, the last one first. None when nothing of them is left."""
        foundation = Foundation(outputs=context.outputs)
        until = self._clock() + PASS_SECONDS
        for kind in sorted(kinds, key=list(PartKind).index, reverse=True):
            state, plan, again = await self._work_on(
                key,
                kind,
                self._parts[kind].removal,
                context,
                means,
                before=foundation,
                until=until,
            )
            foundation = replace(foundation, states={**foundation.states, kind: state}, again=again)
            if plan is None or not plan.gone:
                return foundation
        return None

    def forget(self, key: Key) -> None:
        """An object is no more."""
        for kind in PartKind:
            self._expected.pop((key, kind), None)
            self._repetition.over(key, kind)

    async def _work_on(
        self,
        key: Key,
        kind: PartKind,
        look: Callable[[Clients, PartContext], PartPlan],
        context: PartContext,
        means: Means,
        *,
        before: Foundation,
        until: float,
    ) -> tuple[PartState, PartPlan | None, float | None]:
        plan: PartPlan | None = None
        try:
            while True:
                plan = await means.ask(look, self._clients, context)
                state = _state(plan)
                # What was made a moment ago and is not seen yet may neither be made again nor be taken for removed.
                unseen = self._unseen(key, kind, plan) if plan.calls or plan.gone else None
                if unseen:
                    waits = f"AWS has made {', '.join(sorted(unseen))} and does not show it yet."
                    return replace(state, message=waits, gone=False), replace(plan, gone=False), 1.0 / self._scale
                if not plan.calls:
                    return state, plan, self._until_the_next_look(key, kind, plan)
                rests = self._repetition.rests(key, kind, plan.calls)
                if rests is not None:
                    return _not_converging(plan, state), plan, rests
                repeated = self._repetition.times(key, kind, plan.calls) > 0
                await means.say(replace(before, states={**before.states, kind: state}))
                for step in plan.calls:
                    await self._make(key, kind, step, context, means.ask)
                self._repetition.accepted(key, kind, plan.calls)
                means.accepted()
                if repeated:
                    return state, plan, REPEATED_AFTER_SECONDS / self._scale
                if self._clock() >= until:
                    return state, plan, 0.0
                await asyncio.sleep(0)
        except AwsError as error:
            after, again = means.failed(error)
            if error.kind is FailureKind.TRANSIENT and plan is not None and any(step.made for step in plan.calls):
                # It may have been made all the same, under an id that nobody has heard.
                again = max(again, UNHEARD_SECONDS / self._scale)
            said = PartState(
                ready=False,
                reason=after.verdict.reason,
                message=after.verdict.message,
                stalled=after.verdict.standing is Standing.STALLED,
                unseen=plan is None,
                resources=plan.resources if plan is not None else _known(context, kind),
            )
            return said, None, again

    async def _make(self, key: Key, kind: PartKind, step: Call, context: PartContext, ask: Ask) -> None:
        log.info("calling AWS", extra={"object": str(key), "operation": step.operation, "part": kind.value})
        try:
            answer = await ask(
                call, self._clients.client(step.service, context.region), step.operation, step.parameters
            )
        except AwsError as error:
            if step.gone_is_fine and error.kind is FailureKind.GONE:
                return
            raise
        made = found_in(answer, step.made) if step.made else None
        if made is not None:
            self._expected.setdefault((key, kind), {})[str(made)] = self._clock()

    def _until_the_next_look(self, key: Key, kind: PartKind, plan: PartPlan) -> float | None:
        """After how many of our seconds a part without calls is looked at again. None: only when the object is."""
        if plan.ready or plan.gone:
            self._repetition.over(key, kind)
            return None
        if plan.reason is Reason.DRIFTED:
            return None
        return (max(plan.look_after, STALLED_SECONDS) if plan.stalled else plan.look_after) / self._scale

    def _unseen(self, key: Key, kind: PartKind, plan: PartPlan) -> set[str]:
        """What was made a moment ago and is not seen yet."""
        expected = self._expected.get((key, kind), {})
        seen = {resource.id for resource in plan.resources}
        late = self._clock() - SHOWN_AFTER_SECONDS / self._scale
        left = {made: at for made, at in expected.items() if made not in seen and at > late}
        self._expected[key, kind] = left
        return set(left)


def _without_corrections(
    look: Callable[[Clients, PartContext], PartPlan], clients: Clients, context: PartContext
) -> PartPlan:
    """What a look comes to where drift is only reported."""
    plan = look(clients, context)
    if not plan.calls:
        return plan
    changed = ", ".join(sorted({step.operation for step in plan.calls}))
    message = f"It was changed in AWS behind the operator's back, and is left so: policies.drift is Report. It would take {changed}."
    return replace(plan, calls=(), reason=Reason.DRIFTED, message=message)


def _not_converging(plan: PartPlan, state: PartState) -> PartState:
    asked = ", ".join(sorted({step.operation for step in plan.calls}))
    message = f"AWS accepts {asked} and is as before. It is not sent again. Look at what else changes it in AWS, or ask AWS Support."
    return replace(state, reason=Reason.NOT_CONVERGING, message=message, stalled=True)


def _state(plan: PartPlan) -> PartState:
    return PartState(
        ready=plan.ready,
        reason=plan.reason,
        message=plan.message,
        stalled=plan.stalled,
        gone=plan.gone,
        resources=plan.resources,
    )


def _known(context: PartContext, kind: PartKind) -> tuple[Any, ...]:
    """What the status lists of a part that could not be looked at."""
    return tuple(resource for resource in context.known if resource.part == kind.value)
