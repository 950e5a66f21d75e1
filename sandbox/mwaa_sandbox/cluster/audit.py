"""The API server's own record of what one user asked of it, for tests that hold a program to its permissions.

    audit = AuditLog(folder, user="system:serviceaccount:tools:operator")
    with ControlPlane.start(api_server_flags=audit.flags()) as control_plane:
        ...
        audit.requests()

Format: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/. Knows nothing of MWAA.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_ROLE = re.compile(r' of (?P<kind>ClusterRole|Role) "(?P<name>[^"]+)" to ')


@dataclass(frozen=True)
class AuditedRequest:
    """One request, as the API server understood and answered it.

    Attributes:
        verb: such as "get", "list", "watch", "patch".
        group: the API group, "" for the core one.
        resource: with its subresource, such as "pods" or "pods/status"; "" if the request was not for a resource.
        namespace: "" if it was for the whole cluster.
        name: "" if it was for a collection.
        status: the HTTP status of the answer.
        role: what allowed it, such as "ClusterRole/view" or "Role/leases"; "" if nothing did.
        body: what was sent, if `bodies_of` asked for it.
    """

    verb: str
    group: str
    resource: str
    namespace: str
    name: str
    status: int
    role: str
    body: Mapping[str, Any] | None = None

    @property
    def refused(self) -> bool:
        """Whether the user may not do this."""
        return self.status == 403


class AuditLog:
    """The requests of one user. `bodies_of` are API groups of which the bodies of requests are kept: none with secrets."""

    def __init__(self, folder: Path, *, user: str, bodies_of: Iterable[str] = ()) -> None:
        self._log = folder / "audit.log"
        self._policy = folder / "audit-policy.yaml"
        self._policy.write_text(yaml.safe_dump(_policy(user, sorted(bodies_of))), encoding="utf-8")

    def flags(self) -> list[str]:
        """Return the flags that make an API server write this log, each request before its answer is complete."""
        return [f"--audit-policy-file={self._policy}", f"--audit-log-path={self._log}", "--audit-log-mode=blocking"]

    def requests(self) -> list[AuditedRequest]:
        """Return what was asked up to now, oldest first. A watch appears when it begins."""
        if not self._log.exists():
            return []
        # A line may be half written; it is complete the next time.
        lines = self._log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        return [_request(event) for event in map(json.loads, lines) if not _is_end_of_watch(event)]


def _policy(user: str, bodies_of: list[str]) -> dict[str, Any]:
    rules: list[dict[str, Any]] = []
    if bodies_of:
        rules.append({"level": "Request", "users": [user], "resources": [{"group": group} for group in bodies_of]})
    rules += [{"level": "Metadata", "users": [user]}, {"level": "None"}]
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": rules,
    }


def _is_end_of_watch(event: Mapping[str, Any]) -> bool:
    """A watch is reported when it is answered and again when it ends, other requests only when they end."""
    kind = (event["verb"], event["stage"], event.get("responseStatus", {}).get("code"))
    return kind == ("watch", "ResponseComplete", 200)


def _request(event: Mapping[str, Any]) -> AuditedRequest:
    target = event.get("objectRef", {})
    subresource = f"/{target['subresource']}" if "subresource" in target else ""
    role = _ROLE.search(event.get("annotations", {}).get("authorization.k8s.io/reason", ""))
    return AuditedRequest(
        verb=event["verb"],
        group=target.get("apiGroup", ""),
        resource=target.get("resource", "") + subresource,
        namespace=target.get("namespace", ""),
        name=target.get("name", ""),
        status=event.get("responseStatus", {}).get("code", 0),
        role=f"{role['kind']}/{role['name']}" if role else "",
        body=event.get("requestObject"),
    )
