"""Lines of logs, as they are shown."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.diagnosis.evidence import LONGEST_LINE, evidence
from mwaa_operator.planning.diagnosis.matching import matches
from mwaa_operator.planning.diagnosis.model import Stream

from .tails import tail


def shown(kind, line):
    [match] = matches([tail(kind, line)])
    return evidence(match)


def test_line_is_shown_with_the_stream_it_stands_in():
    line = "startup.sh: line 4: apt-get: command not found"
    assert shown(Stream.STARTUP_SCRIPT, line) == f"Scheduler/startup_script_execution_ip-10-0-1-9.log: {line}"


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (
            Stream.REQUIREMENTS,
            "401 Error, Credentials not correct for https://aws:canary@index.example.com/simple/ours/",
        ),
        (Stream.REQUIREMENTS, "401 Error, Credentials not correct for https://canary@index.example.com/simple/ours/"),
        (Stream.STARTUP_SCRIPT, "DB_PASSWORD=canary mysql: command not found"),
        (Stream.STARTUP_SCRIPT, "export 'api-key': 'canary with blanks': Permission denied"),
        (Stream.STARTUP_SCRIPT, "curl: (28) https://x.example.com/?access_token=canary timed out"),
        (
            Stream.SCHEDULER,
            'AirflowConfigException: Please check "x" key in "y" section. Current value: "canary and more".',
        ),
        (Stream.SCHEDULER, "ValueError: invalid literal for int() with base 10: 'canary'"),
        (Stream.STARTUP_SCRIPT, "AKIACANARYCANARY1234: command not found"),
    ],
)
def test_what_looks_like_a_secret_is_not_shown(kind, line):
    text = shown(kind, line)
    assert "canary" not in text.lower()
    assert "***" in text


@pytest.mark.parametrize("at", [0, 200, 5000, 9000])
def test_of_a_long_line_the_part_is_shown_that_says_it(at):
    line = "x" * at + " No space left on device " + "y" * (9000 - at)
    text = shown(Stream.WORKER, line)
    assert "No space left on device" in text
    assert len(text) <= len("Scheduler/worker_ip-10-0-1-9.log: ") + LONGEST_LINE
