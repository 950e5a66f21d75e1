"""What becomes of several lines and several streams that speak for causes."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.diagnosis.matching import kind_of, matches
from mwaa_operator.planning.diagnosis.model import Stream

from .excerpts_requirements import TEXTS as REQUIREMENTS
from .excerpts_startup_script import TEXTS as STARTUP_SCRIPT
from .tails import tail


def test_line_that_is_shown_is_the_newest():
    text = "a: command not found\nwell\nb: command not found\nwell\n"
    [match] = matches([tail(Stream.STARTUP_SCRIPT, text)])
    assert match.line == "b: command not found"
    assert match.recency == pytest.approx(2 / 3)


def test_cause_in_two_groups_is_given_once_with_its_newest_line():
    first = tail(Stream.WORKER, "MemoryError\nmore\nmore", group="Worker")
    second = tail(Stream.SCHEDULER, "more\nMemoryError")
    [match] = matches([first, second])
    assert match.tail is second


def test_cause_in_two_groups_is_shown_where_it_is_graver():
    passing = "startup.sh: line 4: apt-get: command not found"
    fatal = tail(Stream.STARTUP_SCRIPT, STARTUP_SCRIPT["StartupScriptCommandMissing"], group="WebServer")
    [match] = matches([fatal, tail(Stream.STARTUP_SCRIPT, passing)])
    assert match.tail is fatal


def test_consequence_in_another_stream_of_the_same_part_is_explained():
    unhealthy = "Fatal error in entrypoint: Failed to access customer environment variables file: Service was unable to locate it"
    script = tail(Stream.STARTUP_SCRIPT, STARTUP_SCRIPT["StartupScriptOffline"])
    assert [match.known.name for match in matches([script, tail(Stream.SCHEDULER, unhealthy)])] == [
        "StartupScriptOffline"
    ]


def test_what_one_part_suffers_from_does_not_explain_what_another_does():
    private = tail(Stream.REQUIREMENTS, REQUIREMENTS["PackageIndexUnreachable"], group="WebServer")
    scheduler = tail(Stream.REQUIREMENTS, REQUIREMENTS["PackageNotFound"])
    assert {match.known.name for match in matches([private, scheduler])} == {
        "PackageIndexUnreachable",
        "PackageNotFound",
    }


def test_words_count_only_in_the_streams_where_they_mean_something():
    assert matches([tail(Stream.SCHEDULER, "Process timed out after running for more than 5 seconds")]) == ()


def test_logs_without_a_line_speak_for_nothing():
    assert matches([tail(Stream.WORKER, "")]) == ()


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("requirements_install_ip-10-0-1-9.eu-west-1.compute.internal_1764000000.1.log", Stream.REQUIREMENTS),
        ("startup_script_execution_ip-10-0-1-9.eu-west-1.compute.internal_1764000000.1.log", Stream.STARTUP_SCRIPT),
        ("scheduler_ip-10-0-1-9.eu-west-1.compute.internal_1764000000.1.log", Stream.SCHEDULER),
        ("worker_ip-10-0-1-9.eu-west-1.compute.internal_1764000000.1.log", Stream.WORKER),
        ("webserver_ip-10-0-1-9.eu-west-1.compute.internal_1764000000.1.log", Stream.WEBSERVER),
        ("dag-processor-manager.log", None),
    ],
)
def test_kind_of_a_stream_shows_in_its_name(stream, kind):
    assert kind_of(stream) is kind
