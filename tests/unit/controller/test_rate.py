"""How often AWS is asked after it has throttled."""

import pytest
from mwaa_operator.controller.rate import Rate


class Asker:
    """Asks as often as the rate allows."""

    def __init__(self):
        self.rate, self.now = Rate(), 0.0

    def asks(self, seconds, said=None):
        """How many times it may ask within so many seconds; AWS says the same to each, if anything."""
        end, count = self.now + seconds, 0
        while self.now + self.rate.wait(self.now) < end:
            self.now += self.rate.wait(self.now) + 1e-6
            self.rate.take(self.now)
            count += 1
            if said:
                said(self.now)
            if count > 10_000:
                return count
        self.now = end
        return count


def test_there_is_no_bound_before_aws_has_throttled():
    assert Asker().asks(1) > 10_000


def test_throttled_it_asks_less_and_less_often_but_never_stops():
    asker = Asker()
    asker.rate.throttled(0)
    counts = [asker.asks(10, asker.rate.throttled) for _ in range(6)]
    assert counts[0] <= 10 * Rate.FIRST
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 10 * Rate.LEAST


def test_calls_that_are_throttled_together_halve_the_rate_once():
    asker = Asker()
    for _ in range(16):
        asker.rate.throttled(asker.now)
    assert asker.asks(10) == pytest.approx(10 * Rate.FIRST, abs=2)


def test_answers_make_it_faster_until_there_is_no_bound_any_more():
    asker = Asker()
    asker.rate.throttled(0)
    first = asker.asks(5, asker.rate.answered)
    assert first > 5 * Rate.FIRST
    assert asker.asks(60, asker.rate.answered) > 10_000


def test_a_pause_is_not_made_up_for_by_a_burst():
    asker = Asker()
    asker.rate.throttled(0)
    asker.now = 3600
    assert asker.asks(0.01) <= Rate.FIRST


def test_who_comes_back_when_told_to_gets_a_token_whatever_the_floats():
    for rate in range(1, 200):
        asker = Asker()
        asker.rate.throttled(0)
        for _ in range(rate):
            asker.rate.answered(0)
        now = 1e9 / rate
        asker.rate.take(now)
        for _ in range(100):
            now += asker.rate.wait(now)
            assert asker.rate.wait(now) == 0
            asker.rate.take(now)
