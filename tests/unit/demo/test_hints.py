"""The lines that the demo offers for pasting."""

import subprocess

import pytest
from mwaa_sandbox.aws.client_environment import client_environment
from mwaa_sandbox.demo.hints import what_to_try

ENDPOINT = "http://127.0.0.1:5005"
VARIABLES = client_environment(ENDPOINT, account="123456789012", region="eu-west-1")
HINTS = what_to_try(ENDPOINT, VARIABLES, namespace="data", name="e")
HINTS_WITH_PARTS = what_to_try(ENDPOINT, VARIABLES, namespace="data", name="e", provisions=True)
HINTS_WITH_AIRFLOW = what_to_try(ENDPOINT, VARIABLES, namespace="data", name="e", provisions=True, airflow=True)


@pytest.mark.parametrize("hints", [HINTS, HINTS_WITH_PARTS, HINTS_WITH_AIRFLOW])
def test_hints_are_a_shell_script(hints: str) -> None:
    subprocess.run(["bash", "-n"], input=hints, text=True, check=True, timeout=60)


@pytest.mark.parametrize("hints", [HINTS, HINTS_WITH_PARTS, HINTS_WITH_AIRFLOW])
def test_comments_do_no_harm_in_a_shell_that_does_not_know_them(hints: str) -> None:
    comments = [line for line in hints.splitlines() if line.startswith("#")]

    assert comments
    assert not set("".join(comments)) & set("'\"`$();&|<>*?")


def test_environment_is_named_as_the_admin_api_names_it() -> None:
    assert "http://127.0.0.1:5005/_sandbox/environments/123456789012/eu-west-1/e " in HINTS


def test_parts_are_offered_only_where_the_operator_has_made_them() -> None:
    assert "natGateways" in HINTS_WITH_PARTS
    assert HINTS_WITH_PARTS.endswith(HINTS)


def test_dags_are_offered_only_where_there_is_an_airflow_that_runs_them() -> None:
    assert "kubectl mwaa run e etl -n data" in HINTS_WITH_AIRFLOW
    assert HINTS_WITH_AIRFLOW.endswith(HINTS_WITH_PARTS)
