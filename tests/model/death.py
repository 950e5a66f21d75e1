"""Where an operator process dies: before or after any of its calls."""

from __future__ import annotations

from dataclasses import dataclass


class Died(BaseException):
    """The process is no more. Not an Exception, so that nothing in the operator can take it for one."""


@dataclass
class Fate:
    """When a process dies: at the so-manieth of its calls to the outside world, `before` or `after` its effect."""

    calls_left: int | None = None
    after_effect: bool = False
    dead: bool = False
    calls: int = 0

    def begins(self) -> None:
        """A call begins. Raises Died."""
        if self.dead:
            raise Died
        self.calls += 1
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left <= 0 and not self.after_effect:
                self._die()

    def took_effect(self) -> None:
        """A call has been carried out, its answer is under way. Raises Died."""
        if self.calls_left is not None and self.calls_left <= 0 and self.after_effect:
            self._die()

    def _die(self) -> None:
        self.dead = True
        raise Died
