"""What stands before Airflow: hosts, rates, commands, names."""

from __future__ import annotations

import pytest
from mwaa_sandbox.airflow.seam import AirflowUser, Role
from mwaa_sandbox.aws.mwaa import cli_commands, hosts, web_access
from mwaa_sandbox.aws.mwaa.throttle import Throttle

UUID = "0123abcd-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("host", "label"),
    [
        (f"{UUID}.c3.eu-west-1.airflow.amazonaws.com", UUID),
        (f"{UUID}-vpce.c39.us-gov-west-1.airflow.amazonaws.com:5005", f"{UUID}-vpce"),
        (f"{UUID}.c3.cn-north-1.airflow.amazonaws.com.cn", UUID),
        (f"{UUID}.localhost:5005".upper(), UUID),
        ("127.0.0.1:5005", None),
        ("bucket.localhost:5005", None),
        ("env.airflow.eu-west-1.amazonaws.com", None),
        (f"{UUID}.example.com", None),
        ("", None),
    ],
)
def test_hosts_of_web_servers_are_told_from_others(host, label):
    assert hosts.label(host) == label


def test_environments_do_not_share_their_rate():
    throttle = Throttle()
    assert sum(throttle.admits("a", now=1e9) for _ in range(20)) == 10
    assert throttle.admits("b", now=1e9)


def test_rate_is_ten_a_second_and_nothing_is_saved_up():
    throttle = Throttle()
    moments = [1.7e9 + second / 100 for second in range(1000)]
    admitted = sum(throttle.admits("a", now=now) for now in moments)
    assert admitted == pytest.approx(10 + 10 * 10, abs=1)
    assert sum(throttle.admits("a", now=1.7e9 + 3600) for _ in range(20)) == 10


@pytest.mark.parametrize(
    ("command", "in_2", "in_3"),
    [
        ("dags list", True, True),
        ("dags backfill etl", True, False),
        ("backfill create etl", False, True),
        ("assets list", False, True),
        ("tasks clear etl", True, True),
        ("tasks run etl load now", False, False),
        ("variables import x", True, True),
        ("connections add x", True, True),
        ("connections list", False, False),
        ("db clean", True, True),
        ("db migrate", False, False),
        ("pools list", False, False),
        ("users create", False, False),
        ("webserver", False, False),
        ("", False, False),
    ],
)
def test_commands_are_those_that_mwaa_publishes(command, in_2, in_3):
    assert cli_commands.allowed(command.split(), major=2) is in_2
    assert cli_commands.allowed(command.split(), major=3) is in_3


def test_name_of_an_airflow_user_has_64_characters_at_most():
    assert web_access.airflow_name("assumed-role/Admin/jane") == "assumed-role/Admin/jane"
    names = {web_access.airflow_name(f"assumed-role/{'x' * 60}/{who}") for who in ("jane", "joe")}
    assert {len(name) for name in names} == {64}
    assert len(names) == 2


@pytest.mark.parametrize("used", ["before", "after"])
def test_tokens_are_forgotten_when_their_time_is_over(available, used):
    environment = available.backend.get_environment("e")
    logins = available.simulation.logins
    token = logins.token("web", environment, AirflowUser("jane", Role.ADMIN), now=0.0)
    now = 59.9 if used == "before" else 60.0
    logins.token("web", environment, AirflowUser("joe", Role.ADMIN), now=now)
    assert (logins.redeem("web", token, environment, now=now) is not None) == (used == "before")
