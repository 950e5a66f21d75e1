"""What an environment stands on, looked at as the controller does, and nothing done about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from mwaa_operator.api.conditions import ConditionType
from mwaa_operator.api.enums import ConditionStatus
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.cli.kubectl.aws_problems import asked
from mwaa_operator.cli.kubectl.looking import Looked
from mwaa_operator.planning.parts.due import due
from mwaa_operator.planning.parts.foundation import Foundation, PartState, wanted
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan
from mwaa_operator.planning.parts.outputs import combined, remembered
from mwaa_operator.planning.situation import Situation
from mwaa_operator.resources.row import PARTS


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """A part, how it stands, and the calls that would be made first: what follows them shows only when they were made."""

    kind: str
    ready: bool
    message: str
    calls: tuple[str, ...] = ()


def look_at_parts(looked: Looked) -> tuple[Looked, tuple[ShownPart, ...]]:
    """The situation with its parts, up to the first that is not ready. Without AWS, the names of those that would be made."""
    situation = looked.situation
    code = _code(situation, same=looked.same_code)
    if looked.clients is None:
        message = "It is made before the environment."
        made = [ShownPart(kind=kind.value, ready=False, message=message) for kind in wanted(situation.spec)]
        return looked, (*made, *code)
    context = PartContext(
        identity=situation.identity,
        name=situation.desired.name,
        account_id=situation.observation.account_id,
        region=looked.region,
        spec=situation.spec,
        environment=situation.environment,
        known=situation.status.resources,
        outputs=remembered(situation.status, situation.spec),
    )
    kinds = due(situation)
    foundation, plans = _bring_together(looked.clients, kinds, context)
    shown = [_shown(kind, plan) for kind, plan in plans.items()]
    late = [kind for kind in kinds if kind not in plans]
    shown += [ShownPart(kind=kind.value, ready=False, message="It comes after those before it.") for kind in late]
    return replace(looked, situation=replace(situation, foundation=foundation)), (*shown, *code)


def _code(situation: Situation, *, same: bool) -> tuple[ShownPart, ...]:
    """The code that is put into the bucket, as the status has it: its sources are the operator's to look at."""
    if situation.spec.artifacts is None:
        return ()
    said = next((one for one in situation.status.conditions if one.type == ConditionType.ARTIFACTS_READY), None)
    if said is None:
        message = "Code is fetched, checked and put into the bucket before the environment is made."
        return (ShownPart(kind=PartKind.ARTIFACTS.value, ready=False, message=message),)
    ready = said.status is ConditionStatus.TRUE and (same or said.observed_generation == situation.generation)
    return (ShownPart(kind=PartKind.ARTIFACTS.value, ready=ready, message=said.message),)


def _bring_together(
    clients: Clients, kinds: Iterable[PartKind], context: PartContext
) -> tuple[Foundation, dict[PartKind, PartPlan]]:
    parts = {part.kind: part for part in PARTS}
    foundation, plans = Foundation(outputs=context.outputs), {}
    for kind in kinds:
        now = replace(context, outputs=foundation.outputs)
        plan = asked(partial(parts[kind].plan, clients, now))
        plans[kind] = plan
        state = PartState(
            ready=plan.ready,
            reason=plan.reason,
            message=plan.message,
            stalled=plan.stalled,
            resources=plan.resources,
        )
        foundation = Foundation(
            states={**foundation.states, kind: state}, outputs=combined(plan.outputs, foundation.outputs)
        )
        if foundation.holdup:
            break
    return foundation, plans


def _shown(kind: PartKind, plan: PartPlan) -> ShownPart:
    calls = tuple(call.operation for call in plan.calls)
    return ShownPart(kind=kind.value, ready=plan.ready, message=plan.message, calls=calls)
