"""How the process reaches the Kubernetes API: by the pod's service account, else by a kubeconfig. kopf and our own calls alike."""

import os
from pathlib import Path
from typing import Any

import aiohttp
import kopf
from kubernetes.aio import client, config

from mwaa_operator.controller.nesting import ShallowResponse

SERVICE_ACCOUNT_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def in_cluster() -> bool:
    """Whether the process runs in a pod and nobody says otherwise by KUBECONFIG."""
    return "KUBECONFIG" not in os.environ and "KUBERNETES_SERVICE_HOST" in os.environ and SERVICE_ACCOUNT_TOKEN.exists()


async def login(**kwargs: Any) -> kopf.AiohttpSession | None:
    """kopf's login, without the client library: kopf speaks to the API itself, by a session that reads JSON of any depth."""
    found = kopf.login_with_service_account(**kwargs) if in_cluster() else kopf.login_with_kubeconfig(**kwargs)
    if not isinstance(found, kopf.ConnectionInfo):
        return None
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=found.as_ssl_context()),
        headers=found.as_http_headers(),
        proxy=found.proxy_url,
        trust_env=found.trust_env,
        response_class=ShallowResponse,
    )
    return kopf.AiohttpSession(
        server=found.server,
        default_namespace=found.default_namespace,
        priority=found.priority,
        expiration=found.expiration,
        aiohttp_session=session,
    )


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
