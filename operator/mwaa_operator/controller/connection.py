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


def login(**kwargs: Any) -> kopf.ConnectionInfo | None:
    """kopf's login, without the client library: kopf speaks to the API itself."""
    found = kopf.login_with_service_account(**kwargs) if in_cluster() else kopf.login_with_kubeconfig(**kwargs)
    return found if isinstance(found, kopf.ConnectionInfo) else None


async def login_for_any_depth(**kwargs: Any) -> kopf.AiohttpSession | None:
    """The same by a session that reads JSON however deeply it is nested, in three times the time: for kinds with free-form fields."""
    found = login(**kwargs)
    if found is None:
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
