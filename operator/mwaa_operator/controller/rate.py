"""How often AWS wants to be asked. It does not say so before it is asked too often, and then it throttles."""


class Rate:
    """A token bucket whose rate AWS sets: halved when it throttles, growing while it answers, without a bound before it has throttled.

    One token is one pass, which is a call or two. Times are seconds of one clock, rates are passes a second.
    """

    FIRST = 10.0
    LEAST = 0.5
    MOST = 50.0
    """Above this there is no bound any more."""
    GROWTH = 0.1
    """Per answer: the rate doubles in seven seconds."""
    HALVED_EVERY_SECONDS = 1.0
    """Calls that were under way together are throttled together: that is one word of AWS's."""
    FORGOTTEN_AFTER_SECONDS = 3600.0
    """That AWS has throttled so long ago says nothing of now."""
    _ROUNDING = 1e-3
    """A sum of floats could fall short of a whole token for ever."""

    def __init__(self) -> None:
        self._rate: float | None = None
        self._tokens = 0.0
        self._filled = 0.0
        self._halved = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until there is a token, 0 if there is one."""
        if self._rate is None:
            return 0.0
        # At most what comes in a second: a pause is not made up for by a burst.
        self._tokens = min(self._tokens + (now - self._filled) * self._rate, max(self._rate, 1.0))
        self._filled = now
        missing = 1.0 - self._tokens
        return missing / self._rate if missing > self._ROUNDING else 0.0

    def take(self, now: float) -> None:
        """Use a token."""
        if self._rate is not None and self.wait(now) == 0:
            self._tokens -= 1.0

    def throttled(self, now: float) -> None:
        """AWS has asked for fewer calls."""
        if now - self._halved < self.HALVED_EVERY_SECONDS:
            return
        self.wait(now)
        if self._rate is None:
            self._tokens, self._filled = 0.0, now
        self._rate = self.FIRST if self._rate is None else max(self._rate / 2, self.LEAST)
        self._halved = now

    def answered(self, now: float) -> None:
        """AWS has carried out a call, or refused it for what it was."""
        if self._rate is None:
            return
        self.wait(now)
        self._rate += self.GROWTH
        if self._rate > self.MOST:
            self._rate = None

    def is_over(self, now: float) -> bool:
        """Whether there is no bound that is worth remembering."""
        return self._rate is None or now - self._halved > self.FORGOTTEN_AFTER_SECONDS
