"""Sets the stage: control plane, simulated AWS, and the operator under the permissions that are shipped."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mwaa_sandbox import run_folder
from mwaa_sandbox.aws.inventory import inventory
from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import Assets, ControlPlane
from mwaa_sandbox.operator_process import OperatorProcess
from mwaa_sandbox.process import ProcessError, clean_environment

NAMESPACE = "data"
OPERATOR_NAMESPACE = "mwaa-operator-system"
MANIFESTS = Path("manifests") / "base"
EXAMPLE = Path("examples") / "ricsue-dublin.yaml"
"""The example with existing parts."""
FROM_NOTHING = Path("examples") / "from-nothing.yaml"
"""The example whose parts the operator makes."""
WITH_DAGS = Path("examples") / "with-dags.yaml"
"""The same, with DAGs in it, for which there is a real Airflow."""
_PLUGIN_SECONDS = 120

Say = Callable[[str], None]


class NotACheckoutError(RuntimeError):
    """The folder lacks what the demo applies."""


@dataclass(frozen=True)
class Stage:
    """All that is running. `folder` holds the logs; `example` is in it as `example_file`, with the names that AWS gave if it has any."""

    folder: Path
    example: Mapping[str, Any]
    example_file: Path
    control_plane: ControlPlane
    aws: SimulatedAws
    operator: OperatorProcess
    project: Path
    time_scale: float
    airflow: bool
    """Whether the simulated AWS runs a real Airflow for each environment."""

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl as the person at the terminal would; return what it wrote."""
        return self.control_plane.kubectl(*arguments).stdout

    def plugin(self, *arguments: str) -> str:
        """Run `kubectl mwaa` as the person at the terminal would; return what it wrote.

        Raises:
            ProcessError: with what it said, if it fails.
        """
        done = subprocess.run(
            ["kubectl", "mwaa", *arguments],
            env=clean_environment(**self._values(), PATH=os.pathsep.join([*self._programs(), os.defpath])),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PLUGIN_SECONDS,
        )
        if done.returncode != 0:
            raise ProcessError(f"kubectl mwaa {' '.join(arguments)} has failed: {done.stderr or done.stdout}")
        return done.stdout

    def raise_if_ended(self) -> None:
        """Raise `ProcessError` if something that should run does not any more."""
        self.control_plane.raise_if_ended()
        self.aws.raise_if_ended()
        self.operator.process.raise_if_ended()

    @property
    def provisions(self) -> bool:
        """Whether the operator makes what the example needs."""
        return "provision" in self.example["spec"]

    def left_in_account(self) -> list[str]:
        """Kind and id of all that there is in the AWS account. It was empty before the example, unless that does not provision."""
        return sorted(f"{kind} {identity}" for kind, identity in inventory(self.aws.client))

    def variables(self) -> str:
        """Lines that let another shell talk to all of this, whatever that shell is set to."""
        # curl and boto3 would ask a proxy for our addresses.
        values = {**self._values(), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
        kubectl, plugin = (shlex.quote(each) for each in self._programs())
        return "\n".join([*lines, f"export PATH={kubectl}:$PATH:{plugin}"])

    def _values(self) -> dict[str, str]:
        return {
            "KUBECONFIG": str(self.control_plane.kubeconfig),
            "KUBECACHEDIR": str(self.folder / "kubectl-cache"),
            **self.aws.environment(),
            "MWAA_OPERATOR_WEBSERVER_ENDPOINT": self.aws.endpoint,
            "MWAA_OPERATOR_TIME_SCALE": f"{self.time_scale:g}",  # or the plugin would expect half an hour for each create
        }

    def _programs(self) -> tuple[str, str]:
        """The folders of kubectl and of its plugin."""
        return str(self.control_plane.assets.folder), str(Path(sys.executable).parent)


@contextmanager
def set_up(
    project: Path, example: Path, assets: Assets, *, time_scale: float, say: Say, airflow: bool = False
) -> Iterator[Stage]:
    """Start everything, and make in AWS what the example needs; all of it ends with the block.

    With `airflow`, environments have a real Airflow.

    The logs go with it, unless an error ends the block: then they stay until something of the sandbox starts next.

    Raises:
        ProcessError, KubectlError: if something does not come up.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        say("Starting etcd, the Kubernetes API server, and a simulated AWS")
        with ThreadPoolExecutor(2) as starting:
            control_plane_soon = starting.submit(ControlPlane.start, folder / "kubernetes", assets=assets)
            aws_soon = starting.submit(
                SimulatedAws.start, time_scale=time_scale, log_file=folder / "aws.log", airflow=airflow
            )
            # Both are taken up before either is looked at, so that neither is left running if the other one failed.
            for soon in (control_plane_soon, aws_soon):
                if soon.exception() is None:
                    stack.enter_context(soon.result())
            control_plane, aws = control_plane_soon.result(), aws_soon.result()
        say(f"Kubernetes {_version(control_plane)} is at {control_plane.server}")
        say(f"AWS is at {aws.endpoint}, {time_scale:g} times as fast as the real one")
        control_plane.kubectl("apply", "--server-side", "-k", str(project / MANIFESTS))
        control_plane.kubectl("create", "namespace", NAMESPACE)
        control_plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        say(f"Installed the CRD and the permissions: kubectl apply -k {MANIFESTS}")
        operator = stack.enter_context(
            OperatorProcess.start(
                kubeconfig=control_plane.service_account_kubeconfig(OPERATOR_NAMESPACE, "mwaa-operator"),
                # Its Kubernetes client keeps the cluster's certificate in a file, which should go when all goes.
                aws_environment={**aws.environment(), "TMPDIR": str(folder)},
                log_file=folder / "operator.log",
                settings={
                    "TIME_SCALE": f"{time_scale:g}",
                    "LEADER_ELECTION": "true",
                    "WEBSERVER_ENDPOINT": aws.endpoint,  # the names of AWS's web servers lead nowhere here
                },
                wait=False,
            )
        )
        document = yaml.safe_load((project / example).read_text())
        if "provision" in document["spec"]:
            say("The AWS account is empty")
        else:
            document = _with_prerequisites(document, aws)
            say("Made a bucket, a role, a VPC, subnets and a security group in the simulated AWS with boto3")
        example_file = folder / example.name
        example_file.write_text(yaml.safe_dump(document, sort_keys=False))
        operator.wait_until_ready()
        say("The operator runs, as its own ServiceAccount")
        yield Stage(folder, document, example_file, control_plane, aws, operator, project, time_scale, airflow)


def check_is_checkout(project: Path, example: Path) -> None:
    """Raise `NotACheckoutError` if `project` has no manifests or no such example."""
    for needed in (MANIFESTS, example):
        if not (project / needed).exists():
            raise NotACheckoutError(
                f"There is no {needed} in {project}. Run the demo in a checkout of mwaa-operator, or name one by --project"
            )


def _with_prerequisites(document: dict[str, Any], aws: SimulatedAws) -> dict[str, Any]:
    """Make in AWS what the example needs, and return the example with the names that AWS gave."""
    spec = document["spec"]
    bucket = spec["sourceBucketArn"].rpartition(":")[2]
    needs = make_prerequisites(
        aws.client_factory(),
        name=document["metadata"]["name"],
        bucket=bucket,
        role_name=spec["executionRoleArn"].rpartition("/")[2],
    )
    aws.client("s3").put_object(Bucket=bucket, Key=spec["requirementsS3Path"], Body=b"")
    network = {"subnetIds": list(needs.subnet_ids), "securityGroupIds": list(needs.security_group_ids)}
    return {**document, "spec": {**spec, "networkConfiguration": network}}


@contextmanager
def _folder() -> Iterator[Path]:
    folder = run_folder.temporary_folder()
    try:
        yield folder.path
    except Exception as error:
        error.add_note(f"All logs are in {folder.path} until the next start.")
        raise  # the lock is let go of by our end, and whoever starts next removes the folder
    except BaseException:
        folder.release()
        raise
    else:
        folder.release()


def _version(control_plane: ControlPlane) -> str:
    return str(yaml.safe_load(control_plane.kubectl("version", "-o", "yaml").stdout)["serverVersion"]["gitVersion"])
