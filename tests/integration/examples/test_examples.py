"""Each example, with only the names of what AWS names itself replaced, becomes AVAILABLE under the permissions that are shipped."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml
from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT
from mwaa_sandbox.aws.prerequisites import make_key, make_prerequisites
from mwaa_sandbox.aws.process import DEFAULT_REGION, SimulatedAws
from mwaa_sandbox.operator_process import OperatorProcess

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "examples").glob("*.yaml"))
EXAMPLES = [path for path in FILES if "kind: MwaaEnvironment" in path.read_text(encoding="utf-8")]
TIME_SCALE = 300
AVAILABLE_WITHIN = 80
"""Seconds. A create of half an hour takes six at this scale."""


@pytest.fixture(scope="module")
def aws():
    """An AWS of one's own: the examples are for an account of a certain number, and half an hour is long."""
    with SimulatedAws.start(time_scale=TIME_SCALE) as running:
        yield running


@pytest.fixture
def operator(control_plane, kubeconfig, aws, namespace, tmp_path, recorder):
    recorder.follow(control_plane)
    with OperatorProcess.start(
        kubeconfig=kubeconfig,
        aws_environment=aws.environment(),
        log_file=tmp_path / "operator.log",
        settings={"TIME_SCALE": str(TIME_SCALE), "WATCH_NAMESPACES": namespace},
    ) as running:
        yield running


def documents(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def environment_in(path):
    [found] = [document for document in documents(path) if document["kind"] == "MwaaEnvironment"]
    return found


def made_real(document, aws):
    """Make what the example needs in AWS and does not make itself, and put in the names that cannot be chosen."""
    document = copy.deepcopy(document)
    spec = document["spec"]
    if "provision" in spec:
        return document
    bucket, role = spec["sourceBucketArn"].rpartition(":")[2], spec["executionRoleArn"].rpartition("/")[2]
    made = make_prerequisites(aws.client_factory(), name=document["metadata"]["name"], bucket=bucket, role_name=role)
    assert (made.bucket_arn, made.role_arn) == (spec["sourceBucketArn"], spec["executionRoleArn"])
    spec["networkConfiguration"] = {
        "subnetIds": list(made.subnet_ids),
        "securityGroupIds": list(made.security_group_ids),
    }
    if "requirementsS3Path" in spec:
        answer = aws.client("s3").put_object(Bucket=bucket, Key=spec["requirementsS3Path"], Body=b"")
        if "requirementsS3ObjectVersion" in spec:
            spec["requirementsS3ObjectVersion"] = answer["VersionId"]
    if "kmsKey" in spec:
        spec["kmsKey"] = make_key(aws.client_factory(), role_name=role)
    return document


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_becomes_available(control_plane, namespace, aws, operator, path):
    environment = made_real(environment_in(path), aws)
    name = environment["metadata"]["name"]
    for role in ("mwaa-operator-secret-reader", "mwaa-operator-config-map-reader"):
        control_plane.kubectl(
            *("create", "rolebinding", role, f"--namespace={namespace}", f"--clusterrole={role}"),
            "--serviceaccount=mwaa-operator-system:mwaa-operator",
        )
    others = [document for document in documents(path) if document["kind"] != "MwaaEnvironment"]
    if "artifacts" in environment["spec"] and not others:
        folder = ROOT / "examples" / "dags"
        control_plane.kubectl(
            *("create", "configmap", "example-dags", f"--namespace={namespace}", f"--from-file={folder}")
        )
    answer = control_plane.kubectl(
        *("apply", f"--namespace={namespace}", "--filename=-"), input=yaml.safe_dump_all([*others, environment])
    )
    assert answer.stderr == ""

    def ready():
        wait = ("wait", f"mwaa/{name}", f"--namespace={namespace}", "--for=condition=Ready", "--timeout=2s")
        return control_plane.kubectl(*wait, check=False).returncode == 0

    operator.process.wait_until(ready, AVAILABLE_WITHIN, f"make {name} Ready")
    shown = control_plane.kubectl("get", f"mwaa/{name}", f"--namespace={namespace}", "--output=json")
    conditions = {each["type"]: each["status"] for each in json.loads(shown.stdout)["status"]["conditions"]}
    assert (conditions["Ready"], conditions["Synced"]) == ("True", "True")
    region = environment["spec"].get("region", DEFAULT_REGION)
    assert aws.admin.environment(DEFAULT_ACCOUNT, region, name)["status"] == "AVAILABLE"
    control_plane.kubectl("delete", f"mwaa/{name}", f"--namespace={namespace}", timeout=AVAILABLE_WITHIN)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_says_what_to_fill_in(path):
    assert "FILL IN" in path.read_text(encoding="utf-8")


def test_readme_names_every_example():
    readme = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in FILES if f"({path.name})" not in readme] == []


def test_example_of_a_run_is_one_that_the_api_server_takes(control_plane, kubeconfig, namespace):
    example = str(ROOT / "examples" / "dag-run.yaml")
    answer = control_plane.kubectl("create", f"--namespace={namespace}", "--filename", example, "--dry-run=server")
    assert answer.stderr == ""


def test_seed_example_turns_all_five_logs_on():
    logging = environment_in(ROOT / "examples" / "ricsue-dublin.yaml")["spec"]["loggingConfiguration"]
    assert set(logging) == {"dagProcessingLogs", "schedulerLogs", "taskLogs", "webserverLogs", "workerLogs"}
    assert all(module["enabled"] for module in logging.values())


def test_production_example_waits_for_approval(control_plane, namespace, aws, operator):
    """What its first comment promises."""
    path = ROOT / "examples" / "gitops-safe.yaml"
    environment = environment_in(path)
    environment["metadata"]["name"] = "approval"
    for field in ("sourceBucketArn", "executionRoleArn"):
        environment["spec"][field] += "-approval"
    environment = made_real(environment, aws)
    where = f"--namespace={namespace}"
    control_plane.kubectl("apply", where, "--filename=-", input=yaml.safe_dump(environment))

    def reason(kind):
        shown = control_plane.kubectl("get", "mwaa/approval", where, "--output=json").stdout
        status = json.loads(shown).get("status", {})
        return {each["type"]: each["reason"] for each in status.get("conditions", [])}.get(kind)

    def synced():
        shown = control_plane.kubectl(
            "wait", "mwaa/approval", where, "--for=condition=Ready", "--timeout=2s", check=False
        )
        return shown.returncode == 0

    operator.process.wait_until(synced, AVAILABLE_WITHIN, "make the environment Ready")
    control_plane.kubectl("patch", "mwaa/approval", where, "--type=merge", '--patch={"spec":{"maxWorkers":25}}')
    waiting = "WaitingForApproval"
    operator.process.wait_until(lambda: reason("Synced") == waiting, AVAILABLE_WITHIN, "wait for approval")
    assert aws.admin.calls(service="airflow", operation="UpdateEnvironment", environment="approval") == []
    control_plane.kubectl("delete", "mwaa/approval", where, timeout=AVAILABLE_WITHIN)
