"""Who asks AWS the same within seconds is given the same answer, however many ask, and nobody an answer that has grown old."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from mwaa_operator.aws.shared_answers import _MOST, SharedAnswers


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def answers(clock):
    return SharedAnswers(5, clock=clock)


@pytest.fixture
def ask():
    """An AWS that counts, and answers with the number of the call."""
    calls = []

    def asked():
        calls.append(None)
        return len(calls)

    return asked


def test_answer_is_given_again_for_its_seconds_and_not_longer(answers, clock, ask):
    assert answers.get("subnets", ask) == 1
    clock.now = 4.9
    assert answers.get("subnets", ask) == 1
    clock.now = 5.0
    assert answers.get("subnets", ask) == 2


def test_other_question_has_an_answer_of_its_own(answers, ask):
    assert [answers.get("subnets", ask), answers.get("groups", ask), answers.get("subnets", ask)] == [1, 2, 1]


def test_all_who_ask_meanwhile_wait_for_the_one_call(answers):
    asked, go = threading.Event(), threading.Event()
    calls = []

    def ask():
        calls.append(None)
        asked.set()
        assert go.wait(60)
        return "answer"

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(answers.get, "subnets", ask)
        assert asked.wait(60)
        others = [threads.submit(answers.get, "subnets", ask) for _ in range(7)]
        go.set()
        assert {each.result(60) for each in (first, *others)} == {"answer"}
    assert len(calls) == 1


def test_error_goes_to_all_who_wait_and_is_not_kept(answers, ask):
    asked, go = threading.Event(), threading.Event()

    def fail():
        asked.set()
        assert go.wait(60)
        raise ValueError("throttled")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(answers.get, "subnets", fail)
        assert asked.wait(60)
        second = threads.submit(answers.get, "subnets", fail)
        go.set()
        for each in (first, second):
            with pytest.raises(ValueError, match="throttled"):
                each.result(60)
    assert answers.get("subnets", ask) == 1


def test_answers_that_have_grown_old_are_not_kept_for_ever(answers, clock, ask):
    for number in range(3 * _MOST):
        answers.get(f"question {number}", ask)
        clock.now += 0.1
    assert len(answers._kept) <= _MOST  # what is kept shows nowhere else
