"""What is new of a run is told once, and a log that is late or cannot be read stops nobody."""

from __future__ import annotations

from collections import deque

from mwaa_operator.cli.kubectl.airflow import MomentaryError, NotThereError, UnreachableError
from mwaa_operator.cli.kubectl.following import FAILED_READS, Following

BEGAN = "2026-11-26T03:00:00Z"


class Airflow:
    """An Airflow whose answers are written down beforehand: a run's state and its tasks a look, and logs by task and try."""

    def __init__(self, *looks, logs=()):
        self.looks, self.logs = deque(looks), dict(logs)
        self.read = []

    def get(self, *path, **_):
        if "logs" not in path:
            return {"state": self.looks[0][0]}
        task, attempt = path[-3], int(path[-1])
        self.read.append((task, attempt))
        answers = self.logs.get((task, attempt), [[]])
        answer = answers[0] if len(answers) == 1 else answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"content": answer}

    def listed(self, *_):
        return self.looks.popleft()[1] if len(self.looks) > 1 else self.looks[0][1]


def task(task_id, state, *, tries=1, index=-1):
    began = BEGAN if tries else None
    return {"task_id": task_id, "state": state, "try_number": tries, "map_index": index, "start_date": began}


def followed(airflow):
    """All news of a run to its end."""
    following = Following(airflow, "etl", "r")
    news = []
    while not following.ended:
        news += following.look()
    return [*news, *following.rest_of_logs()]


def told(news, kind, *members):
    return [tuple(each[member] for member in members) for each in news if each["type"] == kind]


def test_each_state_and_each_line_is_told_once():
    airflow = Airflow(
        ("queued", [task("a", None, tries=0)]),
        ("running", [task("a", "running")]),
        ("running", [task("a", "running")]),
        ("success", [task("a", "success")]),
        logs={("a", 1): [["one"], ["one", "two"], ["one", "two", "two"]]},
    )
    news = followed(airflow)
    assert told(news, "run", "state") == [("queued",), ("running",), ("success",)]
    assert told(news, "task", "task", "state") == [("a", "running"), ("a", "success")]
    assert told(news, "log", "task", "line") == [("a", "one"), ("a", "two"), ("a", "two")]


def test_every_try_of_a_task_has_its_log():
    airflow = Airflow(
        ("running", [task("a", "up_for_retry")]),
        ("failed", [task("a", "failed", tries=3)]),
        logs={("a", number): [[f"try {number}"]] for number in (1, 2, 3)},
    )
    assert sorted(told(followed(airflow), "log", "try", "line")) == [(1, "try 1"), (2, "try 2"), (3, "try 3")]


def test_mapped_tasks_are_told_apart():
    airflow = Airflow(("success", [task("a", "success", index=0), task("a", "success", index=1)]))
    assert told(followed(airflow), "task", "task") == [("a[0]",), ("a[1]",)]


def test_log_that_comes_after_its_task_has_ended_is_waited_for():
    airflow = Airflow(
        ("success", [task("a", "success")]), logs={("a", 1): [NotThereError(404, "none yet"), [], ["late"]]}
    )
    assert told(followed(airflow), "log", "line") == [("late",)]


def test_failed_task_without_a_log_is_told():
    news = followed(Airflow(("failed", [task("a", "failed"), task("b", "success")])))
    assert told(news, "note", "text") == [("Airflow has no log of a. Is taskLogs enabled?",)]


def test_lines_that_come_in_between_are_told_and_those_known_are_not_repeated():
    airflow = Airflow(
        ("running", [task("a", "running")]),
        ("success", [task("a", "success")]),
        logs={("a", 1): [["one", "three"], ["one", "two", "three"]]},
    )
    assert told(followed(airflow), "log", "line") == [("one",), ("three",), ("two",)]


def test_log_that_cannot_be_read_is_given_up_and_the_others_are_read():
    airflow = Airflow(
        ("failed", [task("a", "failed"), task("b", "success")]),
        logs={("a", 1): [MomentaryError("Too large.")], ("b", 1): [["fine"]]},
    )
    news = followed(airflow)
    assert told(news, "note", "text") == [("The log of a cannot be read. Too large.",)]
    assert told(news, "log", "line") == [("fine",)]
    assert airflow.read.count(("a", 1)) == FAILED_READS


def test_without_a_way_to_logs_the_states_are_told_and_the_reason_once():
    tasks = [task("a", "running"), task("b", "running")]
    airflow = Airflow(
        ("running", tasks),
        ("running", tasks),
        ("success", [task("a", "success"), task("b", "success")]),
        logs={("a", 1): [UnreachableError("It is private.")], ("b", 1): [["never read"]]},
    )
    news = followed(airflow)
    assert told(news, "note", "text") == [("Logs cannot be read. It is private.",)]
    assert told(news, "task", "task", "state")[-2:] == [("a", "success"), ("b", "success")]
    assert not told(news, "log", "line")


def test_run_with_very_many_tasks_ends_with_the_logs_of_those_that_failed():
    tasks = [task(f"t{number:03}", "failed" if number == 499 else "success") for number in range(500)]
    airflow = Airflow(("failed", tasks), logs={("t499", 1): [["boom"]]})
    news = followed(airflow)
    assert ("boom",) in told(news, "log", "line")
    assert "were not read" in told(news, "note", "text")[0][0]
