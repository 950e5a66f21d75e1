"""A row of the table: calls that are made for a purpose, and what they may be made on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mwaa_operator.planning.permissions.names import action_of

ACCOUNT = "123456789012"
"""The account of the examples, which whoever uses the policies replaces by their own."""

Condition = Mapping[str, Mapping[str, str | list[str]]]
"""A statement's Condition: operator, key, value."""


class Policy(StrEnum):
    """The policies that are generated, by their file names."""

    OPERATOR = "operator-policy.json"
    """All that the operator needs where everything is there already."""
    PROVISIONING = "operator-policy-provisioning.json"
    """What it needs beside that for `spec.provision`."""
    ARTIFACTS = "operator-policy-artifacts.json"
    """What it needs beside that for `spec.artifacts`."""
    KEY = "customer-key-policy.json"
    """What it needs beside that for environments with a `kmsKey`."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Calls that are made for one purpose on the same resources, and so a statement of a policy.

    `calls` are named as `s3:HeadBucket`, with IAM's prefix of the service. `beside` are IAM actions that AWS asks for beside a call's own.
    `optional`: everything works without it, only less is known. `every` says why the resource is `*` where it is. `unproved` are actions
    that the simulated AWS does not ask for, with what says that AWS does.
    """

    sid: str
    policy: Policy
    subject: str
    why: str
    resources: tuple[str, ...]
    calls: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    condition: Condition | None = None
    optional: bool = False
    every: str | None = None
    unproved: Mapping[str, str] | None = None

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions, each once, in the order of the calls."""
        return tuple(dict.fromkeys((*map(action_of, self.calls), *self.beside)))
