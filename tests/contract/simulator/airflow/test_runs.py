"""DAGs of a light Airflow, as they come from the bucket, and their runs."""

from __future__ import annotations

import pytest

from .dags import ACCOUNT, BROKEN, NIGHTLY, PUBLIC, REGION


def told(inhabited, status, call, *arguments, **members):
    """Make a call that Airflow refuses with this status, and return its body."""
    with pytest.raises(inhabited.mwaa.exceptions.RestApiClientException) as raised:
        call(*arguments, **members)
    assert raised.value.response["RestApiStatusCode"] == status
    return raised.value.response["RestApiResponse"]


def state(inhabited, run_id="r"):
    return inhabited.rest("GET", f"/dags/etl/dagRuns/{run_id}")["state"]


def dag_ids(inhabited, **query):
    return [dag["dag_id"] for dag in inhabited.rest("GET", "/dags", **query)["dags"]]


# ---- DAGs ----


def test_new_and_removed_files_are_seen_within_thirty_seconds(inhabited):
    assert dag_ids(inhabited) == ["etl"]
    inhabited.put("nightly.py", NIGHTLY)
    inhabited.remove("etl.py")
    assert dag_ids(inhabited) == ["etl"], "not yet"
    inhabited.pass_time(30)
    assert dag_ids(inhabited) == ["nightly"]


def test_dags_are_paused_until_somebody_unpauses_them_or_their_file_says_otherwise(inhabited):
    inhabited.put("nightly.py", NIGHTLY)
    inhabited.pass_time(30)
    assert dag_ids(inhabited, paused=True) == ["etl"]
    assert inhabited.unpause()["is_paused"] is False
    assert dag_ids(inhabited, paused=False) == ["etl", "nightly"]


def test_option_lets_dags_begin_unpaused(inhabit):
    inhabited = inhabit(3, AirflowConfigurationOptions={"core.dags_are_paused_at_creation": "False"})
    assert inhabited.rest("GET", "/dags/etl")["is_paused"] is False


def test_file_that_does_not_compile_is_an_import_error_until_it_is_mended(inhabited):
    inhabited.put("broken.py", BROKEN)
    inhabited.pass_time(30)
    errors = inhabited.rest("GET", "/importErrors")
    assert errors["total_entries"] == 1
    (error,) = errors["import_errors"]
    assert error["filename"] == ("/usr/local/airflow/dags/broken.py" if inhabited.major == 2 else "broken.py")
    assert "SyntaxError" in error["stack_trace"]
    inhabited.put("broken.py", NIGHTLY)
    inhabited.pass_time(30)
    assert inhabited.rest("GET", "/importErrors") == {"import_errors": [], "total_entries": 0}


def test_lists_come_in_pages(inhabited):
    inhabited.put("many.py", "from airflow import DAG\n" + "\n".join(f"DAG('d{n:03}')" for n in range(120)))
    inhabited.remove("etl.py")
    inhabited.pass_time(30)
    page = 100 if inhabited.major == 2 else 50
    assert len(dag_ids(inhabited)) == page
    assert dag_ids(inhabited, limit=2, offset=118) == ["d118", "d119"]
    assert len(dag_ids(inhabited, limit=1000)) == 100


# ---- runs ----


def test_run_goes_from_queued_through_running_to_success(inhabited):
    inhabited.unpause()
    run = inhabited.trigger(dag_run_id="r", conf={"day": "2026-11-22"}, note="by a test")
    assert (run["dag_run_id"], run["state"], run["run_type"]) == ("r", "queued", "manual")
    assert (run["conf"], run["note"]) == ({"day": "2026-11-22"}, "by a test")
    inhabited.pass_time(10)
    assert state(inhabited) == "running"
    inhabited.pass_time(60)
    ended = inhabited.rest("GET", "/dags/etl/dagRuns/r")
    assert ended["state"] == "success"
    assert ended["start_date"]
    assert ended["end_date"]
    assert ended == inhabited.rest("GET", "/dags/etl/dagRuns/r"), "dates do not change"


def test_run_of_a_paused_dag_waits(inhabited):
    inhabited.trigger(dag_run_id="r")
    inhabited.pass_time(3600)
    assert state(inhabited) == "queued"
    inhabited.unpause()
    inhabited.pass_time(3600)
    assert state(inhabited) == "success"


def test_tasks_follow_one_another(inhabited):
    inhabited.unpause()
    inhabited.trigger(dag_run_id="r")
    inhabited.pass_time(17)
    listed = inhabited.rest("GET", "/dags/etl/dagRuns/r/taskInstances")
    assert {task["task_id"]: task["state"] for task in listed["task_instances"]} == {
        "extract": "success",
        "load": "running",
    }


def test_run_fails_as_it_was_scripted_to_and_the_next_one_does_not(inhabited):
    inhabited.aws.admin.script_runs(
        ACCOUNT, REGION, inhabited.name, state="failed", task_id="extract", log=["ValueError: no data"]
    )
    inhabited.unpause()
    inhabited.trigger(dag_run_id="r")
    inhabited.trigger(dag_run_id="next")
    inhabited.pass_time(600)
    assert state(inhabited) == "failed"
    assert state(inhabited, "next") == "success"
    tasks = inhabited.rest("GET", "/dags/etl/dagRuns/r/taskInstances")["task_instances"]
    assert {task["task_id"]: task["state"] for task in tasks} == {"extract": "failed", "load": "upstream_failed"}
    log = inhabited.rest("GET", "/dags/etl/dagRuns/r/taskInstances/extract/logs/1")
    assert "ValueError: no data" in str(log["content"])


def test_xcoms_are_there_once_the_task_has_succeeded(inhabited):
    inhabited.aws.admin.script_runs(ACCOUNT, REGION, inhabited.name, xcoms={"load": {"return_value": {"rows": 3}}})
    inhabited.unpause()
    inhabited.trigger(dag_run_id="r")
    entries = "/dags/etl/dagRuns/r/taskInstances/load/xcomEntries"
    told(inhabited, 404, inhabited.rest, "GET", f"{entries}/return_value")
    inhabited.pass_time(600)
    assert [entry["key"] for entry in inhabited.rest("GET", entries)["xcom_entries"]] == ["return_value"]
    value = inhabited.rest("GET", f"{entries}/return_value")["value"]
    assert value == ("{'rows': 3}" if inhabited.major == 2 else {"rows": 3})


def test_run_id_is_taken_once(inhabited):
    inhabited.trigger(dag_run_id="r")
    assert "already exists" in told(inhabited, 409, inhabited.trigger, dag_run_id="r")["detail"]
    assert inhabited.rest("GET", "/dags/etl/dagRuns")["total_entries"] == 1


def test_run_is_there_although_the_answer_was_lost(inhabited):
    faults = {"operation": "InvokeRestApi", "environment": inhabited.name, "count": 1}
    inhabited.aws.admin.add_fault("lost_answer", **faults)
    with pytest.raises(Exception, match="Connection was closed"):
        inhabited.trigger(dag_run_id="r")
    assert state(inhabited) == "queued"


def test_run_is_ended_by_setting_its_state(inhabited):
    inhabited.unpause()
    inhabited.trigger(dag_run_id="r")
    inhabited.pass_time(10)
    assert inhabited.rest("PATCH", "/dags/etl/dagRuns/r", {"state": "failed"})["state"] == "failed"
    inhabited.pass_time(600)
    assert state(inhabited) == "failed"
    inhabited.rest("DELETE", "/dags/etl/dagRuns/r")
    told(inhabited, 404, inhabited.rest, "GET", "/dags/etl/dagRuns/r")


def test_runs_are_listed_by_state(inhabited):
    inhabited.unpause()
    inhabited.trigger(dag_run_id="old")
    inhabited.pass_time(600)
    inhabited.trigger(dag_run_id="new")
    listed = inhabited.rest("GET", "/dags/etl/dagRuns", state=["queued", "running"])
    assert [run["dag_run_id"] for run in listed["dag_runs"]] == ["new"]


def test_newest_runs_of_chosen_dags_are_listed_in_pages(inhabited):
    inhabited.put("nightly.py", NIGHTLY)
    inhabited.pass_time(30)
    for run_id, dag_id in (("r1", "etl"), ("r2", "nightly"), ("r3", "etl"), ("r4", "etl")):
        inhabited.trigger(dag_id, dag_run_id=run_id)
    wanted = {"dag_ids": ["etl"], "order_by": "-start_date", "page_limit": 2, "page_offset": 0}
    page = inhabited.rest("POST", "/dags/~/dagRuns/list", wanted)
    assert [run["dag_run_id"] for run in page["dag_runs"]] == ["r4", "r3"]
    assert page["total_entries"] == 3
    assert inhabited.rest("POST", "/dags/~/dagRuns/list", {})["total_entries"] == 4


def test_xcoms_of_all_tasks_are_listed_at_once(inhabited):
    xcoms = {"extract": {"return_value": 1}, "load": {"return_value": 2, "rows": 3}}
    inhabited.aws.admin.script_runs(ACCOUNT, REGION, inhabited.name, xcoms=xcoms)
    inhabited.unpause()
    inhabited.trigger(dag_run_id="r")
    inhabited.pass_time(60)
    entries = inhabited.rest("GET", "/dags/etl/dagRuns/r/taskInstances/~/xcomEntries")["xcom_entries"]
    found = [(entry["task_id"], entry["key"]) for entry in entries]
    assert found == [("extract", "return_value"), ("load", "return_value"), ("load", "rows")]


def test_airflow_3_wants_a_logical_date_even_if_it_is_null(inhabit):
    inhabited = inhabit(3)
    refusal = told(inhabited, 422, inhabited.rest, "POST", "/dags/etl/dagRuns", {"dag_run_id": "r"})
    assert refusal["detail"][0]["loc"] == ["body", "logical_date"]


def test_airflow_2_dates_a_run_by_itself(inhabit):
    inhabited = inhabit(2)
    run = inhabited.rest("POST", "/dags/etl/dagRuns")
    assert run["dag_run_id"] == f"manual__{run['logical_date']}"
    assert run["execution_date"] == run["logical_date"]


@pytest.mark.parametrize(
    "body", [{"dag_run": "r"}, {"dag_run_id": 1}, {"conf": [1]}, {"logical_date": "tomorrow"}], ids=str
)
def test_body_that_is_not_right_is_refused(inhabited, body):
    told(inhabited, 400 if inhabited.major == 2 else 422, inhabited.trigger, **body)


def test_what_is_not_there_is_not_found(inhabited):
    inhabited.trigger(dag_run_id="r")
    told(inhabited, 404, inhabited.trigger, "nonesuch")
    told(inhabited, 404, inhabited.rest, "GET", "/dags/etl/dagRuns/x")
    told(inhabited, 404, inhabited.rest, "GET", "/dags/etl/dagRuns/r/taskInstances/x")
    told(inhabited, 404, inhabited.rest, "GET", "/nonesuch")
    told(inhabited, 405, inhabited.rest, "PUT", "/dags/etl")


def test_new_environment_of_the_same_name_begins_with_nothing(inhabited, request_for):
    inhabited.trigger(dag_run_id="r")
    inhabited.mwaa.delete_environment(Name=inhabited.name)
    inhabited.pass_time(86400)
    members = {"DagS3Path": f"{inhabited.name}/dags", **PUBLIC}
    inhabited.mwaa.create_environment(**request_for(inhabited.name, **members))
    inhabited.pass_time(86400)
    assert inhabited.rest("GET", "/dags/etl/dagRuns")["total_entries"] == 0
