"""The Job that has Airflow import the code: its manifest, and what its end means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.verification import (
    Outcome,
    Verified,
    has_ended,
    image_of,
    job_of,
    secret_of,
    verdict_of,
)
from mwaa_operator.planning.ownership import Identity

US = Identity(cluster="c", namespace="data", name="etl", uid="uid-1")
IMAGE = "apache/airflow:{version}-python{python}"
ADDRESS = "https://s3.example/canary"


def verified(*, content="1", version="3.2.1", identity=US, path="dags/a.py"):
    files = {path: SourceFile(path, 1, content, Path("/nowhere"))}
    return Verified(identity=identity, airflow_version=version, image=image_of(IMAGE, version), files=files)


def test_name_is_of_one_content_version_image_and_object():
    other = Identity(cluster="c", namespace="data", name="etl", uid="uid-2")
    names = {
        verified().name,
        verified(content="2").name,
        verified(path="dags/b.py").name,
        verified(version="2.11.2").name,
        verified(identity=other).name,
    }
    assert len(names) == 5
    assert verified().name == verified().name
    assert all(len(name) <= 63 for name in names)


def test_image_has_the_python_that_mwaa_has():
    assert image_of(IMAGE, "2.10.3") == "apache/airflow:2.10.3-python3.11"
    assert image_of(IMAGE, "99.0.0") == "apache/airflow:99.0.0-python3.12"
    assert image_of("registry/airflow", "3.2.1") == "registry/airflow"


def test_pod_has_no_token_no_rights_and_bounds():
    job = job_of(verified(), program="print()", sha256="00")
    spec = job["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["resources"]["limits"]["memory"]
    assert all(volume["emptyDir"]["sizeLimit"] for volume in spec["volumes"])
    assert job["spec"]["activeDeadlineSeconds"] > 0
    assert job["spec"]["ttlSecondsAfterFinished"] > 0
    [owner] = job["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == ("MwaaEnvironment", "uid-1")


def test_address_of_the_code_is_in_the_secret_alone_which_goes_with_the_job():
    job = job_of(verified(), program="print()", sha256="00")
    secret = secret_of(verified(), job={"metadata": {"uid": "job-uid"}}, address=ADDRESS)
    assert ADDRESS not in json.dumps(job)
    assert secret["stringData"] == {"address": ADDRESS}
    assert [owner["uid"] for owner in secret["metadata"]["ownerReferences"]] == ["job-uid"]
    assert secret["metadata"]["name"] == job["metadata"]["name"]


def job(condition=None, **more):
    conditions = [{"type": condition, "status": "True", **more}] if condition else []
    return {"metadata": {"name": "mwaa-verify-1", "uid": "job-uid"}, "status": {"conditions": conditions}}


def pod(state=None, *, created="2026-11-26T01:00:00Z", conditions=()):
    statuses = [{"state": state}] if state else []
    return {
        "metadata": {"creationTimestamp": created},
        "status": {"containerStatuses": statuses, "conditions": list(conditions)},
    }


def ended(result, *, code=1, reason="Error", **more):
    message = result if isinstance(result, str) else json.dumps(result)
    return pod({"terminated": {"exitCode": code, "reason": reason, "message": message}}, **more)


def test_job_is_under_way_until_kubernetes_says_that_it_has_ended():
    assert not has_ended(job())
    assert not has_ended(job("Suspended"))
    assert not has_ended(job("FailureTarget"))
    assert has_ended(job("Complete"))
    assert has_ended(job("Failed"))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            pod({"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}),
            "(ImagePullBackOff: no such image)",
        ),
        (
            pod(
                conditions=[
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
                ]
            ),
            "(Unschedulable: 0/3 nodes)",
        ),
    ],
)
def test_what_a_job_waits_for_is_said(state, said):
    found = verdict_of(job(), [state])
    assert (found.outcome, found.hindered) == (Outcome.UNDER_WAY, True)
    assert said in found.message


@pytest.mark.parametrize("state", [{"waiting": {"reason": "ContainerCreating"}}, {"running": {}}, None])
def test_what_every_job_waits_for_at_first_is_no_hindrance(state):
    found = verdict_of(job(), [pod(state)])
    assert (found.outcome, found.hindered) == (Outcome.UNDER_WAY, False)
    assert found.message == "The Job mwaa-verify-1, which imports the code, is under way."


def test_code_that_can_be_imported_passes():
    found = verdict_of(job("Complete"), [ended({"airflow": "3.2.1", "dags": 12, "errors": []}, code=0)])
    assert (found.outcome, found.dags) == (Outcome.PASSED, 12)


def test_errors_are_named_three_of_them_with_files_and_lines():
    errors = [{"file": f"dags/{name}.py", "line": 3, "error": f"No module named '{name}'"} for name in "abcde"]
    found = verdict_of(job("Failed"), [ended({"airflow": "3.2.1", "dags": 1, "errors": errors, "more": 7})])
    assert found.outcome is Outcome.FAILED
    assert "dags/a.py, line 3: No module named 'a'; dags/b.py" in found.message
    assert found.message.endswith("; and 9 more.")
    assert "kubectl logs job/mwaa-verify-1" in found.advice


def test_requirements_that_cannot_be_installed_fail_without_a_line():
    errors = [{"file": "requirements.txt", "line": None, "error": "No matching distribution found for x"}]
    found = verdict_of(job("Failed"), [ended({"errors": errors})])
    assert found.outcome is Outcome.FAILED
    assert "requirements.txt: No matching distribution" in found.message


@pytest.mark.parametrize(
    ("made", "pods", "said"),
    [
        (job("Failed", reason="DeadlineExceeded"), [], "within 15 minutes"),
        (
            job("Failed", reason="DeadlineExceeded"),
            [pod({"waiting": {"reason": "ErrImagePull", "message": "denied"}})],
            "ErrImagePull: denied",
        ),
        (job("Failed", reason="BackoffLimitExceeded", message="it has failed"), [], "it has failed"),
        (job("Failed"), [ended("", code=137, reason="OOMKilled")], "2 Gi"),
        (job("Failed"), [ended("Traceback", code=139)], "exit code 139"),
        (job("Failed"), [ended("[1]")], "no result"),
        (job("Failed"), [ended({"problem": "HTTPError: 403"}, code=2)], "HTTPError: 403"),
    ],
    ids=range(7),
)
def test_what_could_not_be_found_out_is_no_fault_of_the_code(made, pods, said):
    found = verdict_of(made, pods)
    assert found.outcome is Outcome.UNABLE
    assert said in found.message
    assert "Delete the Job" in found.advice


def test_last_pod_of_several_counts():
    disrupted = ended("", code=143, created="2026-11-26T01:00:00Z")
    last = ended({"airflow": "3.2.1", "dags": 1, "errors": []}, code=0, created="2026-11-26T01:05:00Z")
    assert verdict_of(job("Complete"), [last, disrupted]).outcome is Outcome.PASSED
