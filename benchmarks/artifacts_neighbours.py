"""Other environments, which are edited while a large set is on its way: what they wait for it."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from meanwhile import meanwhile
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from objects import asked_to_look, patch_spec, status_of

COUNT = 4
_WITHIN_SECONDS = 300
_BETWEEN_SECONDS = 1.0


@dataclass
class Edited:
    """What was measured, in seconds: from an edit to UpdateEnvironment, and from a changed ConfigMap to its DAG in the bucket."""

    edits: list[float] = field(default_factory=list)
    deliveries: list[float] = field(default_factory=list)


class Neighbours:
    """A few environments at rest, one of them with code from a ConfigMap."""

    def __init__(self, control_plane: ControlPlane, aws: SimulatedAws, namespace: str) -> None:
        self._control_plane, self._aws = control_plane, aws
        self._kubeconfig = control_plane.kubeconfig
        self._namespace = namespace
        self._workers: dict[str, int] = {}
        self._texts = 0
        needs = make_prerequisites(aws.client, name="others", bucket="airflow-others", role_name="mwaa-others")
        self._config_map()
        for number in range(COUNT):
            self.apply(f"other-{number}", needs)
        self.apply("coded", needs, artifacts={"dags": [{"configMap": {"name": "dags"}}]}, dagS3Path="coded")

    def settle(self) -> None:
        """Until all are as they should be, and the operator has looked at all."""
        for name in self._names():
            _until(lambda name=name: self._asked(name) and self._is_ready(name), f"Ready of {name}")
        time.sleep(5)

    @contextmanager
    def edited(self) -> Iterator[Edited]:
        """Edit one after the other for as long as the block lasts."""
        found = Edited()
        with meanwhile(lambda: self._edit(found), every=_BETWEEN_SECONDS):
            yield found

    def apply(self, name: str, needs: Prerequisites, **more: Any) -> None:
        """Apply an environment."""
        spec = {
            "environmentClass": "mw1.small",
            "airflowVersion": "3.3.1",
            "webserverAccessMode": "PUBLIC_ONLY",
            "sourceBucketArn": needs.bucket_arn,
            "dagS3Path": "dags",
            "executionRoleArn": needs.role_arn,
            "networkConfiguration": {
                "subnetIds": list(needs.subnet_ids),
                "securityGroupIds": list(needs.security_group_ids),
            },
            "maxWorkers": 10,
            **more,
        }
        metadata = {"name": name, "namespace": self._namespace}
        self._put(
            {"apiVersion": "mwaa-operator.dev/v1alpha1", "kind": "MwaaEnvironment", "metadata": metadata, "spec": spec}
        )

    def _edit(self, found: Edited) -> None:
        for name in self._names():
            if not self._is_ready(name):
                self._asked(name)
        free = next((name for name in self._names()[:COUNT] if self._is_ready(name)), None)
        if free is not None:
            found.edits.append(self._edit_spec(free))
        if self._is_ready("coded"):
            found.deliveries.append(self._edit_code())

    def _edit_spec(self, name: str) -> float:
        known = self._aws.admin.calls(service="airflow")
        since = max((call.sequence for call in known), default=0)
        wanted = self._workers[name] = 21 - self._workers.get(name, 10)
        sent = patch_spec(self._kubeconfig, self._namespace, name, {"maxWorkers": wanted})
        arrived: list[float] = []

        def is_there() -> bool:
            calls = self._aws.admin.calls(
                service="airflow", operation="UpdateEnvironment", environment=name, since=since
            )
            arrived[:] = [call.time for call in calls]
            return bool(arrived)

        _until(is_there, f"UpdateEnvironment of {name}")
        return arrived[0] - sent

    def _edit_code(self) -> float:
        def now() -> Any:
            return status_of(self._kubeconfig, self._namespace, "coded").get("artifacts", {}).get("dags")

        before = now()
        sent = time.time()
        self._config_map()
        _until(lambda: now() != before, "code from a ConfigMap")
        return time.time() - sent

    def _config_map(self) -> None:
        self._texts += 1
        files = {"dag.py": f"number = {self._texts}\n"}
        metadata = {"name": "dags", "namespace": self._namespace}
        self._put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": files})

    def _put(self, document: Mapping[str, Any]) -> None:
        self._control_plane.kubectl("apply", "-f", "-", input=json.dumps(document))

    def _asked(self, name: str) -> bool:
        return asked_to_look(self._kubeconfig, self._namespace, name)

    def _names(self) -> list[str]:
        return [*(f"other-{number}" for number in range(COUNT)), "coded"]

    def _is_ready(self, name: str) -> bool:
        conditions = status_of(self._kubeconfig, self._namespace, name).get("conditions", [])
        states = {condition["type"]: condition["status"] for condition in conditions}
        return states.get("Ready") == states.get("Synced") == "True" and "Reconciling" not in states


def _until(holds: Any, what: str) -> None:
    deadline = time.time() + _WITHIN_SECONDS
    while not holds():
        if time.time() > deadline:
            raise SystemExit(f"not within {_WITHIN_SECONDS} s: {what}")
        time.sleep(0.05)
