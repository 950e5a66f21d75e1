"""What accompanies environments that run: it looks in a rhythm of its own, says what it has seen, and never holds up or fails a pass.

A pass tells a companion which environment it has just seen, and takes along what the companion has to say of it. Where that is news, the
companion asks for a pass; so what it says is written by passes alone, which never overlap.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from mwaa_operator.api.conditions import ConditionType
from mwaa_operator.controller.redaction import Redaction
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.companion import Accompanied, Remark, Remarks, accompanied
from mwaa_operator.planning.situation import Situation


class Companion(Protocol):
    """One kind of look."""

    kind: ConditionType

    def accompany(self, key: Key, environment: Accompanied) -> None:
        """A pass has just seen the environment run. Called again by each later pass."""

    def leave(self, key: Key) -> None:
        """There is nothing to look at any more, or not now."""

    def remark(self, key: Key) -> Remark | None:
        """What there is to say of an environment that is accompanied; None: nothing new since the process began."""

    async def run(self) -> None:
        """Look, until cancelled."""


class Companions:
    """All companions, and the types of conditions of those that are switched off."""

    def __init__(self, companions: Sequence[Companion] = (), *, off: frozenset[ConditionType] = frozenset()) -> None:
        self._companions = companions
        self._off = off

    def seen(self, key: Key, situation: Situation, *, region: str | None) -> Remarks:
        """A pass has seen an environment: gives what there is to say of it."""
        if situation.environment is None:
            self.leave(key)
            return Remarks(none=self._off | {one.kind for one in self._companions})
        about = accompanied(situation, region=region or "", hide=Redaction.of_situation(situation).text)
        if about is None:
            # At work: what was said of it holds until it can be looked at again.
            self.leave(key)
            return Remarks(none=self._off)
        said = []
        for companion in self._companions:
            companion.accompany(key, about)
            remark = companion.remark(key)
            if remark is not None:
                said.append(remark)
        return Remarks(said=tuple(said), none=self._off)

    def leave(self, key: Key) -> None:
        """An object is no more, or is left alone."""
        for companion in self._companions:
            companion.leave(key)

    async def run(self) -> None:
        """Let all of them look, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())  # also where there are none
            for companion in self._companions:
                group.create_task(companion.run())


Kick = Callable[[Key], None]
"""Asks for a pass over an object."""
