"""The operator's manifests in a cluster: its CRDs, and the ServiceAccount that it is measured under."""

from pathlib import Path

from mwaa_sandbox.cluster import ControlPlane

ROOT = Path(__file__).parent.parent
OPERATOR = ("mwaa-operator-system", "mwaa-operator")
"""Namespace and name of the ServiceAccount that is shipped."""


def installed(control_plane: ControlPlane, namespace: str) -> Path:
    """Apply what is shipped, and make a namespace for the objects; gives a kubeconfig of the operator's."""
    control_plane.kubectl("apply", "--server-side", "-k", str(ROOT / "manifests" / "base"))
    control_plane.kubectl(
        "wait", "--for=condition=Established", "crd/mwaaenvironments.mwaa-operator.dev", "--timeout=30s"
    )
    control_plane.kubectl("create", "namespace", namespace)
    return control_plane.service_account_kubeconfig(*OPERATOR)
