"""Holding callers to policies: whom, to which, and what they are told when they may not."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws import accounts
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.iam import authorization, documents
from mwaa_sandbox.aws.iam.authorization import Check
from mwaa_sandbox.aws.iam.context import Context
from mwaa_sandbox.aws.iam.documents import PolicyKind
from mwaa_sandbox.aws.iam.evaluation import Decision, Policies, Request, Verdict, evaluate
from mwaa_sandbox.aws.iam.principals import Caller
from mwaa_sandbox.aws.iam.requests import Asked, partition_of
from mwaa_sandbox.aws.iam.world import World
from mwaa_sandbox.aws.mwaa import messages

_SESSION = "sandbox"


@dataclass(frozen=True)
class Grant:
    """What a caller may do. One of `access_key` and `role_arn` is there: a role's policies hold for all its sessions."""

    policies: Policies
    access_key: str | None
    role_arn: str | None


@dataclass(frozen=True)
class Held:
    """A caller and what they may do."""

    caller: Caller
    policies: Policies


@dataclass(frozen=True)
class Denial:
    """A check that failed, and the sentence in which AWS says so."""

    check: Check
    caller_arn: str
    verdict: Verdict

    @property
    def message(self) -> str:
        action, resource = self.check.action, self.check.resource
        told = messages.not_authorized(self.caller_arn, action, resource)
        if self.verdict.decision is Decision.EXPLICIT_DENY:
            article = "an" if self.verdict.by is PolicyKind.IDENTITY else "a"
            return f"{told} with an explicit deny in {article} {self.verdict.by}"
        return f"{told} because no {self.verdict.by} allows the {action} action"


class Enforcement:
    """The callers that are held to policies; all others may do anything. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grants: tuple[Grant, ...] = ()

    def set(
        self, policies: list[str], *, access_key: str | None, role_arn: str | None, boundary: str | None = None
    ) -> None:
        """Hold a caller to these policy documents (JSON) from now on, in place of what it was held to before.

        Raises:
            ValueError: when nobody is named, a document is malformed, or the ARN is not a role's.
        """
        if access_key is None and role_arn is None:
            raise ValueError("accessKey or roleArn must say who is meant")
        if role_arn is not None and ":role/" not in role_arn:
            raise ValueError(f"{role_arn} is not the ARN of a role")
        read = tuple(
            documents.parse(document, kind=PolicyKind.IDENTITY, name=f"policy {number}")
            for number, document in enumerate(policies, start=1)
        )
        limit = None if boundary is None else documents.parse(boundary, kind=PolicyKind.BOUNDARY)
        grant = Grant(Policies(read, limit), access_key, role_arn)
        with self._lock:
            self._grants = (grant, *self._without(access_key, role_arn))

    def clear(self, *, access_key: str | None = None, role_arn: str | None = None) -> None:
        """Let a caller do anything again; without one, all of them."""
        with self._lock:
            self._grants = () if access_key is None and role_arn is None else tuple(self._without(access_key, role_arn))

    def clear_account(self, account: str | None) -> None:
        """Let all callers of an account do anything again, or of all accounts."""
        with self._lock:
            self._grants = tuple(one for one in self._grants if account not in {None, _account_of(one)})

    def held(self, call: Call) -> Held | None:
        """Return whom a call comes from and to what they are held, or None if they may do anything."""
        grants = self._grants
        for grant in grants:
            if grant.access_key is not None and grant.access_key == call.access_key:
                return Held(_caller(grant, call), grant.policies)
        session = _session(call) if any(grant.role_arn for grant in grants) else None
        if session is None:
            return None
        found = next((grant for grant in grants if grant.role_arn == session.role_arn), None)
        return None if found is None else Held(Caller.entity(session.arn, role_arn=session.role_arn), found.policies)

    def _without(self, access_key: str | None, role_arn: str | None) -> list[Grant]:
        """Return the grants of all others. One that has a key is known by that."""
        if access_key is not None:
            return [one for one in self._grants if one.access_key != access_key]
        return [one for one in self._grants if one.access_key is not None or one.role_arn != role_arn]


def denial(held: Held, asked: Asked, world: World) -> Denial | None:
    """Return why a call is refused, or None if it is not. To be called under the locks that `World` needs."""
    for alternatives in authorization.checks(asked, world):
        verdicts = verdicts_on(alternatives, held, asked)
        if verdicts and not any(verdict.allowed for verdict in verdicts):
            return Denial(alternatives[0], held.caller.arns[0], verdicts[0])
    return None


def verdicts_on(checks: Sequence[Check], held: Held, asked: Asked) -> list[Verdict]:
    """Decide over each of these checks of a call."""
    base = _context(asked, held.caller)
    return [
        evaluate(Request(check.action, check.resource, base.with_values(check.context), held.caller), held.policies)
        for check in checks
    ]


def _account_of(grant: Grant) -> str | None:
    if grant.role_arn is not None:
        return grant.role_arn.split(":")[4]
    return accounts.account_of(grant.access_key or "") or accounts.DEFAULT_ACCOUNT


def _caller(grant: Grant, call: Call) -> Caller:
    """Return who has a key: a session of the role that it is said to be of, else a user that is called as the key."""
    partition = partition_of(call.region)
    if grant.role_arn is None:
        return Caller.entity(f"arn:{partition}:iam::{call.account}:user/{grant.access_key}")
    name, account = grant.role_arn.rpartition("/")[2], grant.role_arn.split(":")[4]
    session = f"arn:{partition}:sts::{account}:assumed-role/{name}/{_SESSION}"
    return Caller.entity(session, role_arn=grant.role_arn)


def _session(call: Call) -> Any:
    """Return the session that moto's STS has handed out a key for, or None."""
    sts = get_backend("sts")[call.account][partition_of(call.region)]
    return sts.get_assumed_role_from_access_key(call.access_key)


def _context(asked: Asked, caller: Caller) -> Context:
    """Return what every request has for conditions (IAM User Guide, "AWS global condition context keys")."""
    now = datetime.now(UTC)
    role_or_user = caller.arns[-1]
    values: Mapping[str, str] = {
        "aws:PrincipalArn": role_or_user,
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalType": "User" if caller.is_user else "AssumedRole",
        "aws:ResourceAccount": asked.call.account,
        "aws:RequestedRegion": asked.call.region,
        "aws:SecureTransport": "true",
        "aws:SourceIp": "127.0.0.1",
        "aws:UserAgent": asked.headers.get("user-agent", ""),
        "aws:ViaAWSService": "false",
        "aws:CurrentTime": now.isoformat(timespec="seconds"),
        "aws:EpochTime": str(int(now.timestamp())),
        **({"aws:username": role_or_user.rpartition("/")[2]} if caller.is_user else {}),
    }
    return Context(values)
