"""A real Kubernetes control plane on this machine: etcd, API server, controller manager and kubectl. No containers."""

from mwaa_sandbox.cluster.assets import Assets, AssetsError, ensure_assets
from mwaa_sandbox.cluster.control_plane import ControlPlane, KubectlError

__all__ = ["Assets", "AssetsError", "ControlPlane", "KubectlError", "ensure_assets"]
