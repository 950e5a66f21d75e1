"""IAM's SimulatePrincipalPolicy and SimulateCustomPolicy: decisions over calls that nobody makes.

Source: IAM API Reference (botocore's service model) of both. As there, a result is for an action, its name of a resource
is never one of the given ones, and the decision on each of those stands in ResourceSpecificResults. Where several resources
were given, the strictest decision is the action's. The texts of InvalidInput are invented but for "Invalid Entity Arn".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.aws.iam import documents
from mwaa_sandbox.aws.iam.context import Context
from mwaa_sandbox.aws.iam.documents import MalformedPolicyError, Policy, PolicyKind
from mwaa_sandbox.aws.iam.evaluation import Decision, Policies, Request, Verdict, evaluate
from mwaa_sandbox.aws.iam.principals import Caller

_ENTITY = re.compile(r"arn:[^:]+:iam::\d{12}:(?P<kind>user|group|role)/(?P<path>.+)")
_ACTION = re.compile(r"[a-zA-Z0-9-]+:[a-zA-Z0-9]+")
_STRICTEST_FIRST = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED)

Result = dict[str, Any]
PoliciesOf = Callable[[str], Policies | None]


class SimulationError(Exception):
    """An error of IAM's: its code, HTTP status and message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Simulation:
    """The members of a request. `source_arn` is None for SimulateCustomPolicy."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    boundaries: tuple[str, ...] = ()
    resource_policy: str | None = None
    source_arn: str | None = None
    caller_arn: str | None = None
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


def simulate(asked: Simulation, policies_of: PoliciesOf) -> list[Result]:
    """Return one evaluation result for each action. `policies_of` looks up an entity's policies by its ARN.

    Raises:
        SimulationError: NoSuchEntity or InvalidInput.
    """
    for action in asked.actions:
        if not _ACTION.fullmatch(action):
            raise SimulationError("InvalidInput", f"Invalid Action Name: {action}")
    caller = _caller(asked)
    policies = _policies(asked, policies_of, caller)
    context = _context(asked, caller)
    return [_result(action, asked.resources, context, caller, policies) for action in asked.actions]


def _caller(asked: Simulation) -> Caller | None:
    arn = asked.caller_arn or asked.source_arn
    if arn is None:
        if asked.resource_policy is not None:
            raise SimulationError("InvalidInput", "A ResourcePolicy can only be simulated with a CallerArn.")
        return None
    found = _ENTITY.fullmatch(arn)
    if found is None:
        message = f"Invalid Entity Arn: {arn} does not clearly define entity type and name."
        raise SimulationError("InvalidInput", message)
    if asked.resource_policy is not None and found["kind"] == "role":
        raise SimulationError("InvalidInput", "Simulation of resource-based policies isn't supported for IAM roles.")
    return Caller.entity(arn)


def _policies(asked: Simulation, policies_of: PoliciesOf, caller: Caller | None) -> Policies:
    own = Policies()
    if asked.source_arn is not None:
        found = policies_of(asked.source_arn) if _ENTITY.fullmatch(asked.source_arn) else None
        if found is None:
            kind, _, path = asked.source_arn.rpartition(":")[2].partition("/")
            message = f"The {kind} with name {path.rpartition('/')[2]} cannot be found."
            raise SimulationError("NoSuchEntity", message, 404)
        own = found
    if len(asked.boundaries) > 1:
        raise SimulationError("InvalidInput", "Only one permissions boundary can be simulated.")
    added = _read(asked.documents, PolicyKind.IDENTITY, "PolicyInputList.{}", "none")
    boundary = _read(asked.boundaries, PolicyKind.BOUNDARY, "PermissionsBoundaryPolicyInputList.{}", "none")
    given = () if asked.resource_policy is None or caller is None else (asked.resource_policy,)
    return Policies(
        identity=(*own.identity, *added),
        boundary=boundary[0] if boundary else own.boundary,
        resource=_read(given, PolicyKind.RESOURCE, "ResourcePolicy", "resource"),
    )


def _read(given: Iterable[str], kind: PolicyKind, name: str, source_type: str) -> tuple[Policy, ...]:
    try:
        return tuple(
            documents.parse(document, kind=kind, name=name.format(number), source_type=source_type)
            for number, document in enumerate(given, start=1)
        )
    except MalformedPolicyError as error:
        raise SimulationError("InvalidInput", str(error)) from None


def _context(asked: Simulation, caller: Caller | None) -> Context:
    """Return the given entries, and what the simulator knows of the caller itself."""
    values: dict[str, str | tuple[str, ...]] = {}
    if caller is not None:
        arn = caller.arns[0]
        values = {"aws:PrincipalArn": arn, "aws:PrincipalAccount": caller.account}
        if caller.is_user:
            values["aws:username"] = arn.rpartition("/")[2]
    return Context(values).with_values(dict(asked.context))


def _result(
    action: str, resources: tuple[str, ...], context: Context, caller: Caller | None, policies: Policies
) -> Result:
    asked = resources or ("*",)
    verdicts = [evaluate(Request(action, resource, context, caller), policies) for resource in asked]
    decision = min((verdict.decision for verdict in verdicts), key=_STRICTEST_FIRST.index)
    deciding = [verdict for verdict in verdicts if verdict.decision is decision]
    result: Result = {
        "EvalActionName": action,
        "EvalResourceName": "*",
        "EvalDecision": decision.value,
        "MatchedStatements": _unique(one for verdict in deciding for one in _statements(verdict)),
        "MissingContextValues": _unique(name for verdict in verdicts for name in verdict.missing),
        **_boundary(verdicts),
    }
    if resources:
        result["EvalDecisionDetails"] = {}
        result["ResourceSpecificResults"] = [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": verdict.decision.value,
                "MatchedStatements": _statements(verdict),
                "MissingContextValues": list(verdict.missing),
                "EvalDecisionDetails": {},
                **_boundary([verdict]),
            }
            for resource, verdict in zip(resources, verdicts, strict=True)
        ]
    return result


def _boundary(verdicts: list[Verdict]) -> Result:
    if verdicts[0].boundary_allows is None:
        return {}
    allowed = all(verdict.boundary_allows for verdict in verdicts)
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": "true" if allowed else "false"}}


def _statements(verdict: Verdict) -> list[Result]:
    return [
        {
            "SourcePolicyId": match.policy.name,
            "SourcePolicyType": match.policy.source_type,
            "StartPosition": _position(match.statement.span.begin),
            "EndPosition": _position(match.statement.span.end),
        }
        for match in verdict.matched
    ]


def _position(place: tuple[int, int]) -> Result:
    return {"Line": str(place[0]), "Column": str(place[1])}


def _unique(values: Iterable[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept
