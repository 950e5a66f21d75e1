"""InvokeRestApi: what AWS adds to Airflow's REST API, and in which roles callers come (mwaa-behaviour.md §1.4, §6, §7)."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config

from .dags import ACCOUNT, PUBLIC, REGION

HEALTH = {2: "/health", 3: "/monitor/health"}


def test_health_is_where_each_major_version_has_it(inhabited):
    health = inhabited.rest("GET", HEALTH[inhabited.major])
    assert {name: health[name]["status"] for name in ("metadatabase", "scheduler", "triggerer")} == {
        "metadatabase": "healthy",
        "scheduler": "healthy",
        "triggerer": "healthy",
    }
    assert health["dag_processor"]["status"] == (None if inhabited.major == 2 else "healthy")
    with pytest.raises(inhabited.mwaa.exceptions.RestApiClientException):
        inhabited.rest("GET", HEALTH[5 - inhabited.major])


def test_component_can_be_made_unhealthy(inhabited):
    inhabited.aws.admin.set_airflow_health(ACCOUNT, REGION, inhabited.name, scheduler="unhealthy")
    assert inhabited.rest("GET", HEALTH[inhabited.major])["scheduler"]["status"] == "unhealthy"


def test_version_is_that_of_the_environment(inhabited):
    shown = inhabited.mwaa.get_environment(Name=inhabited.name)["Environment"]
    assert inhabited.rest("GET", "/version")["version"] == shown["AirflowVersion"]


def test_refusal_of_airflow_comes_with_its_status_and_body_and_no_message(inhabited):
    with pytest.raises(inhabited.mwaa.exceptions.RestApiClientException) as told:
        inhabited.rest("GET", "/dags/nonesuch")
    response = told.value.response
    assert response["RestApiStatusCode"] == 404
    assert "nonesuch" in response["RestApiResponse"]["detail"]
    assert response["Error"]["Message"] == ""
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_failure_of_airflow_comes_as_a_server_exception(inhabited):
    inhabited.aws.admin.set_airflow_health(ACCOUNT, REGION, inhabited.name, metadatabase="unhealthy")
    with pytest.raises(inhabited.mwaa.exceptions.RestApiServerException) as told:
        inhabited.rest("GET", "/dags")
    assert told.value.response["RestApiStatusCode"] == 500
    assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_path_has_64_characters_at_most(inhabited):
    longest = "/dags/" + "x" * 58
    with pytest.raises(inhabited.mwaa.exceptions.RestApiClientException):
        inhabited.rest("GET", longest)
    with pytest.raises(inhabited.mwaa.exceptions.ValidationException, match="less than or equal to 64"):
        inhabited.rest("GET", longest + "x")


def test_prefix_of_the_version_is_not_for_callers_to_give(inhabited):
    with pytest.raises(inhabited.mwaa.exceptions.RestApiClientException) as told:
        inhabited.rest("GET", f"{inhabited.api}/dags")
    assert told.value.response["RestApiStatusCode"] == 404


def test_ten_calls_a_second_are_let_through_to_one_environment(inhabited, request_for):
    other = f"{inhabited.name}-other"
    inhabited.mwaa.create_environment(**request_for(other, **PUBLIC))
    inhabited.pass_time(86400)
    for _ in range(10):
        inhabited.rest("GET", "/version")
    with pytest.raises(inhabited.mwaa.exceptions.ClientError) as told:
        inhabited.rest("GET", "/version")
    assert told.value.response["Error"]["Code"] == "ThrottlingException"
    inhabited.mwaa.invoke_rest_api(Name=other, Path="/version", Method="GET")
    inhabited.pass_time(0.1)
    inhabited.rest("GET", "/version")


def test_answer_above_six_megabytes_is_not_handed_on(inhabited):
    xcoms = {"extract": {"small": "x" * 1_000_000, "large": "x" * 6_300_000}}
    inhabited.aws.admin.script_runs(ACCOUNT, REGION, inhabited.name, xcoms=xcoms)
    inhabited.unpause()
    inhabited.trigger(dag_run_id="r")
    inhabited.pass_time(600)
    entries = "/dags/etl/dagRuns/r/taskInstances/extract/xcomEntries"
    assert len(inhabited.rest("GET", f"{entries}/small")["value"]) == 1_000_000
    with pytest.raises(inhabited.mwaa.exceptions.InternalServerException):
        inhabited.rest("GET", f"{entries}/large")


def test_there_is_nobody_to_ask_before_the_environment_is_available(mwaa, name, request_for):
    mwaa.create_environment(**request_for(name))
    with pytest.raises(mwaa.exceptions.ResourceNotFoundException):
        mwaa.invoke_rest_api(Name=name, Path="/dags", Method="GET")


def test_there_is_nobody_to_ask_while_the_version_changes(inhabited):
    host = inhabited.hostname
    other = {2: "2.10.3", 3: "3.2.1"}[inhabited.major]
    inhabited.mwaa.update_environment(Name=inhabited.name, AirflowVersion=other)
    with pytest.raises(inhabited.mwaa.exceptions.ResourceNotFoundException):
        inhabited.rest("GET", "/dags")
    with pytest.raises(inhabited.mwaa.exceptions.ResourceNotFoundException):
        inhabited.mwaa.create_cli_token(Name=inhabited.name)
    assert inhabited.web("GET", "/", host=host).status == 503
    inhabited.pass_time(86400)
    assert inhabited.rest("GET", "/version")["version"] == other


def test_airflow_goes_on_during_other_updates(inhabited):
    inhabited.mwaa.update_environment(Name=inhabited.name, MaxWorkers=7)
    assert inhabited.rest("GET", "/dags/etl")["dag_id"] == "etl"


def test_private_environment_is_not_called_from_outside_its_vpc(inhabit):
    inhabited = inhabit(3, WebserverAccessMode="PRIVATE_ONLY")
    with pytest.raises(inhabited.mwaa.exceptions.AccessDeniedException):
        inhabited.rest("GET", "/dags")
    inhabited.aws.admin.set_callers_in_vpc(True)
    assert inhabited.rest("GET", "/dags")["total_entries"] == 1


# What a role may not do first; the mightiest role that a policy allows counts.
REFUSED = {
    "Public": ("GET", "/dags"),
    "Viewer": ("PATCH", "/dags/etl"),
    "User": ("GET", "/variables/x"),
    "Op": ("GET", "/users"),
}
ALLOWED = {"Viewer": ("GET", "/dags"), "User": ("PATCH", "/dags/etl"), "Op": ("PATCH", "/dags/etl")}


@pytest.fixture
def as_role(inhabit):
    """Return an environment, and a client whose policies allow these roles of Airflow."""
    inhabited = inhabit(3)
    key, role_arn = ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/operator"
    session = boto3.Session(key, "sandbox", region_name=REGION)
    config = Config(inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 1})
    client = session.client("mwaa", endpoint_url=inhabited.aws.endpoint, config=config)

    def of(*roles):
        statement = {
            "Effect": "Allow",
            "Action": ["airflow:InvokeRestApi", "airflow:CreateWebLoginToken"],
            "Resource": [f"arn:aws:airflow:*:*:role/{inhabited.name}/{role}" for role in roles],
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        inhabited.aws.admin.enforce(key, policy, role_arn=role_arn)
        return inhabited, client

    return of


@pytest.mark.parametrize("role", REFUSED)
def test_role_may_not_do_what_the_next_one_may(as_role, role):
    inhabited, client = as_role(role)
    method, path = REFUSED[role]
    with pytest.raises(client.exceptions.RestApiClientException) as told:
        inhabited.rest(method, path, {"is_paused": False}, client=client)
    assert told.value.response["RestApiStatusCode"] == 403


@pytest.mark.parametrize("role", ALLOWED)
def test_role_may_do_what_airflow_gives_it(as_role, role):
    inhabited, client = as_role(role, "Public")
    method, path = ALLOWED[role]
    assert inhabited.rest(method, path, {"is_paused": False}, client=client)


def test_role_of_the_policy_holds_in_a_web_session_too(as_role):
    inhabited, client = as_role("Viewer")
    token = client.create_web_login_token(Name=inhabited.name)
    assert token["IamIdentity"] == "assumed-role/operator/sandbox"
    cookie = inhabited.exchange(token["WebToken"]).headers["Set-Cookie"].partition(";")[0]
    assert b"(Viewer)" in inhabited.web("GET", "/", Cookie=cookie).body
    patched = inhabited.web("PATCH", "/api/v2/dags/etl", '{"is_paused": false}', Cookie=cookie)
    assert patched.status == 403
