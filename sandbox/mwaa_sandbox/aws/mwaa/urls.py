"""Which operation a method and path mean (mwaa-behaviour.md §1)."""

from __future__ import annotations

import re

_ROUTES = tuple(
    (method, re.compile(pattern), operation)
    for method, pattern, operation in (
        ("GET", r"/environments", "ListEnvironments"),
        ("GET", r"/environments/(?P<Name>[^/]+)", "GetEnvironment"),
        ("PUT", r"/environments/(?P<Name>[^/]+)", "CreateEnvironment"),
        ("PATCH", r"/environments/(?P<Name>[^/]+)", "UpdateEnvironment"),
        ("DELETE", r"/environments/(?P<Name>[^/]+)", "DeleteEnvironment"),
        ("GET", r"/tags/(?P<ResourceArn>.+)", "ListTagsForResource"),
        ("POST", r"/tags/(?P<ResourceArn>.+)", "TagResource"),
        ("DELETE", r"/tags/(?P<ResourceArn>.+)", "UntagResource"),
        ("POST", r"/clitoken/(?P<Name>[^/]+)", "CreateCliToken"),
        ("POST", r"/webtoken/(?P<Name>[^/]+)", "CreateWebLoginToken"),
        ("POST", r"/restapi/(?P<Name>[^/]+)", "InvokeRestApi"),
        ("POST", r"/metrics/environments/(?P<EnvironmentName>[^/]+)", "PublishMetrics"),
    )
)


def match(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """Return the operation and the members that stand in the path, or None.

    `path` is already decoded, so that the ARN in a tag path has its colons and its slash (§1.1).
    """
    for wanted, pattern, operation in _ROUTES:
        if method == wanted and (found := pattern.fullmatch(path.rstrip("/"))):
            return operation, found.groupdict()
    return None
