"""MwaaDagRuns beside the operator as it is shipped, in environments of both majors of Airflow, which are the light ones of the sandbox.

AWS's time runs `SCALE` times as fast as ours: a task of ten seconds is over before anybody looks. A test that has to catch a run at
work scripts one whose tasks take a day.
"""

from __future__ import annotations

import json

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION
from mwaa_sandbox.cluster.recording import Recording
from mwaa_sandbox.process import ProcessError

from tests.gitops.agreement import described
from tests.gitops.judges import HEALTH_SCRIPT
from tests.integration.dags import DAGS
from tests.integration.waiting import met
from tests.integration.world import RUNS, WITHIN, OperatorWorld
from tests.integration.world import fast_aws as start_fast_aws

DURATIONS = {"create": 60, "update": 60, "gracefulUpdate": 60, "rollback": 30, "delete": 40, "tombstone": 20}
VERSIONS = {"three": "3.3.1", "two": "2.11.2"}
A_DAY = 86400
HEALTH_OF_RUNS = HEALTH_SCRIPT.with_name("dag-run-health.lua")
AGREEMENT = {
    ("Progressing", "InProgress"),
    ("Progressing", "Terminating"),
    ("Suspended", "InProgress"),
    ("Healthy", "Current"),
    ("Degraded", "Failed"),
}
"""What Argo CD and kstatus may say of the same version."""


class World(OperatorWorld):
    """An operator, environments, and runs in them."""

    def apply(self, kind, name, spec):
        document = {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": kind,
            "metadata": {"name": name},
            "spec": spec,
        }
        self.objects.apply(f"{kind.lower()}s", document)

    def environment(self, name, /, **spec):
        """Apply an environment that people outside of its VPC can reach."""
        base = {**self.base_spec(), "webserverAccessMode": "PUBLIC_ONLY"}
        self.apply("MwaaEnvironment", name, {**base, **spec})

    def run(self, name, /, environment="three", dag="etl", **spec):
        """Apply a MwaaDagRun."""
        self.apply("MwaaDagRun", name, {"environmentRef": {"name": environment}, "dagId": dag, **spec})
        return self.handle(name)

    def handle(self, name):
        """What can be done with a MwaaDagRun that is there."""
        return Run(self, name)

    def script(self, environment, dag="etl", **how):
        """How the next run of a DAG goes."""
        self.aws.admin.script_runs(self.account, DEFAULT_REGION, environment, dag_id=dag, **how)

    def airflow(self, environment, method, path, **body):
        """Ask Airflow as somebody else than the operator."""
        answer = self.client("mwaa").invoke_rest_api(
            Name=environment, Path=path, Method=method, QueryParameters={"limit": 100}, Body=body
        )
        return answer["RestApiResponse"]

    def runs_in_airflow(self, environment, dag):
        """All runs of a DAG. (Long ids are found among those of all DAGs.)"""
        found = self.airflow(environment, "GET", "/dags/~/dagRuns")["dag_runs"]
        return [each for each in found if each["dag_id"] == dag]

    def close(self):
        self.let_go(RUNS)
        super().close()


class Run:
    """One MwaaDagRun."""

    def __init__(self, world, name):
        self.world, self.name = world, name

    def get(self):
        found = self._found()
        assert found is not None, f"there is no {self.name}"
        return found

    @property
    def status(self):
        return self.get().get("status", {})

    def condition(self, kind):
        """A condition, None if there is none of that type."""
        return next((each for each in self.status.get("conditions", []) if each["type"] == kind), None)

    def in_airflow(self, environment="three", dag="etl"):
        """The run as Airflow has it."""
        wanted = self.status["runId"]
        return next(each for each in self.world.runs_in_airflow(environment, dag) if each["dag_run_id"] == wanted)

    def wait_for(self, what):
        """Wait for a condition or a jsonpath, as `kubectl wait` has them."""
        try:
            self.world.until(lambda: met(self._found(), what), f"bring {self.name} to {what}")
        except ProcessError as error:
            pytest.fail(f"{error}\n{json.dumps(self._found(), indent=1)}")
        return self

    def wait_reason(self, kind, reason):
        return self.wait_for(f'jsonpath={{.status.conditions[?(@.type=="{kind}")].reason}}={reason}')

    def wait_gone(self):
        self.world.until(lambda: not self.exists(), f"let {self.name} go")

    def exists(self):
        return self._found() is not None

    def delete(self):
        """kubectl delete, which returns when the object is gone."""
        self.world.kubectl("delete", f"dagrun/{self.name}", timeout=WITHIN)

    def events(self):
        """Reason and type of each event so far, with what it says."""
        listed = self.world.objects.events(kind="MwaaDagRun", name=self.name)
        return {(each["reason"], each["type"]): each["message"] for each in listed}

    def wait_event(self, reason, kind):
        self.world.until(lambda: (reason, kind) in self.events(), f"send an event {reason}")

    def _found(self):
        return self.world.objects.get(RUNS, self.name)


@pytest.fixture(scope="session")
def aws_with_airflow():
    """A simulated AWS of these tests' own. Login tokens live for longer than half a second of ours."""
    with start_fast_aws(DURATIONS, spread=0.2) as running:
        running.admin.set_token_seconds(3600)
        yield running


@pytest.fixture(scope="session")
def world(installed, kubeconfig, aws_with_airflow, tmp_path_factory, judge):
    """The operator, and an environment of each major that is AVAILABLE.

    At the end, every version of every run that was stored is held to what GitOps tools make of it.
    """
    made = World(installed, aws_with_airflow, kubeconfig, tmp_path_factory.mktemp("dag-runs"), prefix="runs")
    bucket = made.made.bucket_arn.rpartition(":")[2]
    made.client("s3").put_object(Bucket=bucket, Key="dags/etl.py", Body=DAGS.encode())
    recording = Recording.start(
        installed,
        "mwaadagruns.mwaa-operator.dev",
        namespace=made.namespace,
        log_file=made.log_file.with_suffix(".versions.json"),
    )
    made.run_operator()
    for name, version in VERSIONS.items():
        made.environment(name, airflowVersion=version)
    for name in VERSIONS:
        made.kubectl("wait", f"mwaa/{name}", "--for=condition=Ready", f"--timeout={WITHIN}s", timeout=WITHIN + 5)
    yield made
    versions = recording.versions()
    recording.stop()
    made.close()
    objections = [
        described(*each) for each in zip(versions, judge(versions, HEALTH_OF_RUNS), strict=True) if not agreed(*each)
    ]
    assert versions
    if objections:
        pytest.fail("Stored versions that GitOps tools misunderstand:\n" + "\n".join(objections), pytrace=False)


def agreed(found, verdicts):
    """Whether both say the same of a version, and what its conditions mean."""
    true = {each["type"] for each in found["status"].get("conditions", ()) if each["status"] == "True"}
    going = "deletionTimestamp" in found["metadata"]
    argo, kstatus = verdicts["argo"]["status"], verdicts["kstatus"]["status"]
    return (
        (argo, kstatus) in AGREEMENT
        and (argo == "Healthy") <= ("Complete" in true)
        and (argo == "Degraded") <= ("Stalled" in true)
        and (going or not {"Complete", "Failed"} <= true)
    )
