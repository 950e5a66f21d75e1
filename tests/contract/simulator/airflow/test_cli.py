"""The CLI endpoint (mwaa-behaviour.md §7)."""

from __future__ import annotations

import json

import pytest


def test_command_is_run_and_its_output_comes_encoded(inhabited):
    assert [row["dag_id"] for row in json.loads(inhabited.output("dags list -o json"))] == ["etl"]


def test_words_are_read_as_a_shell_does(inhabited):
    inhabited.output("variables set greeting 'good morning'")
    assert inhabited.output("variables get greeting") == "good morning\n"


def test_run_is_started_by_the_command_line_and_seen_by_rest(inhabited):
    inhabited.output("""dags trigger etl --run-id by-hand --conf '{"day": 1}'""")
    run = inhabited.rest("GET", "/dags/etl/dagRuns/by-hand")
    assert run["conf"] == {"day": 1}
    assert inhabited.output("dags state etl by-hand") == "queued\n"


def test_command_that_fails_says_why(inhabited):
    assert inhabited.cli("dags trigger nonesuch").status == 400
    assert "nonesuch" in inhabited.output("dags trigger nonesuch", "stderr")
    assert "usage" in inhabited.output("dags trigger", "stderr")


@pytest.mark.parametrize(
    "command", ["users list", "pools list", "tasks run etl load x", "db reset", "connections list", ""]
)
def test_command_that_mwaa_does_not_have_is_answered_500(inhabited, command):
    assert inhabited.cli(command).status == 500


def test_backfills_have_moved_in_airflow_3(inhabit):
    inhabited = inhabit(3)
    assert inhabited.cli("dags backfill etl").status == 500


def test_cli_token_is_good_once_and_for_sixty_seconds(inhabited):
    token = inhabited.mwaa.create_cli_token(Name=inhabited.name)["CliToken"]
    assert inhabited.cli("version", token=token).status == 200
    assert inhabited.cli("version", token=token).status == 403
    late = inhabited.mwaa.create_cli_token(Name=inhabited.name)["CliToken"]
    inhabited.pass_time(60)
    assert inhabited.cli("version", token=late).status == 403


def test_web_token_runs_no_command(inhabited):
    token = inhabited.mwaa.create_web_login_token(Name=inhabited.name)["WebToken"]
    assert inhabited.cli("version", token=token).status == 403


def test_command_has_to_be_plain_text(inhabited):
    assert inhabited.cli("version", content_type="application/json").status == 400
    assert inhabited.cli("variables set a 'b").status == 400
