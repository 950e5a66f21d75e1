"""An operator at work, with somebody who records every version of its objects."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import DEFAULT_REGION, SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.cluster.recording import Recording
from mwaa_sandbox.operator_process import OperatorProcess

ROOT = Path(__file__).parents[2]
TIME_SCALE = 600
WITHIN = 90
"""Seconds that anything may take on a busy machine. A create of half an hour takes three at this scale."""


@dataclass
class Stage:
    """One operator under its own service account, a namespace of objects that are recorded, and an AWS account."""

    cluster: ControlPlane
    aws: SimulatedAws
    namespace: str
    recording: Recording
    spec: dict[str, Any]
    """A small spec for which all is there in AWS."""

    def document(self, name: str, /, **changes: Any) -> dict[str, Any]:
        """A MwaaEnvironment with this spec, changed at the top."""
        return {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": self.spec | changes,
        }

    def create(self, name: str, /, **changes: Any) -> None:
        self.cluster.kubectl("create", "--filename=-", input=json.dumps(self.document(name, **changes)), timeout=WITHIN)

    def edit(self, name: str, /, **changes: Any) -> int:
        """Patch the spec; gives the new generation."""
        return int(
            self.cluster.kubectl(
                *("patch", f"mwaa/{name}", f"--namespace={self.namespace}", "--type=merge"),
                *(f"--patch={json.dumps({'spec': changes})}", "--output=jsonpath={.metadata.generation}"),
                timeout=WITHIN,
            ).stdout
        )

    def annotate(self, name: str, annotation: str) -> None:
        """Set (`word=value`) or remove (`word-`) one of the operator's annotations."""
        self.cluster.kubectl(
            *("annotate", f"mwaa/{name}", f"--namespace={self.namespace}", f"mwaa-operator.dev/{annotation}"),
            timeout=WITHIN,
        )

    def wait_for(self, name: str, kind: str, reason: str, *, generation: int = 1) -> dict[str, Any]:
        """The first version after the last that was waited for in which a condition has this reason, said of this generation."""

        def holds(found: dict[str, Any]) -> bool:
            status = found.get("status", {})
            current = status.get("observedGeneration") == found["metadata"]["generation"] >= generation
            return current and any((c["type"], c["reason"]) == (kind, reason) for c in status["conditions"])

        return self.recording.wait_for(name, holds, within=WITHIN, what=f"have {kind} with the reason {reason}")

    def script(self, operation: str, outcome: str, name: str) -> None:
        self.aws.admin.script_outcome(operation, outcome, environment=name)


@pytest.fixture(scope="module")  # its operator, which is in a hurry, keeps a processor busy as long as it runs
def stage(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("gitops")
    namespace = f"gitops-{secrets.token_hex(4)}"
    control_plane.kubectl("apply", "-k", str(ROOT / "manifests" / "base"), timeout=WITHIN)
    control_plane.kubectl("create", "namespace", namespace, timeout=WITHIN)
    control_plane.kubectl(
        *("create", "rolebinding", "mwaa-operator-secret-reader", f"--namespace={namespace}"),
        *("--clusterrole=mwaa-operator-secret-reader", "--serviceaccount=mwaa-operator-system:mwaa-operator"),
    )
    with (
        SimulatedAws.start(time_scale=TIME_SCALE, quota=30) as aws,
        OperatorProcess.start(
            kubeconfig=control_plane.service_account_kubeconfig("mwaa-operator-system", "mwaa-operator"),
            aws_environment=aws.environment(),
            log_file=folder / "operator.log",
            settings={
                "TIME_SCALE": str(TIME_SCALE),
                "WATCH_NAMESPACES": namespace,
                # They speak at moments of their own, and here it is told what a GitOps tool has stored.
                "AIRFLOW_HEALTH_SECONDS": "0",
                "SIZING_SECONDS": "0",
            },
        ),
        Recording.start(control_plane, "mwaa", namespace=namespace, log_file=folder / "watch.json") as recording,
    ):
        made = make_prerequisites(aws.client_factory(), name="shared", bucket="airflow-shared", role_name="airflow")
        spec = {
            "region": DEFAULT_REGION,
            "airflowVersion": "3.3.1",
            "environmentClass": "mw1.small",
            "maxWorkers": 2,
            "sourceBucketArn": made.bucket_arn,
            "dagS3Path": "dags",
            "executionRoleArn": made.role_arn,
            "networkConfiguration": {
                "subnetIds": list(made.subnet_ids),
                "securityGroupIds": list(made.security_group_ids),
            },
        }
        yield Stage(control_plane, aws, namespace, recording, spec)
        # While the operator is there to let go of them.
        control_plane.kubectl("delete", "mwaa", "--all", f"--namespace={namespace}", timeout=WITHIN)
    control_plane.kubectl("delete", "namespace", namespace, "--wait=false", timeout=WITHIN)


@pytest.fixture(scope="session")
def account() -> tuple[str, str]:
    """Account and Region of the stage, as the simulator's admin API wants them."""
    return DEFAULT_ACCOUNT, DEFAULT_REGION
