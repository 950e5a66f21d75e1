"""Which environment a run may use: one of its own namespace, and only if it is that namespace's in AWS as well.

A MwaaEnvironment may name an environment that another object owns, or nobody, or only watch one (`policies.management: Observe`).
Running DAGs there would be acting on what is not one's own, with the operator's permissions. So the ownership tags decide.
"""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.planning.dag_run.model import Environment, Hindrance
from mwaa_operator.planning.lifecycle import lifecycle_of
from mwaa_operator.planning.ownership import Identity, Owner, owner_of


def environment_of(
    body: Mapping[str, Any] | None, *, name: str, namespace: str, cluster: str
) -> Environment | Hindrance:
    """The environment that a MwaaEnvironment object stands for. `body` is that object, None if there is none of that name."""
    if body is None:
        return Hindrance(
            reason=DagRunReason.WAITING_FOR_ENVIRONMENT,
            message=f"There is no MwaaEnvironment {name} in the namespace {namespace}. Create it, or delete this object.",
            gone=True,
        )
    seen = (body.get("status") or {}).get("environment") or {}
    deleting = bool(body["metadata"].get("deletionTimestamp"))
    if not seen.get("status") or not seen.get("airflowVersion") or not seen.get("name"):
        return Hindrance(
            reason=DagRunReason.WAITING_FOR_ENVIRONMENT,
            message=f"MwaaEnvironment {name} has no environment in AWS yet.",
            gone=deleting,
        )
    identity = Identity(cluster=cluster, namespace=namespace, name=name, uid=str(body["metadata"].get("uid")))
    if owner_of(seen.get("tags") or {}, identity) is not Owner.US:
        return Hindrance(
            reason=DagRunReason.ENVIRONMENT_NOT_OWNED,
            message=f"The environment {seen['name']} in AWS does not belong to MwaaEnvironment {name}, so nothing is run in it. Have "
            "it taken over (policies.adoption: Adopt), or name another one.",
            stalled=True,
        )
    status = str(seen["status"])
    return Environment(
        name=str(seen["name"]),
        region=(body.get("spec") or {}).get("region"),
        version=str(seen["airflowVersion"]),
        web_server=seen.get("webserverUrl"),
        status=status,
        available=status == "AVAILABLE" and not deleting,
        usable=lifecycle_of(status).usable,
    )
