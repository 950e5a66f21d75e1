"""The decision over one request: who allows it, who denies it, and what remains.

Source: IAM User Guide, "Policy evaluation logic", for requests within one account: an explicit deny anywhere wins; else an
identity-based policy has to allow, and a permissions boundary, where there is one, as well; a resource-based policy that
allows is enough by itself, but for a role only within its boundary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from mwaa_sandbox.aws.iam import patterns
from mwaa_sandbox.aws.iam.conditions import Condition
from mwaa_sandbox.aws.iam.context import Context
from mwaa_sandbox.aws.iam.documents import Policy, PolicyKind, Selection, Statement
from mwaa_sandbox.aws.iam.principals import Caller


class Decision(StrEnum):
    """AWS's names of the three ways in which it can end."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True)
class Request:
    """An action on one resource. With `benefit_of_doubt`, conditions on keys that are not known hold for an Allow and not
    for a Deny, so that only what is certain is refused."""

    action: str
    resource: str
    context: Context = field(default_factory=Context)
    caller: Caller | None = None
    benefit_of_doubt: bool = False


@dataclass(frozen=True)
class Policies:
    """Everything that is asked. `boundary` None: there is none, which limits nothing."""

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    resource: tuple[Policy, ...] = ()


@dataclass(frozen=True)
class Match:
    """A statement that decided."""

    policy: Policy
    statement: Statement


@dataclass(frozen=True)
class Verdict:
    """The decision and what it rests on. `by` is the kind of policy that denied, or that did not allow."""

    decision: Decision
    matched: tuple[Match, ...]
    missing: tuple[str, ...]
    by: PolicyKind
    boundary_allows: bool | None

    @property
    def allowed(self) -> bool:
        return self.decision is Decision.ALLOWED


def evaluate(request: Request, policies: Policies) -> Verdict:
    """Decide over a request."""
    boundary = () if policies.boundary is None else (policies.boundary,)
    found = {
        PolicyKind.IDENTITY: _applying(request, policies.identity),
        PolicyKind.BOUNDARY: _applying(request, boundary),
        PolicyKind.RESOURCE: _applying(request, policies.resource),
    }
    missing = _missing(request, (*policies.identity, *boundary, *policies.resource))
    effects = {match.statement.allows for match in found[PolicyKind.BOUNDARY]}
    within = None if policies.boundary is None else effects == {True}
    for kind, matches in found.items():
        denials = tuple(match for match in matches if not match.statement.allows)
        if denials:
            return Verdict(Decision.EXPLICIT_DENY, denials, missing, kind, within)
    by_identity, by_resource = tuple(found[PolicyKind.IDENTITY]), tuple(found[PolicyKind.RESOURCE])
    unlimited = by_resource and request.caller is not None and request.caller.is_user
    if not by_identity and not by_resource:
        return Verdict(Decision.IMPLICIT_DENY, (), missing, PolicyKind.IDENTITY, within)
    if within is False and not unlimited:
        return Verdict(Decision.IMPLICIT_DENY, (), missing, PolicyKind.BOUNDARY, within)
    kind = PolicyKind.IDENTITY if by_identity else PolicyKind.RESOURCE
    return Verdict(Decision.ALLOWED, by_identity + by_resource, missing, kind, within)


def _applying(request: Request, policies: Iterable[Policy]) -> list[Match]:
    return [
        Match(policy, statement)
        for policy, statement in _selected(request, policies)
        if all(_holds(request, statement, condition) for condition in statement.conditions)
    ]


def _selected(request: Request, policies: Iterable[Policy]) -> Iterator[tuple[Policy, Statement]]:
    """Yield the statements that are about this request, whatever their conditions say."""
    for policy in policies:
        for statement in policy.statements:
            if _is_about(statement, request):
                yield policy, statement


def _is_about(statement: Statement, request: Request) -> bool:
    if statement.principals is not None and not statement.principals.mean(request.caller):
        return False
    if not _among(request.action, statement.actions, None, ignore_case=True):
        return False
    variables = request.context if statement.with_variables else None
    return statement.resources is None or _among(request.resource, statement.resources, variables)


def _among(value: str, selection: Selection, variables: Context | None, *, ignore_case: bool = False) -> bool:
    listed = any(patterns.matches(one, value, variables, ignore_case=ignore_case) for one in selection.patterns)
    return listed is not selection.negated


def _holds(request: Request, statement: Statement, condition: Condition) -> bool:
    if request.benefit_of_doubt and condition.key not in request.context:
        return statement.allows
    return condition.holds(request.context, with_variables=statement.with_variables)


def _missing(request: Request, policies: Iterable[Policy]) -> tuple[str, ...]:
    """Return the context keys that statements about this request ask for and the request does not have."""
    wanted: dict[str, None] = {}
    for _, statement in _selected(request, policies):
        for condition in statement.conditions:
            names = [condition.key]
            if statement.with_variables:
                names += [name for value in condition.values for name in patterns.variables(value)]
            wanted.update(dict.fromkeys(name for name in names if name not in request.context))
    return tuple(wanted)
