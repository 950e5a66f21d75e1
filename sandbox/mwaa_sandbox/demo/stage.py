"""Sets the stage: control plane, simulated AWS, what the example needs in it, and the operator under the permissions that are shipped."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mwaa_sandbox.aws.prerequisites import make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane, ensure_assets
from mwaa_sandbox.operator_process import OperatorProcess

NAMESPACE = "data"
OPERATOR_NAMESPACE = "mwaa-operator-system"
EXAMPLE = Path("examples") / "ricsue-dublin.yaml"

Say = Callable[[str], None]


class NotACheckoutError(RuntimeError):
    """The folder lacks what the demo applies."""


@dataclass(frozen=True)
class Stage:
    """All that is running."""

    project: Path
    folder: Path
    control_plane: ControlPlane
    aws: SimulatedAws
    operator: OperatorProcess

    def kubectl(self, *arguments: str, check: bool = True, timeout: float = 60) -> str:
        """Run kubectl as the person at the terminal would; return what it wrote."""
        return self.control_plane.kubectl(*arguments, check=check, timeout=timeout).stdout

    def raise_if_ended(self) -> None:
        """Raise `ProcessError` if something that should run does not any more."""
        self.control_plane.raise_if_ended()
        self.aws.raise_if_ended()
        self.operator.process.raise_if_ended()

    def variables(self) -> str:
        """Lines that let another shell talk to all of this."""
        kubectl = Path(self.control_plane.assets.kubectl)
        values = {
            "KUBECONFIG": str(self.control_plane.kubeconfig),
            "PATH": f"{kubectl.parent}:$PATH",
            **self.aws.environment(),
        }
        return "\n".join(
            f"export {name}={value if name == 'PATH' else shlex.quote(value)}" for name, value in values.items()
        )


@contextmanager
def set_up(project: Path, *, time_scale: float, say: Say, progress: Say) -> Iterator[Stage]:
    """Start everything; all of it ends with the block.

    Raises:
        NotACheckoutError: if `project` has no manifests or examples.
        ProcessError, AssetsError, KubectlError: if something does not come up.
    """
    for needed in ("crds", "manifests/base", str(EXAMPLE)):
        if not (project / needed).exists():
            raise NotACheckoutError(
                f"There is no {needed} in {project}. Run the demo in a checkout of mwaa-operator, or name one by --project."
            )
    assets = ensure_assets(progress)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mwaa-demo-")))
        say("Starting etcd, the Kubernetes API server, and a simulated AWS")
        with ThreadPoolExecutor(2) as starting:
            control_plane_soon = starting.submit(ControlPlane.start, assets=assets)
            aws_soon = starting.submit(SimulatedAws.start, time_scale=time_scale, log_file=folder / "aws.log")
            # Both are taken up before either is looked at, so that neither is left running if the other one failed.
            for soon in (control_plane_soon, aws_soon):
                if soon.exception() is None:
                    stack.enter_context(soon.result())
            control_plane, aws = control_plane_soon.result(), aws_soon.result()
        say(
            f"Kubernetes {_version(control_plane)} on {control_plane.server}, AWS on {aws.endpoint}, {time_scale:g} times as fast"
        )
        control_plane.kubectl("apply", "--server-side", "-k", str(project / "manifests" / "base"))
        control_plane.kubectl("create", "namespace", NAMESPACE)
        control_plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        say("Installed the CRD and the permissions: kubectl apply -k manifests/base")
        operator = stack.enter_context(
            OperatorProcess.start(
                kubeconfig=control_plane.service_account_kubeconfig(OPERATOR_NAMESPACE, "mwaa-operator"),
                aws_environment=aws.environment(),
                log_file=folder / "operator.log",
                settings={"TIME_SCALE": f"{time_scale:g}", "LEADER_ELECTION": "true"},
            )
        )
        say("The operator runs, as its own ServiceAccount")
        yield Stage(project=project, folder=folder, control_plane=control_plane, aws=aws, operator=operator)


def example_for(stage: Stage) -> tuple[Path, dict[str, Any]]:
    """Make in AWS what the example needs, and write the example with the names that AWS gave."""
    document: dict[str, Any] = yaml.safe_load((stage.project / EXAMPLE).read_text())
    spec = document["spec"]
    bucket = spec["sourceBucketArn"].rpartition(":")[2]
    needs = make_prerequisites(
        stage.aws.client_factory(),
        name=document["metadata"]["name"],
        bucket=bucket,
        role_name=spec["executionRoleArn"].rpartition("/")[2],
    )
    if "requirementsS3Path" in spec:
        stage.aws.client("s3").put_object(Bucket=bucket, Key=spec["requirementsS3Path"], Body=b"")
    spec["networkConfiguration"] = {
        "subnetIds": list(needs.subnet_ids),
        "securityGroupIds": list(needs.security_group_ids),
    }
    file = stage.folder / EXAMPLE.name
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file, document


def _version(control_plane: ControlPlane) -> str:
    return str(yaml.safe_load(control_plane.kubectl("version", "-o", "yaml").stdout)["serverVersion"]["gitVersion"])
