"""What each of Airflow's roles may do by REST, as the FAB auth manager ships them: each role what the one below it may, and more."""

from __future__ import annotations

from mwaa_sandbox.airflow.seam import Role

_MIGHT = {Role.PUBLIC: 0, Role.VIEWER: 1, Role.USER: 2, Role.OP: 3, Role.ADMIN: 4}
_OPEN = frozenset({"/health", "/version", "/monitor/health"})
_OF_OPERATORS = ("/variables", "/connections", "/pools", "/config", "/providers", "/plugins")
_OF_ADMINS = ("/roles", "/users", "/permissions")


def needs_nobody(path: str) -> bool:
    """Whether a path is open to those who have not logged in."""
    return path in _OPEN


def may(role: Role, method: str, path: str) -> bool:
    """Whether a role may make a call."""
    return needs_nobody(path) or _MIGHT[role] >= _MIGHT[_needed(method, path)]


def _needed(method: str, path: str) -> Role:
    if path.startswith(_OF_ADMINS):
        return Role.ADMIN
    if path.startswith(_OF_OPERATORS):
        return Role.OP
    reads = method == "GET" or path.endswith("/list")
    return Role.VIEWER if reads else Role.USER
