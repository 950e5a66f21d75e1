"""Which parts are worth a look in a pass. A network alone takes ten calls to look at, and most passes only wait for AWS."""

from mwaa_operator.api.enums import AdoptionPolicy, DriftPolicy, ManagementPolicy
from mwaa_operator.planning.lifecycle import Phase, lifecycle_of
from mwaa_operator.planning.ownership import Owner
from mwaa_operator.planning.parts.foundation import made, wanted, was_in_order
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.situation import Situation

_REMOVED_WHEN_LEFT_OUT = frozenset({PartKind.EXECUTION_ROLE})
"""A role serves nothing but its environment. A bucket holds people's code, log groups what has happened: they are let go."""


def due(situation: Situation) -> tuple[PartKind, ...]:
    """The parts to bring about in this pass, in order.

    All of them before the environment is created and whenever nothing is under way; while AWS is at work only those that were not in
    order for the current spec.
    """
    environment = situation.environment
    if situation.deleting or situation.spec.policies.management is ManagementPolicy.OBSERVE or _not_ours(situation):
        return ()
    busy = environment is not None and lifecycle_of(environment.status).phase is Phase.BUSY
    return tuple(
        kind
        for kind in wanted(situation.spec)
        if not (busy and _in_order(situation, kind))
        and (kind is not PartKind.CUSTOMER_ENDPOINTS or _awaited(situation))
    )


def left_alone(situation: Situation) -> frozenset[PartKind]:
    """The parts whose drift is only reported: those that were in order for the current spec."""
    if situation.spec.policies.drift is not DriftPolicy.REPORT or situation.retry:
        return frozenset()
    return frozenset(kind for kind in wanted(situation.spec) if _in_order(situation, kind))


def to_clear(situation: Situation) -> tuple[PartKind, ...]:
    """The parts of an object that goes: those that it asks for, and those that it has asked for."""
    left_out = [kind for kind in made(situation.status) if kind in _REMOVED_WHEN_LEFT_OUT]
    return tuple({*wanted(situation.spec), *left_out})


def left_out(situation: Situation) -> tuple[PartKind, ...]:
    """Parts that the operator has made and that the spec asks for no longer. None of an object that is only observed."""
    if situation.spec.policies.management is ManagementPolicy.OBSERVE:
        return ()
    return tuple(kind for kind in made(situation.status) if kind not in wanted(situation.spec))


def removed_when_left_out(kind: PartKind) -> bool:
    """Whether such a part is removed. The others are let go: they stay in AWS, and this object answers for them no longer."""
    return kind in _REMOVED_WHEN_LEFT_OUT


def _not_ours(situation: Situation) -> bool:
    """Whether the name is taken: nothing is made for an environment that will not come."""
    if situation.owner is Owner.NOBODY:
        return situation.spec.policies.adoption is AdoptionPolicy.NEVER
    return situation.owner is Owner.ANOTHER


def _in_order(situation: Situation, kind: PartKind) -> bool:
    return was_in_order(situation.status, kind, generation=situation.generation)


def _awaited(situation: Situation) -> bool:
    """AWS names the endpoint services once it waits for the endpoints."""
    return situation.environment is not None and bool(situation.environment.document.get("DatabaseVpcEndpointService"))
