"""Code from git and from other buckets, by a running operator; and code that Airflow has to import first."""

from __future__ import annotations

import json

import pytest

from tests.contract.artifacts.git_server import serving
from tests.contract.artifacts.repository import Repository
from tests.integration.verification.kubelet import Kubelet

pytestmark = pytest.mark.slow

DAG = "from airflow import DAG\n"
CANARY = "ghp_canary-5d1e"


@pytest.fixture(scope="module")
def git(world, tmp_path_factory):
    """A server that lets in whoever has the token, and a repository on it."""
    world.allow_secrets()
    root = tmp_path_factory.mktemp("git")
    repository = Repository(root / "team")
    repository.write({"dags/etl.py": DAG})
    repository.commit()
    with serving(root, tmp_path_factory.mktemp("git-server")) as server:
        server.password = f"x-access-token:{CANARY}"
        server.repository = repository
        yield server


def secret_with(git, token):
    data = {"token": token, "ca.crt": git.certificate.decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "git"}, "stringData": data}


def test_pushed_code_gets_into_the_bucket_and_a_broken_remote_keeps_the_last_good_state(world, name, git):
    world.kubectl("apply", "--filename=-", input=json.dumps(secret_with(git, "wrong")))
    source = {"url": git.url("team/.git"), "ref": "main", "path": "dags", "secretRef": {"name": "git"}}
    made = world.coded(name, artifacts={"dags": [{"git": source}]}).apply()
    assert "Secret git" in made.wait_code("SourceDenied")
    world.kubectl("apply", "--filename=-", input=json.dumps(secret_with(git, CANARY)))
    made.wait_settled()
    made.wait_file("dags/etl.py", DAG)
    assert made.status()["artifacts"]["dags"]["revisions"] == [git.repository.head()]

    git.answers["/team"] = (503, {}, b"")
    made.wait_code("SourceUnreachable")
    assert made.condition("Ready")["status"] == "True"
    made.wait_files("dags/etl.py")

    git.repository.write({"dags/etl.py": f"{DAG}# pushed\n"})
    git.repository.commit()
    git.answers.clear()
    made.wait_file("dags/etl.py", f"{DAG}# pushed\n")
    made.wait_settled()
    assert made.updates() == []
    assert CANARY not in world.log_file.read_text(encoding="utf-8")
    assert CANARY not in json.dumps(made.get())


def test_code_from_another_bucket_follows_it(world, name):
    storage, source = world.client("s3"), f"ci-{name}"
    storage.create_bucket(Bucket=source, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    storage.put_object(Bucket=source, Key="team-a/dags/etl.py", Body=DAG.encode())
    storage.put_object(Bucket=source, Key="team-b/dags/other.py", Body=b"other = 1\n")
    taken = {"bucket": source, "prefix": "team-a/dags"}
    made = world.coded(name, artifacts={"dags": [{"s3": taken}]}).apply()
    made.wait_settled()
    made.wait_files("dags/etl.py")
    storage.put_object(Bucket=source, Key="team-a/dags/lib/x.py", Body=b"x = 1\n")
    storage.delete_object(Bucket=source, Key="team-a/dags/etl.py")
    made.wait_files("dags/lib/x.py")
    made.artifacts(dags=[{"s3": {**taken, "intervalSeconds": 86400}}])
    made.wait_settled()
    for number in range(3):
        storage.put_object(Bucket=source, Key="team-a/dags/lib/x.py", Body=f"x = {number // 2}\n".encode())
        request = made.request_reconcile()
        made.wait_file("dags/lib/x.py", f"x = {number // 2}\n")
        world.until(lambda of=request: made.status()["lastHandledReconcileAt"] == of, "handle the request")


def test_code_goes_out_once_airflow_has_imported_it_and_not_before(world, name, tmp_path):
    world.bind("clusterrole", "mwaa-operator-verifier")
    kubelet = Kubelet(world.kubectl, tmp_path)
    world.put_config_map(name, a_py="import never\n")
    made = world.coded(name, artifacts={"dags": [{"configMap": {"name": name}}], "verify": "Airflow"}).apply()
    error = {"file": "dags/a.py", "line": 1, "error": "ModuleNotFoundError: No module named 'never'"}
    kubelet.answers({"airflow": "3.3.1", "dags": 0, "errors": [error]}, code=1)
    assert "dags/a.py, line 1: ModuleNotFoundError" in made.wait_code("ChecksFailed")
    made.wait_files()
    world.put_config_map(name, a_py=DAG)
    kubelet.answers({"airflow": "3.3.1", "dags": 1, "errors": []}, code=0)
    made.wait_settled()
    made.wait_file("dags/a.py", DAG)
