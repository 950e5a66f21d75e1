"""Who asks, and whether a Principal element means them.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_ENTITY = re.compile(r"arn:[^:]+:(?:iam|sts)::(?P<account>\d{12}):(?P<kind>[a-z-]+)(?:/(?P<path>.*))?")


@dataclass(frozen=True)
class Caller:
    """A user, a role, a session of a role, or a service. `arns` are all the names by which a policy can mean it."""

    arns: tuple[str, ...]
    account: str = ""
    service: str | None = None
    is_user: bool = False

    @classmethod
    def entity(cls, arn: str, *, role_arn: str | None = None) -> Self:
        """Return a caller with an ARN of IAM's or STS's; a session is meant by its role's ARN as well.

        Raises:
            ValueError: for anything that is not such an ARN.
        """
        found = _ENTITY.fullmatch(arn)
        if found is None:
            raise ValueError(f"{arn} is not the ARN of a user, group or role")
        arns = (arn,) if role_arn is None else (arn, role_arn)
        return cls(arns, found["account"], is_user=found["kind"] == "user")

    @classmethod
    def of_service(cls, name: str) -> Self:
        """Return a service as the caller, by its principal: `airflow.amazonaws.com`."""
        return cls((), service=name)


@dataclass(frozen=True)
class Principals:
    """The Principal element of a statement, or NotPrincipal."""

    by_type: tuple[tuple[str, tuple[str, ...]], ...]
    negated: bool
    anybody: bool

    @classmethod
    def of(cls, by_type: Mapping[str, tuple[str, ...]], *, negated: bool, anybody: bool) -> Self:
        return cls(tuple(by_type.items()), negated, anybody)

    def mean(self, caller: Caller | None) -> bool:
        """Whether the caller is among them. Nobody is meant where nobody asks."""
        if caller is None:
            return False
        named = self.anybody or any(_names(kind, value, caller) for kind, values in self.by_type for value in values)
        return named is not self.negated


def _names(kind: str, value: str, caller: Caller) -> bool:
    if kind == "Service":
        return value in {caller.service, "*"} and caller.service is not None
    if kind != "AWS" or caller.service is not None:
        return False
    if value in {"*", *caller.arns}:
        return True
    account = re.fullmatch(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?", value)
    return account is not None and account.group(1) == caller.account
