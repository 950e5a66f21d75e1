"""How the process reaches the Kubernetes API: by the pod's service account, else by a kubeconfig. kopf and our own calls alike."""

import os
from pathlib import Path
from typing import Any

import kopf
from kubernetes.aio import client, config

SERVICE_ACCOUNT_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def in_cluster() -> bool:
    """Whether the process runs in a pod and nobody says otherwise by KUBECONFIG."""
    return "KUBECONFIG" not in os.environ and "KUBERNETES_SERVICE_HOST" in os.environ and SERVICE_ACCOUNT_TOKEN.exists()


def login(**kwargs: Any) -> kopf.ConnectionInfo | None:
    """kopf's login, without the client library: kopf speaks to the API itself."""
    found = kopf.login_with_service_account(**kwargs) if in_cluster() else kopf.login_with_kubeconfig(**kwargs)
    return found if isinstance(found, kopf.ConnectionInfo) else None


async def api_client(*, connections: int) -> client.ApiClient:
    """A client for our own calls, with so many connections at most; 0 means any number.

    Raises `kubernetes.aio.config.ConfigException` if there is no way to the API.
    """
    configuration = client.Configuration()
    if in_cluster():
        config.load_incluster_config(client_configuration=configuration)
    else:
        await config.load_kube_config(client_configuration=configuration)
    configuration.connection_pool_maxsize = connections
    return client.ApiClient(configuration)
