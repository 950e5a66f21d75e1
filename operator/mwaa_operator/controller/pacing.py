"""When each object is looked at again, with what the process has learned about durations.

What one environment teaches is applied to all that wait: a fleet rolled out together would otherwise sleep through its own end.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from mwaa_operator.controller.store import Key
from mwaa_operator.planning.model import Waiting
from mwaa_operator.planning.schedule import PRIORS, Durations, Pace, jittered


@dataclass(frozen=True)
class _Watched:
    pace: Pace
    started: float
    looked: float
    roll: float
    """Drawn once a look: drawing again at every word that is spread, the earliest of many would win."""


class Pacing:
    """Seconds until the next look. Times of AWS are scaled to ours; `clock` gives ours in seconds."""

    _SPREAD_WORD_EVERY_SECONDS = 1.0
    _ENDED_AFTER = 0.7
    """Where between two looks an operation is taken to have ended: those looked at before it usually ends, ended late in between."""

    def __init__(
        self,
        *,
        scale: float,
        resync_seconds: float,
        clock: Callable[[], float],
        hurry: Callable[[Key, float], None],
        randomness: random.Random,
    ) -> None:
        self._scale = scale
        self._resync = resync_seconds
        self._clock = clock
        self._hurry = hurry
        self._random = randomness
        self._durations = {pace: Durations(prior) for pace, prior in PRIORS.items()}
        self._watched: dict[Key, _Watched] = {}
        self._late: set[Key] = set()
        self._spread_at = dict.fromkeys(Pace, float("-inf"))

    def at_rest(self, key: Key) -> float:
        """Until the next comparison with AWS of an object for which nothing is under way."""
        self._ended(key)
        return jittered(self._resync / self._scale, random=self._random.random())

    def waiting(self, key: Key, waiting: Waiting, *, elapsed: float) -> float:
        """Until the next look at an operation that has lasted `elapsed` seconds of AWS's time."""
        now = self._clock()
        known = self._watched.get(key)
        if known is not None and known.pace is not waiting.pace:
            self._ended(key)
        started = now - elapsed / self._scale
        roll = self._random.random()
        self._late.discard(key)
        self._watched[key] = _Watched(pace=waiting.pace, started=started, looked=now, roll=roll)
        wait = self._durations[waiting.pace].poll_after(elapsed) / self._scale
        # The first look falls anywhere: those that were started together should not be looked at together.
        return jittered(wait, random=roll) if known is not None else wait * (0.5 + roll)

    def forget(self, key: Key) -> None:
        """An object is no more."""
        self._ended(key)

    def abandon(self, key: Key) -> None:
        """Stop watching an operation without learning from it: it did not end, or nobody saw when."""
        self._watched.pop(key, None)
        self._late.discard(key)

    def _ended(self, key: Key) -> None:
        self._late.discard(key)
        watched = self._watched.pop(key, None)
        if watched is None:
            return
        now = self._clock()
        ended = watched.looked + self._ENDED_AFTER * (now - watched.looked)
        self._durations[watched.pace].add((ended - watched.started) * self._scale)
        if now - self._spread_at[watched.pace] >= self._SPREAD_WORD_EVERY_SECONDS:
            self._spread_at[watched.pace] = now
            self._spread_word(watched.pace, now)

    def _spread_word(self, pace: Pace, now: float) -> None:
        for key, watched in self._watched.items():
            if watched.pace is not pace:
                continue
            wait = self._durations[pace].poll_after((now - watched.started) * self._scale) / self._scale
            left = watched.looked + jittered(wait, random=watched.roll) - now
            if left > 0:
                self._hurry(key, left)
            elif key not in self._late:
                # Those who are late by what is known now are spread over one wait: not all of them looked at in one second.
                self._late.add(key)
                self._hurry(key, wait * watched.roll)
