"""One environment with a real Airflow 3 and the example DAGs in it, made by the operator as it is shipped. All tests here share it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import cached_property, partial
from pathlib import Path

import pytest
import yaml
from mwaa_sandbox.aws.accounts import SECRET_ACCESS_KEY
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.process import clean_environment

from tests.integration.waiting import met
from tests.integration.world import ENVIRONMENTS, OPERATOR, OperatorWorld, install

from .web import StatusError, Web, run_path

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
SCALE = 60
PATIENCE = 240
"""Seconds that anything may take: an Airflow that starts, or a run of four tasks, on a busy machine."""
ENDED = {"success", "failed"}
NOWHERE = "mwaa-sandbox-does-not-exist==1\n"
"""The requirements that the environment begins with: Airflow runs without what cannot be had."""


class AirflowWorld(OperatorWorld):
    """The account and the namespace of the environment, and a person who has both."""

    scale = SCALE

    def __init__(self, control_plane, aws, kubeconfig, folder):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="airflow")
        self.folder = folder
        self.document = yaml.safe_load((EXAMPLES / "with-dags.yaml").read_text(encoding="utf-8"))
        self.name = self.document["metadata"]["name"]
        self.bucket = self.document["spec"]["provision"]["bucket"]["name"]
        self.document["spec"]["artifacts"]["requirements"] = {"inline": NOWHERE}
        self.document["spec"]["maxWorkers"] = 2  # each task that may run has a process of Airflow's waiting for it
        self.document["spec"]["loggingConfiguration"] = {"workerLogs": {"enabled": True, "logLevel": "INFO"}}

    def variables(self, **more):
        """What a person would have exported, as the demo prints it."""
        path = [str(self.control_plane.assets.folder), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
        return clean_environment(
            **{
                **self.aws.environment(account=self.account),
                "PATH": ":".join(path),
                "KUBECONFIG": str(self.control_plane.kubeconfig),
                "KUBECACHEDIR": str(self.folder / "kubectl-cache"),
                "MWAA_OPERATOR_WEBSERVER_ENDPOINT": self.aws.endpoint,
                "MWAA_OPERATOR_TIME_SCALE": str(SCALE),
                **more,
            }
        )

    def run(self, *command, **more):
        """Run a command as that person, and return what it wrote; it must succeed."""
        done = subprocess.run(
            [str(each) for each in command],
            env=self.variables(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def example(self, path, *arguments):
        """Run one of the example programs."""
        return self.run(sys.executable, EXAMPLES / path, *arguments)

    def mwaa(self, *arguments):
        """Run `kubectl mwaa` in the namespace of the environment."""
        return self.run("kubectl", "mwaa", arguments[0], "--namespace", self.namespace, *arguments[1:])

    @cached_property
    def web(self):
        """The web server, for a look past the operator."""
        return Web(self.aws.endpoint, self.client("mwaa"), self.name)

    def start(self, dag, conf):
        """Start a run and return its id."""
        return self.web.api("POST", f"/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})["dag_run_id"]

    def ending(self, dag, run):
        """Wait until a run has ended, and return in which state."""
        state = partial(self.web.api, "GET", run_path(dag, run))
        return self.eventually(f"{run} of {dag} ends", lambda: (now := state()["state"]) in ENDED and now)

    def task_states(self, dag, run):
        """The state of each task."""
        found = self.web.api("GET", run_path(dag, run, "taskInstances"))["task_instances"]
        return {each["task_id"]: each["state"] for each in found}

    def xcom(self, dag, run, task):
        """What a task returned."""
        return self.web.api("GET", run_path(dag, run, "taskInstances", task, "xcomEntries", "return_value"))["value"]

    def dag_ids(self):
        return {each["dag_id"] for each in self.web.api("GET", "/dags")["dags"]}

    def put(self, key, text):
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=text.encode())

    def read(self, key):
        return self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()

    def log(self, group):
        """All that is in a log group of the environment."""
        logs, name = self.client("logs"), f"airflow-{self.name}-{group}"
        return "\n".join(event["message"] for event in logs.filter_log_events(logGroupName=name)["events"])

    def change(self, kind, name, patch):
        """Change an object by `kubectl patch`."""
        self.kubectl("patch", f"{kind}/{name}", "--type=merge", f"--patch={json.dumps(patch)}")

    def is_ready(self):
        """Whether the environment is Ready with its present spec."""
        return met(self.objects.get(ENVIRONMENTS, self.name), "condition=Ready")

    def updates(self):
        """The calls of UpdateEnvironment that have arrived."""
        return self.aws.admin.calls(account=self.account, operation="UpdateEnvironment")

    def as_role(self, policy, role_arn):
        """Variables of somebody who has taken on a role with this policy, and is held to it."""
        key = self.account  # a second access key of the account: see docs/sandbox.md
        self.aws.admin.enforce(key, policy, role_arn=role_arn)
        own = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY}
        return {**self.aws.environment(account=self.account), **own}

    def eventually(self, what, probe):
        """Return what `probe` returns, as soon as that is true. A web server that is not up, or busy, is asked again."""
        deadline = time.monotonic() + PATIENCE
        while not (found := _or_not_yet(probe)):
            self.operator.process.raise_if_ended()
            assert time.monotonic() < deadline, f"it did not come to this: {what}"
            time.sleep(0.3)
        return found


def _or_not_yet(probe):
    try:
        return probe()
    except StatusError as error:
        if error.status not in {503, 504}:
            raise
        return None


@pytest.fixture(scope="module")
def world(control_plane, tmp_path_factory):
    install(control_plane)
    kubeconfig = control_plane.service_account_kubeconfig(*OPERATOR)
    folder = tmp_path_factory.mktemp("airflow")
    with SimulatedAws.start(time_scale=SCALE, airflow=True, log_file=folder / "aws.log") as aws:
        # What AWS takes half an hour for is the subject of other tests.
        quick = {"meanSeconds": 60, "spread": 0}
        aws.admin.set_durations(create=quick, update=quick, gracefulUpdate=quick, delete=quick)
        made = AirflowWorld(control_plane, aws, kubeconfig, folder)
        made.run_operator(TIME_SCALE=str(SCALE))
        made.bind("clusterrole", "mwaa-operator-config-map-reader")
        made.kubectl("create", "configmap", "example-dags", f"--from-file={EXAMPLES / 'dags'}")
        made.kubectl("apply", "--filename=-", input=yaml.safe_dump(made.document))
        made.until(made.is_ready, f"make {made.name} Ready", PATIENCE)
        files = {path.stem for path in (EXAMPLES / "dags").glob("*.py")}
        made.eventually("Airflow has the example DAGs", lambda: made.dag_ids() >= files)
        yield made
        made.close()
