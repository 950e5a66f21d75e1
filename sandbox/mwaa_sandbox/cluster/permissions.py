"""Kubernetes' permissions taken apart, so that what a role grants can be held against what was done with it.

Knows nothing of MWAA.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from mwaa_sandbox.cluster.audit import AuditedRequest


@dataclass(frozen=True, order=True)
class Permission:
    """One verb on one resource. `name` is "" if it holds for all names."""

    role: str
    verb: str
    group: str
    resource: str
    name: str = ""

    def was_used_by(self, request: AuditedRequest) -> bool:
        """Whether it was this permission, or one as good in the same role, that allowed the request."""
        return (
            self.role == request.role
            and self.verb in {request.verb, "*"}
            and self.group in {request.group, "*"}
            and self.resource in {request.resource, "*"}
            and self.name in {request.name, ""}
        )


def permissions_of(role: Mapping[str, Any]) -> list[Permission]:
    """Take a Role or ClusterRole apart.

    Raises:
        ValueError: if it has rules for URLs that are no resources, which cannot be expressed here.
    """
    found = []
    for rule in role["rules"]:
        if "nonResourceURLs" in rule:
            raise ValueError(f"{role['kind']} {role['metadata']['name']} has a rule for nonResourceURLs")
        for verb, group, resource, name in product(
            rule["verbs"], rule["apiGroups"], rule["resources"], rule.get("resourceNames") or [""]
        ):
            found.append(Permission(f"{role['kind']}/{role['metadata']['name']}", verb, group, resource, name))
    return found


def unused(permissions: Iterable[Permission], requests: Iterable[AuditedRequest]) -> list[Permission]:
    """Return the permissions that no request needed."""
    made = [request for request in requests if not request.refused]
    return sorted(each for each in permissions if not any(each.was_used_by(request) for request in made))
