"""The command line of each component of the control plane. Pure: paths and ports in, argument vectors out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from mwaa_sandbox.cluster.assets import Assets
from mwaa_sandbox.cluster.ports import LOOPBACK

# The garbage collector and the namespace controller make deleting real; service accounts and aggregated roles are
# what an operator's RBAC rests on. Nothing here runs pods, so the controllers of workloads would only cost memory.
_CONTROLLERS = (
    "namespace-controller",
    "garbage-collector-controller",
    "serviceaccount-controller",
    "clusterrole-aggregation-controller",
)
_ISSUER = "https://kubernetes.default.svc.cluster.local"


@dataclasses.dataclass(frozen=True)
class Ports:
    """The loopback ports of a control plane."""

    etcd_client: int
    etcd_peer: int
    api_server: int


@dataclasses.dataclass(frozen=True)
class Files:
    """What a control plane keeps on disk, below one folder."""

    root: Path

    @property
    def etcd_data(self) -> Path:
        return self.root / "etcd"

    @property
    def certificates(self) -> Path:
        """The API server makes its certificate here when there is none."""
        return self.root / "certificates"

    @property
    def serving_certificate(self) -> Path:
        return self.certificates / "apiserver.crt"

    @property
    def ca(self) -> Path:
        return self.root / "ca.crt"

    @property
    def service_account_key(self) -> Path:
        return self.root / "service-account.key"

    @property
    def tokens(self) -> Path:
        return self.root / "tokens.csv"

    @property
    def kubeconfig(self) -> Path:
        return self.root / "kubeconfig"

    @property
    def controller_manager_kubeconfig(self) -> Path:
        return self.root / "controller-manager.kubeconfig"

    @property
    def kubeconfigs(self) -> Path:
        return self.root / "kubeconfigs"

    @property
    def kubectl_cache(self) -> Path:
        return self.root / "kubectl-cache"

    def log(self, component: str) -> Path:
        return self.root / "logs" / f"{component}.log"


def etcd(assets: Assets, files: Files, ports: Ports) -> list[str]:
    client = f"http://{LOOPBACK}:{ports.etcd_client}"
    peer = f"http://{LOOPBACK}:{ports.etcd_peer}"
    return [
        str(assets.etcd),
        "--name=sandbox",
        f"--data-dir={files.etcd_data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
        # The data has to outlive the process, not a power cut.
        "--unsafe-no-fsync=true",
        "--log-level=warn",
    ]


def api_server(assets: Assets, files: Files, ports: Ports) -> list[str]:
    return [
        str(assets.kube_apiserver),
        f"--etcd-servers=http://{LOOPBACK}:{ports.etcd_client}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        f"--secure-port={ports.api_server}",
        f"--cert-dir={files.certificates}",
        # There is no cluster network in which the address of the API server would have to be published.
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        f"--token-auth-file={files.tokens}",
        "--authorization-mode=RBAC",
        f"--service-account-issuer={_ISSUER}",
        f"--service-account-key-file={files.service_account_key}",
        f"--service-account-signing-key-file={files.service_account_key}",
        "--allow-privileged=true",
        "--profiling=false",
    ]


def controller_manager(binary: Path, files: Files) -> list[str]:
    return [
        str(binary),
        f"--kubeconfig={files.controller_manager_kubeconfig}",
        f"--controllers={','.join(_CONTROLLERS)}",
        # There is only this one, and nobody scrapes it.
        "--leader-elect=false",
        "--secure-port=0",
    ]
