"""What IAM's own simulation says of what a role may do (IAM API, SimulatePrincipalPolicy).

It knows the role's policies and its permissions boundary, and the organisation's policies where AWS can see them; not those of resources.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mwaa_operator.planning.preflight.snapshot import Unseen


@dataclass(frozen=True, kw_only=True)
class Need:
    """Actions to be allowed on each of the resources, under the values of the condition keys that AWS sets when it really happens.

    `purpose` says for what, and groups the needs of one check. What is not `essential` is documented, but things work without, at least for
    a while.
    """

    purpose: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: Mapping[str, str] = field(default_factory=dict)
    essential: bool = True


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What IAM decides about an action on a resource.

    `forbidden`: a statement denies it. `beyond_boundary`: the permissions boundary does not allow it. `missing`: condition keys that its
    policies ask for and whose values nobody knows beforehand.
    """

    action: str
    resource: str
    allowed: bool
    forbidden: bool = False
    beyond_boundary: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A need, and what IAM decides about it."""

    need: Need
    decisions: tuple[Decision, ...] | Unseen


def lacking(judged: Iterable[Judged]) -> tuple[Decision, ...]:
    """What is not allowed."""
    return tuple(
        decision
        for one in judged
        if not isinstance(one.decisions, Unseen)
        for decision in one.decisions
        if not decision.allowed
    )


def unseen_in(judged: Iterable[Judged]) -> Unseen | None:
    """The first that could not be looked at."""
    return next((one.decisions for one in judged if isinstance(one.decisions, Unseen)), None)


def told(decisions: Iterable[Decision]) -> str:
    """The actions that are lacking, each once with what it is lacking on: "s3:GetObject and s3:ListBucket on arn:..."."""
    by_resource: dict[str, list[str]] = {}
    for decision in decisions:
        by_resource.setdefault(decision.resource, []).append(decision.action)
    return "; ".join(f"{', '.join(dict.fromkeys(actions))} on {resource}" for resource, actions in by_resource.items())
