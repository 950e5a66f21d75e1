"""Web login tokens and the sessions they are exchanged for (mwaa-behaviour.md §7)."""

from __future__ import annotations

import http.client

import pytest

from .dags import ACCOUNT, PUBLIC, REGION


def test_web_token_is_exchanged_for_the_cookie_of_the_major_version(inhabited):
    answered = inhabited.exchange(inhabited.mwaa.create_web_login_token(Name=inhabited.name)["WebToken"])
    assert answered.status == 200
    assert answered.headers["Set-Cookie"].startswith("session=" if inhabited.major == 2 else "_token=")


def test_session_opens_the_rest_api_and_the_pages(inhabited):
    cookie = inhabited.cookie()
    told = inhabited.web("GET", f"{inhabited.api}/dags/etl", Cookie=cookie)
    assert (told.status, told.content["dag_id"]) == (200, "etl")
    assert b"(Admin)" in inhabited.web("GET", "/home", Cookie=cookie).body


def test_session_is_taken_as_a_bearer_token_by_airflow_3_alone(inhabited):
    session = inhabited.cookie().partition("=")[2]
    status = inhabited.web("GET", f"{inhabited.api}/dags", Authorization=f"Bearer {session}").status
    assert status == (401 if inhabited.major == 2 else 200)


def test_nobody_comes_in_without_a_session(inhabited):
    assert inhabited.web("GET", f"{inhabited.api}/dags").status == 401
    assert inhabited.web("GET", f"{inhabited.api}/dags", Cookie="session=x; _token=x").status == 401
    assert b"nobody" in inhabited.web("GET", "/").body


def test_web_token_is_good_once(inhabited):
    token = inhabited.mwaa.create_web_login_token(Name=inhabited.name)["WebToken"]
    assert inhabited.exchange(token).status == 200
    assert inhabited.exchange(token).status == 403


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 403)])
def test_web_token_is_good_for_sixty_seconds_of_aws_time(inhabit, seconds, status):
    inhabited = inhabit(3)
    token = inhabited.mwaa.create_web_login_token(Name=inhabited.name)["WebToken"]
    inhabited.pass_time(seconds)
    assert inhabited.exchange(token).status == status


def test_tokens_live_longer_when_a_person_needs_the_time(inhabit):
    inhabited = inhabit(3)
    inhabited.aws.admin.set_token_seconds(3600)
    token = inhabited.mwaa.create_web_login_token(Name=inhabited.name)["WebToken"]
    inhabited.pass_time(3000)
    assert inhabited.exchange(token).status == 200


def test_session_ends_after_twelve_hours(inhabited):
    cookie = inhabited.cookie()
    inhabited.pass_time(12 * 3600 - 1)
    assert inhabited.web("GET", f"{inhabited.api}/dags", Cookie=cookie).status == 200
    inhabited.pass_time(1)
    assert inhabited.web("GET", f"{inhabited.api}/dags", Cookie=cookie).status == 401


def test_cli_token_opens_no_session(inhabited):
    assert inhabited.exchange(inhabited.mwaa.create_cli_token(Name=inhabited.name)["CliToken"]).status == 403


def test_token_is_of_no_use_with_another_environment(inhabited, request_for):
    other = f"{inhabited.name}-other"
    inhabited.mwaa.create_environment(**request_for(other, **PUBLIC))
    inhabited.pass_time(86400)
    assert inhabited.exchange(inhabited.mwaa.create_web_login_token(Name=other)["WebToken"]).status == 403


def test_login_is_where_the_other_major_version_does_not_have_it(inhabited):
    others = "/pluginsv2/aws_mwaa/login" if inhabited.major == 2 else "/aws_mwaa/login"
    assert inhabited.web("POST", others, "token=x").status == 404


def test_page_of_the_console_sends_the_token_where_it_is_exchanged(inhabited):
    page = inhabited.web("GET", "/aws_mwaa/aws-console-sso?login=true")
    assert page.status == 200
    assert f'fetch("{inhabited.login_path}"'.encode() in page.body


def test_web_server_is_found_by_its_local_name(aws, inhabit):
    inhabited = inhabit(3)
    address = aws.admin.webserver(ACCOUNT, REGION, inhabited.name)
    assert address.up
    assert address.hostname == inhabited.hostname
    host = address.url.removeprefix("http://")
    assert host.partition(":")[0].endswith(".localhost")
    assert inhabited.web("GET", "/api/v2/version", host=host).content["version"] == "3.3.1"


def test_host_that_no_environment_has_answers_nothing(inhabit):
    inhabited = inhabit(3)
    unknown = "00000000-0000-4000-8000-000000000000.c1.eu-west-1.airflow.amazonaws.com"
    with pytest.raises(http.client.RemoteDisconnected):
        inhabited.web("GET", "/", host=unknown)


def test_private_web_server_answers_nobody_outside_its_vpc(inhabit):
    inhabited = inhabit(3, WebserverAccessMode="PRIVATE_ONLY")
    with pytest.raises(http.client.RemoteDisconnected):
        inhabited.web("GET", "/api/v2/version")
    inhabited.aws.admin.set_callers_in_vpc(True)
    assert inhabited.web("GET", "/api/v2/version").status == 200


def test_calls_to_the_web_server_are_in_the_call_log_and_can_be_made_to_fail(aws, inhabit):
    inhabited = inhabit(3)
    aws.admin.add_fault("error5xx", service="webserver", operation="Login", environment=inhabited.name, count=1)
    token = inhabited.mwaa.create_web_login_token(Name=inhabited.name)["WebToken"]
    assert inhabited.exchange(token).status == 500
    assert inhabited.exchange(token).status == 200, "the token was not used"
    calls = aws.admin.calls(service="webserver", environment=inhabited.name)
    assert [(call.operation, call.status) for call in calls] == [("Login", 500), ("Login", 200)]
