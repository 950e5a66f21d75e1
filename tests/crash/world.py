"""What all runs share: one control plane, one simulated AWS, and what an environment needs there."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.operator_process import operator_environment
from mwaa_sandbox.process import ManagedProcess
from mwaa_sandbox.proxy import CountingProxy, Upstream
from mwaa_sandbox.warm_start import WarmStart

from tests.integration.warm import KUBECONFIG, imported

from .holdings import Onlooker

ROOT = Path(__file__).parents[2]
TIME_SCALE = 60
OPERATION_SECONDS = 3.0 * TIME_SCALE
"""AWS's time that every operation takes: long enough that an operator which is started again finds it still at work."""
SHORT_SECONDS = 0.2 * TIME_SCALE
"""The same for what only has to be over before a scenario begins."""
TOMBSTONE_SECONDS = 0.5 * TIME_SCALE
MANY = 100_000

_OPERATIONS = ("create", "update", "gracefulUpdate", "versionChange", "rollback", "delete")
_SYSTEM = "mwaa-operator-system"


@dataclass
class World:
    """Kubernetes and AWS, for as long as the test runs."""

    control_plane: ControlPlane
    aws: SimulatedAws
    needs: Prerequisites
    kubeconfig: Path
    """The operator's own, of the ServiceAccount that is shipped."""
    folder: Path
    operators: WarmStart
    onlooker: Onlooker
    storage: Any
    """A client of S3, in the account that runs share."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_number(self) -> int:
        """Return a number that nothing in this world is called by yet."""
        with self._lock:
            return next(self._numbers)

    def upstreams(self) -> dict[str, Upstream]:
        """Return what the proxies stand in front of."""
        return {
            "aws": Upstream.at(self.aws.endpoint),
            "kubernetes": Upstream.at(self.control_plane.server, ca_file=self.control_plane.ca_file),
        }

    def start_operator(self, proxy: CountingProxy, *, namespace: str, account: str, name: str) -> ManagedProcess:
        """Start an operator for one namespace and one AWS account, whose every call goes through a proxy."""
        folder = self.folder / name
        folder.mkdir()
        config = yaml.safe_load(self.kubeconfig.read_text())
        config["clusters"][0]["cluster"] = {"server": proxy.endpoint("kubernetes")}
        (folder / KUBECONFIG).write_text(yaml.safe_dump(config))
        return self.operators.start(
            ["run"],
            env=operator_environment(
                kubeconfig=KUBECONFIG,
                aws_environment={**self.aws.environment(account=account), "AWS_ENDPOINT_URL": proxy.endpoint("aws")},
                http_port=0,
                settings={
                    "NAMESPACE": namespace,
                    "WATCH_NAMESPACES": namespace,
                    "TIME_SCALE": str(TIME_SCALE),
                    # They only look, and at moments of their own: runs of one scenario would not compare.
                    "AIRFLOW_HEALTH_SECONDS": "0",
                    "SIZING_SECONDS": "0",
                },
            ),
            cwd=folder,
        )

    def spec(self, **more: Any) -> dict[str, Any]:
        """Return a spec with all that every environment needs."""
        return {
            "sourceBucketArn": self.needs.bucket_arn,
            "dagS3Path": "dags",
            "executionRoleArn": self.needs.role_arn,
            "networkConfiguration": {
                "subnetIds": list(self.needs.subnet_ids),
                "securityGroupIds": list(self.needs.security_group_ids),
            },
            "maxWorkers": 5,
            "tags": {"team": "data"},
            **more,
        }


@contextmanager
def world(control_plane: ControlPlane, folder: Path) -> Iterator[World]:
    """Install the operator's manifests, start an AWS, and make what environments need."""
    control_plane.kubectl("apply", "--server-side", "--force-conflicts", "-k", str(ROOT / "manifests" / "base"))
    control_plane.kubectl(
        "wait", "--for=condition=Established", "crd/mwaaenvironments.mwaa-operator.dev", "--timeout=60s"
    )
    with (
        SimulatedAws.start(time_scale=TIME_SCALE, quota=MANY, log_file=folder / "aws.log") as aws,
        imported() as operators,
    ):
        aws.admin.set_durations(
            **{name: {"meanSeconds": OPERATION_SECONDS} for name in _OPERATIONS},
            tombstone={"meanSeconds": TOMBSTONE_SECONDS},
        )
        yield World(
            control_plane=control_plane,
            aws=aws,
            needs=make_prerequisites(aws.client_factory(), name="crash", bucket="airflow-crash", role_name="crash"),
            kubeconfig=control_plane.service_account_kubeconfig(_SYSTEM, "mwaa-operator"),
            folder=folder,
            operators=operators,
            onlooker=Onlooker(aws),
            storage=aws.client("s3"),
        )


def make_namespaces(control_plane: ControlPlane, names: Sequence[str]) -> None:
    """Make namespaces in which an operator can keep its own things, as it otherwise does in the one that is shipped."""
    shipped = list(yaml.safe_load_all((ROOT / "manifests" / "base" / "role.yaml").read_text(encoding="utf-8")))
    documents: list[dict[str, Any]] = []
    for name in names:
        documents.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        documents += [{**each, "metadata": {**each["metadata"], "namespace": name}} for each in shipped]
    control_plane.kubectl("apply", "--filename=-", input=yaml.safe_dump_all(documents))
