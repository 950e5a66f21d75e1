"""Which of Airflow's roles a caller may have: those whose ARN its policies allow (mwaa-behaviour.md §6, user access)."""

from __future__ import annotations

from mwaa_sandbox.airflow.seam import Role
from mwaa_sandbox.aws.iam import authorization, enforcement
from mwaa_sandbox.aws.iam.enforcement import Held
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.world import World

OPERATIONS = frozenset({"InvokeRestApi", "CreateWebLoginToken"})
"""The calls that are made in one of these roles."""


def permitted(held: Held, asked: Asked, world: World) -> list[Role]:
    """Return the roles that a call may be made with, the mightiest first. To be called under the locks that `World` needs."""
    found: set[str] = set()
    for alternatives in authorization.checks(asked, world):
        checks = [check for check in alternatives if check.action.startswith("airflow:") and ":role/" in check.resource]
        verdicts = enforcement.verdicts_on(checks, held, asked)
        found |= {check.resource.rpartition("/")[2] for check, one in zip(checks, verdicts, strict=True) if one.allowed}
    return [role for role in Role if role in found]
