"""The operator's client of Airflow's REST API and CLI, for both majors, by both ways."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.airflow_api import AirflowApi, AirflowProblem, Unreachable, path_of
from mwaa_operator.aws.airflows import Airflows
from mwaa_operator.planning.airflow_path import LONGEST_PATH
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_sandbox.aws.accounts import access_key_of

from .conftest import ETL, REGION

LONG_RUN = "a-run-" + "0123456789" * 8
HEALTH = {2: "/health", 3: "/monitor/health"}


def body(major, **members):
    return members if major == 2 else {"logical_date": None, **members}


def test_a_short_path_goes_by_invoke_rest_api_alone(inhabited):
    assert inhabited.api.call("GET", HEALTH[inhabited.api.major])["scheduler"]["status"] == "healthy"
    assert inhabited.calls("InvokeRestApi") == 1
    assert inhabited.calls("CreateWebLoginToken") == 0
    assert inhabited.web_calls() == []


def test_what_airflow_refuses_is_told_with_its_status_and_its_words(inhabited):
    with pytest.raises(AirflowProblem, match="nothing") as caught:
        inhabited.api.call("GET", path_of("dags", "nothing"))
    assert (caught.value.status, isinstance(caught.value, Unreachable)) == (404, False)
    with pytest.raises(AirflowProblem) as caught:
        inhabited.api.call("PATCH", "/dags/etl", body={"is_paused": "perhaps"})
    assert caught.value.status == {2: 400, 3: 422}[inhabited.api.major]
    assert "is_paused" in caught.value.detail


def test_what_fails_in_airflow_is_told_with_its_status(inhabited):
    inhabited.aws.admin.set_airflow_health(*inhabited.where, metadatabase="unhealthy")
    with pytest.raises(AirflowProblem) as caught:
        inhabited.api.call("GET", "/version")
    assert caught.value.status == 500


def test_a_run_with_a_long_id_is_made_and_read_by_one_session(inhabited):
    api = inhabited.api
    wanted = body(api.major, dag_run_id=LONG_RUN, conf={"day": "2026-11-22"})
    assert api.call("POST", "/dags/etl/dagRuns", body=wanted)["dag_run_id"] == LONG_RUN
    path = path_of("dags", "etl", "dagRuns", LONG_RUN)
    assert len(path) > LONGEST_PATH
    assert [api.call("GET", path)["conf"] for _ in range(2)] == [{"day": "2026-11-22"}] * 2
    assert inhabited.calls("CreateWebLoginToken") == 1
    with pytest.raises(AirflowProblem) as caught:
        api.call("GET", path + "-and-more")
    assert caught.value.status == 404
    # The short paths go the other way all the same.
    assert (inhabited.calls("InvokeRestApi"), len(inhabited.web_calls())) == (1, 4)


def test_an_id_with_signs_of_its_own_arrives_as_it_is(inhabited):
    for run_id in ("manual__2026-11-22T00:00:00+00:00", "50% of it?"):
        wanted = body(inhabited.api.major, dag_run_id=run_id)
        inhabited.api.call("POST", "/dags/etl/dagRuns", body=wanted)
        assert inhabited.api.call("GET", path_of("dags", "etl", "dagRuns", run_id))["dag_run_id"] == run_id


def test_who_may_only_log_in_takes_the_session_for_all_and_is_denied_once(inhabited):
    inhabited.allow("airflow:CreateWebLoginToken")
    for _ in range(3):
        assert inhabited.api.call("GET", "/dags", query={"limit": 5})["total_entries"] == 1
    assert (inhabited.calls("InvokeRestApi"), inhabited.calls("CreateWebLoginToken")) == (1, 1)


def test_who_may_do_neither_is_told_both_actions(inhabited):
    inhabited.allow()
    with pytest.raises(Unreachable, match=r"airflow:InvokeRestApi or airflow:CreateWebLoginToken on role/e") as caught:
        inhabited.api.call("GET", "/version")
    assert caught.value.reason is Reason.ACCESS_DENIED


def test_who_gets_a_better_role_need_not_wait_for_the_end_of_the_session(inhabited):
    """The permission is in IAM, and Airflow only knows of it by the login."""

    def may_log_in_as(role):
        resource = f"arn:aws:iam::*:role/{inhabited.name}/{role}", f"arn:aws:airflow:*:*:role/{inhabited.name}/{role}"
        statement = {"Effect": "Allow", "Action": "airflow:CreateWebLoginToken", "Resource": list(resource)}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        inhabited.aws.admin.enforce(access_key_of(inhabited.aws.account), policy)

    trigger = "POST", "/dags/etl/dagRuns"
    may_log_in_as("Viewer")
    with pytest.raises(AirflowProblem) as caught:
        inhabited.api.call(*trigger, body=body(inhabited.api.major, conf={}))
    assert caught.value.status == 403
    may_log_in_as("User")
    assert inhabited.api.call(*trigger, body=body(inhabited.api.major, conf={}))["state"] == "queued"


def test_an_id_of_dots_does_not_climb(inhabited):
    inhabited.api.call("POST", "/dags/etl/dagRuns", body=body(inhabited.api.major, dag_run_id=LONG_RUN))
    path = path_of("dags", "etl", "dagRuns", "..", "dagRuns", LONG_RUN)
    with pytest.raises(AirflowProblem) as caught:
        inhabited.api.call("GET", path)
    assert caught.value.status == 404


def test_nobody_is_logged_in_where_that_may_not_be(inhabited):
    inhabited.allow("airflow:CreateWebLoginToken")
    with pytest.raises(Unreachable, match="Allow airflow:InvokeRestApi on role/e") as caught:
        inhabited.api.call("GET", "/version", log_in=False)
    assert caught.value.reason is Reason.ACCESS_DENIED
    assert inhabited.calls("CreateWebLoginToken") == 0


def test_a_private_web_server_is_unreachable_from_outside(inhabit):
    inhabited = inhabit(3, WebserverAccessMode="PRIVATE_ONLY")
    with pytest.raises(Unreachable, match="If it is private") as caught:
        inhabited.api.call("GET", "/version")
    assert caught.value.reason is Reason.AIRFLOW_UNREACHABLE
    inhabited.aws.admin.set_callers_in_vpc(True)
    assert inhabited.api.call("GET", "/version")["version"] == "3.3.1"


def test_an_airflow_without_rest_api_is_not_even_asked(inhabit):
    inhabited = inhabit(2)

    def of(version):
        return AirflowApi(inhabited.clients, region=REGION, environment=inhabited.name, version=version)

    assert of("2.4.3").call("GET", "/version")["version"] == "2.11.2"
    with pytest.raises(Unreachable, match=r"from 2\.4\.3 on") as caught:
        of("2.2.2").call("GET", "/version")
    assert caught.value.reason is Reason.REST_API_UNSUPPORTED
    assert inhabited.calls("InvokeRestApi") == 1


def test_an_environment_made_before_the_rest_api_asks_for_an_update(inhabited, one_attempt):
    message = "Update your environment to use InvokeRestApi"
    inhabited.aws.admin.add_fault(
        "validation", account=inhabited.aws.account, operation="InvokeRestApi", message=message
    )
    with pytest.raises(Unreachable, match="Any update of it") as caught:
        inhabited.api.call("GET", "/version")
    assert caught.value.reason is Reason.REST_API_UNSUPPORTED


def test_what_aws_itself_says_stays_its_error(inhabited, one_attempt):
    inhabited.aws.admin.add_fault("throttle", account=inhabited.aws.account, operation="InvokeRestApi")
    with pytest.raises(AwsError) as caught:
        inhabited.api.call("GET", "/version")
    assert caught.value.kind is FailureKind.THROTTLED
    assert inhabited.calls("CreateWebLoginToken") == 0


def test_a_session_that_is_over_is_replaced_without_a_word(inhabited):
    path = path_of("dags", "etl", "dagRuns", LONG_RUN)
    inhabited.api.call("POST", "/dags/etl/dagRuns", body=body(inhabited.api.major, dag_run_id=LONG_RUN))
    inhabited.api.call("GET", path)
    inhabited.api._session._cookies = dict.fromkeys(inhabited.api._session._cookies, "stale")
    assert inhabited.api.call("GET", path)["dag_run_id"] == LONG_RUN
    assert inhabited.calls("CreateWebLoginToken") == 2


def test_lists_are_read_page_by_page_up_to_a_bound(inhabited):
    inhabited.put("more.py", "\n".join(ETL.format(dag_id=f"more_{number:03}") for number in range(130)))
    names = [dag["dag_id"] for dag in inhabited.api.pages("/dags", "dags")]
    assert len(set(names)) == len(names) == 131
    assert inhabited.calls("InvokeRestApi") == 2
    assert len(list(inhabited.api.pages("/dags", "dags", most=105))) == 105


def test_what_json_can_say_and_utf_8_cannot_is_replaced(inhabited):
    half = inhabited.api.call("POST", "/dags/etl/dagRuns", body=body(inhabited.api.major, conf={"half": "a\ud800b"}))
    assert half["conf"] == {"half": "a?b"}


def test_what_is_nested_too_deeply_is_a_problem_of_this_call(inhabited):
    conf = {}
    for _ in range(5000):
        conf = {"a": conf}
    with pytest.raises(AirflowProblem, match="nested too deeply"):
        inhabited.api.call("POST", "/dags/etl/dagRuns", body=body(inhabited.api.major, conf=conf))


def test_a_command_gives_what_it_prints_and_whether_it_ended_well(inhabited):
    listed = inhabited.api.command(["dags", "list"])
    assert listed.succeeded
    assert "etl" in listed.stdout
    failed = inhabited.api.command(["dags", "trigger", "nothing at all"])
    assert not failed.succeeded
    assert "nothing at all" in failed.stderr + failed.stdout


def test_a_command_that_mwaa_does_not_allow_says_so(inhabited):
    with pytest.raises(AirflowProblem, match="does not run `airflow users") as caught:
        inhabited.api.command(["users", "list"])
    assert caught.value.status == 500


def test_one_airflow_is_kept_for_each_environment_until_its_version_changes(clients):
    airflows = Airflows(clients)
    first = airflows.of(region=REGION, environment="env", version="2.11.2")
    assert airflows.of(region=REGION, environment="env", version="2.11.2") is first
    assert airflows.of(region=REGION, environment="another", version="2.11.2") is not first
    changed = airflows.of(region=REGION, environment="env", version="3.3.1")
    assert changed.major == 3
    assert changed._rate is first._rate, "the limit is the environment's"
