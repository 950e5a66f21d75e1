"""What a soak runs on: a control plane, a simulated AWS, an operator that is killed and started again, a client of the API server."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from installation import installed
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from machine import usage_of
from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.operator_process import OperatorProcess

NAMESPACE = "soak"
REGIONS = ("eu-west-1", "us-east-1")
ACCOUNT = DEFAULT_ACCOUNT
_WHERE = ("mwaa-operator.dev", "v1alpha1", NAMESPACE, "mwaaenvironments")


class Stage:
    """All that is running."""

    def __init__(self, control_plane: ControlPlane, aws: SimulatedAws, folder: Path, *, scale: float) -> None:
        self.control_plane, self.aws, self.scale = control_plane, aws, scale
        self.operators = 0
        self.memory: list[list[float]] = []
        """Resident MB, sample by sample, for each operator process there was."""
        self._folder = folder
        self._kubeconfig = installed(control_plane, NAMESPACE)
        self.needs = {region: self._prerequisites(region) for region in REGIONS}
        self._api = self._client()
        self.start_operator()

    # The operator

    def start_operator(self) -> None:
        self.operators += 1
        self.memory.append([])
        self._operator = OperatorProcess.start(
            kubeconfig=self._kubeconfig,
            aws_environment=self.aws.environment(account=ACCOUNT),
            log_file=self._folder / "operator.log",
            settings={"TIME_SCALE": f"{self.scale:g}"},
        )

    def kill_operator(self) -> None:
        self._operator.kill()

    def stop_operator(self) -> None:
        self._operator.stop()

    def look_at_operator(self) -> None:
        """Note its memory. Raises ProcessError if it has ended by itself, which it may never do."""
        self._operator.process.raise_if_ended()
        self.memory[-1].append(usage_of(self._operator.process.pid).resident_mb)

    # Kubernetes

    def restart_api_server(self, wait: Callable[[], None]) -> None:
        """Stop it, wait, start it again."""
        self.control_plane.stop_api_server()
        wait()
        self.control_plane.start_api_server()
        self._api = self._client()

    def objects(self) -> dict[str, dict[str, Any]]:
        listed = self._api.list_namespaced_custom_object(*_WHERE)
        return {body["metadata"]["name"]: body for body in listed["items"]}

    def create(self, body: Mapping[str, Any]) -> bool:
        """Whether it could be created: there may be one of that name, still going."""
        return self._answered(self._api.create_namespaced_custom_object, body) is not None

    def patch(self, name: str, change: Mapping[str, Any]) -> bool:
        """Whether there was an object to merge a change into."""
        return self._answered(self._api.patch_namespaced_custom_object, name, change) is not None

    def delete(self, name: str) -> bool:
        return self._answered(self._api.delete_namespaced_custom_object, name) is not None

    def _answered(self, call: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return call(*_WHERE, *arguments)
        except ApiException as error:
            if error.status in {404, 409}:
                return None
            raise

    def _client(self) -> Any:
        return client.CustomObjectsApi(config.new_client_from_config(str(self.control_plane.kubeconfig)))

    def _prerequisites(self, region: str) -> Prerequisites:
        clients = self.aws.client_factory(account=ACCOUNT, region=region)
        return make_prerequisites(clients, name="soak", bucket=f"soak-{region}", role_name=f"soak-{region}")


def new_spec(stage: Stage, number: int, rng: random.Random) -> dict[str, Any]:
    """What an environment is asked to be at first."""
    region = REGIONS[number % len(REGIONS)]
    needs = stage.needs[region]
    return {
        "region": region,
        "sourceBucketArn": needs.bucket_arn,
        "dagS3Path": "dags",
        "executionRoleArn": needs.role_arn,
        "networkConfiguration": {
            "subnetIds": list(needs.subnet_ids),
            "securityGroupIds": list(needs.security_group_ids),
        },
        "airflowVersion": "3.2.1",
        "environmentClass": "mw1.small",
        "minWorkers": 1,
        "maxWorkers": rng.randint(2, 10),
        "airflowConfigurationOptions": {"core.parallelism": str(rng.randint(10, 99))},
        "tags": {"team": f"team-{number % 7}"},
        "policies": {"createFailed": rng.choice(("Keep", "Recreate"))},
    }
