"""Verification by a Job on a real API server, in a namespace of the restricted Pod Security Standard."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError

from .kubelet import DIES

DAG = "from airflow import DAG\n"
PASSED = {"airflow": "3.3.1", "dags": 1, "errors": []}
FAILED = {
    "airflow": "3.3.1",
    "dags": 0,
    "errors": [{"file": "dags/etl.py", "line": 2, "error": "ModuleNotFoundError: No module named 'never'"}],
}


def test_code_that_airflow_imports_goes_out_and_leaves_nothing_behind_but_its_job(world):
    world.allow()
    assert world.verify({"etl.py": DAG}, meanwhile=lambda: world.kubelet.answers(PASSED, code=0)) == ()
    [job], [secret] = world.documents("jobs"), world.documents("secrets")
    assert [owner["uid"] for owner in job["metadata"]["ownerReferences"]] == [world.uid]
    assert [owner["uid"] for owner in secret["metadata"]["ownerReferences"]] == [job["metadata"]["uid"]]
    assert world.stored() == [world.record]


def test_code_that_has_passed_needs_no_job_any_more_even_when_its_job_is_gone(world):
    world.allow()
    world.verify({"etl.py": DAG}, meanwhile=lambda: world.kubelet.answers(PASSED, code=0))
    world.kubectl("delete", "jobs,pods", "--selector=mwaa-operator.dev/verification")
    assert world.verify({"etl.py": DAG}) == ()
    assert world.documents("jobs") == []


def test_code_that_airflow_cannot_import_is_kept_back_and_a_new_process_makes_no_second_job(world):
    world.allow()
    [found] = world.verify({"etl.py": DAG}, meanwhile=lambda: world.kubelet.answers(FAILED, code=1))
    assert "dags/etl.py, line 2: ModuleNotFoundError: No module named 'never'" in found.found
    assert world.verify({"etl.py": DAG}) == (found,)
    assert len(world.documents("jobs")) == 1
    assert world.stored() == []


def test_process_that_died_before_it_made_the_secret_is_taken_up_by_the_next_one(world):
    world.allow()

    def lose_the_secret():
        world.kubelet.job()
        world.kubectl("delete", "secrets", "--selector=mwaa-operator.dev/verification")
        return DIES

    world.verify({"etl.py": DAG}, meanwhile=lose_the_secret)
    assert world.verify({"etl.py": DAG}, meanwhile=lambda: world.kubelet.answers(PASSED, code=0)) == ()
    assert len(world.documents("jobs")) == 1
    assert world.stored() == [world.record]


def test_pod_that_cannot_begin_is_said_to_wait_and_is_waited_for_all_the_same(world):
    world.allow()
    with pytest.raises(SourceProblemError, match="ErrImagePull: no such image") as caught:
        world.verify({"etl.py": DAG}, meanwhile=lambda: world.kubelet.cannot_begin("ErrImagePull", "no such image"))
    assert (caught.value.reason, caught.value.lasting) == (Reason.VERIFICATION_FAILED, False)
    # Before it is asked again: patience is a second here, and the pod is there.
    world.kubelet.answers(PASSED, code=0)
    assert world.verify({"etl.py": DAG}) == ()


def test_archive_of_code_that_changed_while_no_process_ran_is_not_forgotten(world):
    world.allow()

    def dies():
        world.kubelet.job()
        return DIES

    world.verify({"etl.py": DAG}, meanwhile=dies)
    assert len(world.stored()) == 1
    world.kubectl("delete", "jobs", "--selector=mwaa-operator.dev/verification")
    changed = {"etl.py": f"{DAG}# changed\n"}
    assert world.verify(changed, meanwhile=lambda: world.kubelet.answers(PASSED, code=0)) == ()
    assert world.stored() == [world.record]


def test_job_that_somebody_deletes_is_made_anew(world):
    world.allow()

    def delete():
        world.kubelet.job()
        world.kubectl("delete", "jobs", "--selector=mwaa-operator.dev/verification")

    with pytest.raises(SourceProblemError, match="made anew") as caught:
        world.verify({"etl.py": DAG}, meanwhile=delete)
    assert not caught.value.lasting


def test_without_the_role_it_is_said_which_one_to_bind(world):
    with pytest.raises(SourceProblemError, match="mwaa-operator-verifier") as caught:
        world.verify({"etl.py": DAG})
    assert (caught.value.reason, caught.value.lasting) == (Reason.VERIFICATION_FAILED, True)
    assert world.stored() == []


def test_pod_that_ends_without_a_result_is_no_verdict_on_the_code(world):
    world.allow()
    with pytest.raises(SourceProblemError, match="exit code 137") as caught:
        world.verify({"etl.py": DAG}, meanwhile=lambda: world.kubelet.answers("", code=137))
    assert caught.value.reason is Reason.VERIFICATION_FAILED
