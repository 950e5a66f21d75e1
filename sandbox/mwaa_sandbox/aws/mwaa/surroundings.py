"""What the service needs to know of the rest of AWS, as a seam: buckets, roles, networks, log groups."""

from __future__ import annotations

from typing import Protocol

from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings, UpdateError


class Surroundings(Protocol):
    """The other services, as MWAA looks at them. `account` and `region` are those of the environment."""

    def judge(self, settings: Settings, *, account: str, region: str, role_age_needed: float) -> None:
        """Raise ValidationError for what the service refuses at once.

        `role_age_needed`: AWS-time seconds during which a new role is not seen yet (IAM propagates slowly).
        """

    def failure_to_come(self, settings: Settings, *, environment: Environment) -> UpdateError | None:
        """Return the error in which building the environment with these settings ends, as things are now, or None."""

    def endpoints_exist(self, environment: Environment) -> bool:
        """Whether the customer has made the VPC endpoints that the environment waits for."""

    def ensure_log_groups(self, environment: Environment) -> None:
        """Make the log groups of the enabled modules, those that are missing."""
