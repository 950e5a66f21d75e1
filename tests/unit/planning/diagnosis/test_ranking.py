"""Which cause is named first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.planning.diagnosis.matching import matches
from mwaa_operator.planning.diagnosis.model import Stream
from mwaa_operator.planning.diagnosis.ranking import Failure, likely_causes
from mwaa_operator.planning.diagnosis.weights import MOST_CAUSES
from mwaa_operator.planning.preflight.model import Check, error, unknown, warning
from mwaa_operator.planning.preflight.run import Result
from mwaa_operator.planning.preflight.snapshot import Subject

from .excerpts_airflow import EXCERPTS
from .excerpts_requirements import TEXTS as REQUIREMENTS
from .excerpts_startup_script import TEXTS as STARTUP_SCRIPT
from .tails import tail

CREATE = Failure(creating=True, code="INCORRECT_CONFIGURATION")
UPDATE = Failure(creating=False, code="INTERNAL_ERROR")


def result(finding, *, name="SubnetsHaveWayOut", subject=Subject.NETWORK):
    check = Check(
        name=name,
        judges=frozenset({"NetworkConfiguration"}),
        needs=frozenset({subject}),
        page="https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-security.html",
        judge=lambda _: None,
    )
    return Result(check=check, finding=finding)


NO_ROUTE = result(error("The subnets have no way out.", "Give them one."))
SUSPICIOUS = result(warning("Something is odd.", "Look at it."), name="Odd")
PIP = matches([tail(Stream.REQUIREMENTS, REQUIREMENTS["PackageNotFound"])])
SCRIPT = matches([tail(Stream.STARTUP_SCRIPT, STARTUP_SCRIPT["StartupScriptCommandMissing"])])
PROVIDER = matches([tail(*EXCERPTS["ProviderBroken"])])


def firsts(results, found, failure):
    """Give the second word of each cause, which tells them apart."""
    return [cause.cause.split(" ")[1] for cause in likely_causes(results, found, failure=failure)]


def test_error_of_a_check_explains_a_create_that_aws_calls_incorrect_configuration():
    assert firsts([NO_ROUTE], PIP, CREATE) == ["subnets", "package"]


def test_failing_startup_script_explains_more_than_any_check():
    assert firsts([NO_ROUTE], SCRIPT, CREATE) == ["startup", "subnets"]


def test_error_in_a_startup_script_that_went_on_to_its_end_is_no_more_than_likely():
    survived = "startup.sh: line 4: apt-get: command not found\nStartup script execution time: 0.35 seconds."
    found = matches([tail(Stream.STARTUP_SCRIPT, survived)])
    assert firsts([NO_ROUTE], found, CREATE) == ["subnets", "startup"]


def test_line_of_a_log_explains_a_failed_update_more_than_an_error_of_a_check():
    assert firsts([NO_ROUTE], PIP, UPDATE) == ["package", "subnets"]


def test_warnings_are_named_where_nothing_else_is_found_and_left_out_otherwise():
    assert [cause.cause for cause in likely_causes([SUSPICIOUS], (), failure=CREATE)] == ["Something is odd."]
    assert firsts([NO_ROUTE, SUSPICIOUS], (), CREATE) == ["subnets"]


def test_what_could_not_be_told_is_no_cause():
    assert likely_causes([result(unknown("It may not be looked at."))], (), failure=CREATE) == ()


def test_permission_that_aws_has_asked_for_before_is_no_likely_cause():
    denied = result(error("The operator may not.", "Allow it."), subject=Subject.CALLER)
    assert firsts([denied, NO_ROUTE], (), CREATE) == ["subnets"]


def test_newer_line_counts_for_more_than_an_older_one():
    text = "MemoryError\n" + "more\n" * 50 + "cryptography.fernet.InvalidToken"
    found = matches([tail(Stream.SCHEDULER, text)])
    causes = likely_causes([], found, failure=UPDATE)
    assert ["Connections" in cause.cause for cause in causes] == [True, False]


def test_line_that_says_little_comes_after_one_that_says_more():
    assert firsts([], (*PROVIDER, *PIP), UPDATE) == ["package", "provider"]


def test_cause_comes_with_evidence_and_advice():
    [check, logged] = likely_causes([NO_ROUTE], PIP, failure=CREATE)
    assert check.evidence == "found by the check SubnetsHaveWayOut"
    assert check.advice.startswith("Give them one. (https://docs.aws.amazon.com/")
    assert logged.evidence.startswith(
        "Scheduler/requirements_install_ip-10-0-1-9.log: ERROR: No matching distribution found"
    )
    assert "(https://docs.aws.amazon.com/" in logged.advice


def test_line_is_not_quoted_where_the_options_it_may_hold_are_not_known_any_more():
    [cause] = likely_causes([], PIP, failure=Failure(creating=True, code=None, quotable=False))
    assert "our-internal-tools" not in cause.evidence
    assert "Scheduler/requirements_install_ip-10-0-1-9.log" in cause.evidence


def test_logs_that_are_off_are_named_where_nothing_certain_is_found():
    blind = replace(CREATE, unlogged=("schedulerLogs", "workerLogs"))
    [only] = likely_causes([], (), failure=blind)
    assert "logs that are off" in only.cause
    assert "schedulerLogs, workerLogs" in only.evidence
    assert firsts([SUSPICIOUS], (), blind) == ["is", "has"]
    assert firsts([NO_ROUTE], (), blind) == ["subnets"]


def test_no_more_are_named_than_anybody_reads():
    errors = [result(error(f"Thing {number} is wrong.", "Mend it."), name=f"C{number}") for number in range(20)]
    assert len(likely_causes(errors, PIP, failure=CREATE)) == MOST_CAUSES


@pytest.mark.parametrize("failure", [CREATE, UPDATE])
def test_nothing_is_made_up_where_nothing_was_found(failure):
    assert likely_causes([], (), failure=failure) == ()
