"""An operator that has lived through all it can, under its own service account, in front of an API server that keeps a record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from mwaa_sandbox.aws.admin_client import RecordedCall
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane, ensure_assets
from mwaa_sandbox.cluster.audit import AuditedRequest, AuditLog
from mwaa_sandbox.cluster.permissions import Permission, permissions_of
from mwaa_sandbox.operator_process import OperatorProcess

from tests.integration.verification.kubelet import Kubelet

ROOT = Path(__file__).parents[3]
OPERATOR_NAMESPACE = "mwaa-operator-system"
SERVICE_ACCOUNT = "mwaa-operator"
USER = f"system:serviceaccount:{OPERATOR_NAMESPACE}:{SERVICE_ACCOUNT}"
BOUND_BY_NAMESPACES = ("mwaa-operator-secret-reader", "mwaa-operator-config-map-reader", "mwaa-operator-verifier")
"""ClusterRoles that are bound to nobody where the operator is installed."""
TIME_SCALE = 600
SETTLED_WITHIN = 60
"""Seconds. A create of half an hour takes three at this scale."""


@dataclass(frozen=True)
class Life:
    """What an operator asked of Kubernetes and of AWS while an environment was created, changed and deleted.

    `granted` is what the roles that the manifests ship for it allow, as the API server had them.
    """

    requests: list[AuditedRequest]
    calls: list[RecordedCall]
    granted: list[Permission]


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """An environment with all that makes the operator ask for something, from its creation until it is gone."""
    folder = tmp_path_factory.mktemp("life")
    audit = AuditLog(folder, user=USER, bodies_of=["mwaa-operator.dev"])
    with (
        ControlPlane.start(assets=ensure_assets(), api_server_flags=audit.flags()) as cluster,
        SimulatedAws.start(time_scale=TIME_SCALE) as aws,
    ):
        cluster.kubectl("apply", "-k", str(ROOT / "manifests" / "base"))
        with OperatorProcess.start(
            kubeconfig=cluster.service_account_kubeconfig(OPERATOR_NAMESPACE, SERVICE_ACCOUNT),
            aws_environment=aws.environment(),
            log_file=folder / "operator.log",
            settings={
                "TIME_SCALE": str(TIME_SCALE),
                "LEADER_ELECTION": "true",
                "WEBSERVER_ENDPOINT": aws.endpoint,
            },
        ) as operator:
            _live(cluster, aws, operator, folder)
            assert operator.stop() == 0, operator.process.log_tail()
        return Life(requests=audit.requests(), calls=aws.admin.calls(), granted=_granted(cluster))


@pytest.fixture(scope="session")
def installed(control_plane: ControlPlane) -> ControlPlane:
    """The control plane that all tests share, with the operator's manifests applied as users do it."""
    control_plane.kubectl("apply", "-k", str(ROOT / "manifests" / "base"))
    return control_plane


def _granted(cluster: ControlPlane) -> list[Permission]:
    roles = [
        ("clusterrole", "mwaa-operator"),
        *(("clusterrole", role) for role in BOUND_BY_NAMESPACES),
        ("role", "mwaa-operator", f"--namespace={OPERATOR_NAMESPACE}"),
    ]
    documents = [json.loads(cluster.kubectl("get", *role, "--output=json").stdout) for role in roles]
    return [permission for document in documents for permission in permissions_of(document)]


def _in_data(cluster: ControlPlane, *arguments: str, **more: Any) -> Any:
    return cluster.kubectl(*arguments, "--namespace=data", **more)


def _live(cluster: ControlPlane, aws: SimulatedAws, operator: OperatorProcess, folder: Path) -> None:
    cluster.kubectl("create", "namespace", "data")
    cluster.kubectl("create", "secret", "generic", "smtp", "--namespace=data", "--from-literal=password=tr0ub4dor")
    cluster.kubectl("create", "configmap", "dags", "--namespace=data", "--from-literal=etl.py=import airflow")
    for role in BOUND_BY_NAMESPACES:
        cluster.kubectl(
            *("create", "rolebinding", role, "--namespace=data", f"--clusterrole={role}"),
            f"--serviceaccount={OPERATOR_NAMESPACE}:{SERVICE_ACCOUNT}",
        )
    cluster.kubectl("apply", "-f", "-", input=yaml.safe_dump(_environment(aws)))
    Kubelet(partial(_in_data, cluster), folder).answers({"airflow": "3.3.1", "dags": 0, "errors": []}, code=0)
    _wait_until_ready(cluster, operator)
    change = {"spec": {"maxWorkers": 8, "tags": {"team": None, "unit": "data"}}}
    cluster.kubectl("patch", "mwaa/audited", "--namespace=data", "--type=merge", f"--patch={json.dumps(change)}")
    _wait_until_ready(cluster, operator)
    _run_a_dag(cluster, aws, operator)
    cluster.kubectl("delete", "mwaa/audited", "--namespace=data", timeout=SETTLED_WITHIN)


def _run_a_dag(cluster: ControlPlane, aws: SimulatedAws, operator: OperatorProcess) -> None:
    """A run with an XCom, whose path is too long for InvokeRestApi, and an object that is deleted once it has ended."""
    aws.admin.set_token_seconds(3600)
    run = {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaDagRun",
        "metadata": {"name": "audited", "namespace": "data"},
        "spec": {
            "environmentRef": {"name": "audited"},
            "dagId": "hello",
            "unpause": True,
            "collect": [{"taskId": "a_task_of_some_length"}],
            "ttlSecondsAfterFinished": 0,
        },
    }
    cluster.kubectl("apply", "-f", "-", input=yaml.safe_dump(run))

    def gone() -> bool:
        found = cluster.kubectl("get", "dagrun/audited", "--namespace=data", "--ignore-not-found")
        return found.stdout == ""

    operator.process.wait_until(gone, SETTLED_WITHIN, "end the run, and delete its object")


def _wait_until_ready(cluster: ControlPlane, operator: OperatorProcess) -> None:
    def ready() -> bool:
        wait = ("wait", "mwaa/audited", "--namespace=data", "--for=condition=Ready", "--timeout=2s")
        return cluster.kubectl(*wait, check=False).returncode == 0

    operator.process.wait_until(ready, SETTLED_WITHIN, "make the environment Ready")


def _environment(aws: SimulatedAws) -> dict[str, Any]:
    made = make_prerequisites(aws.client_factory(), name="audited", bucket="airflow-audited", role_name="audited")
    aws.client("s3").put_object(
        Bucket="airflow-audited", Key="requirements.txt", Body=b"apache-airflow-providers-http\n"
    )
    return {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "metadata": {"name": "audited", "namespace": "data"},
        "spec": {
            "maxWorkers": 5,
            "webserverAccessMode": "PUBLIC_ONLY",
            "sourceBucketArn": made.bucket_arn,
            "dagS3Path": "dags",
            "requirementsS3Path": "requirements.txt",
            "executionRoleArn": made.role_arn,
            "networkConfiguration": {
                "subnetIds": list(made.subnet_ids),
                "securityGroupIds": list(made.security_group_ids),
            },
            "artifacts": {"dags": [{"configMap": {"name": "dags"}}], "verify": "Airflow"},
            "airflowConfigurationSecrets": {"smtp.smtp_password": {"name": "smtp", "key": "password"}},
            "tags": {"team": "data"},
        },
    }
