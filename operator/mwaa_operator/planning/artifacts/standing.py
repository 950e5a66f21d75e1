"""How the code stands, put on top of the parts that an environment stands on."""

from dataclasses import replace

from mwaa_operator.api.enums import ConditionStatus
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import ArtifactsStatus, EnvironmentStatus
from mwaa_operator.planning.artifacts.outcome import LET_GO, Outcome, begun
from mwaa_operator.planning.artifacts.places import pins
from mwaa_operator.planning.parts.foundation import CONDITION_OF, Foundation, PartState
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.situation import Situation


def with_code(
    foundation: Foundation,
    situation: Situation,
    *,
    outcome: Outcome | None,
    progress: PartState | None,
    fetched: PartState | None = None,
) -> Foundation:
    """The foundation with what is known of the code that the spec asks for.

    `outcome` is that of the last delivery of this process, `progress` how far one that is under way has come, and
    `fetched` how far what it needs: that is told where nothing else is known, for what is fetched may be in the bucket already.
    """
    current = outcome is not None and outcome.generation == situation.generation
    said = _said(situation)
    if outcome is not None and current:
        state: PartState | None = progress or outcome.state
    elif situation.environment is None or said is None:
        state = progress or fetched or begun()
    else:
        # What the status says holds until there is something new to say.
        state = progress
    delivered = outcome.artifacts if outcome else None
    files = {**pins(situation.status.artifacts, situation.spec), **pins(delivered, situation.spec)}
    return replace(
        foundation,
        states=foundation.states if state is None else {**foundation.states, PartKind.ARTIFACTS: state},
        outputs=replace(foundation.outputs, files=files),
        artifacts=_kept(delivered, situation.status.artifacts, situation.spec),
        awaited=not current and said != situation.generation,
    )


def without_code(foundation: Foundation, situation: Situation) -> Foundation:
    """The foundation of an object that asks for no code any more: what is in the bucket is let go."""
    if not is_left_over(situation.status):
        return foundation
    return replace(
        foundation,
        states={**foundation.states, PartKind.ARTIFACTS: LET_GO},
        artifacts=ArtifactsStatus(),
    )


def is_left_over(status: EnvironmentStatus) -> bool:
    """Whether a status says more of code than one whose spec names none."""
    said = any(
        known.type == CONDITION_OF[PartKind.ARTIFACTS] and known.status is not ConditionStatus.TRUE
        for known in status.conditions
    )
    return said or status.artifacts is not None


def _said(situation: Situation) -> int | None:
    """The generation that the status says something about the code of; None: it says nothing."""
    return next(
        (
            known.observed_generation or 0
            for known in situation.status.conditions
            if known.type == CONDITION_OF[PartKind.ARTIFACTS]
        ),
        None,
    )


def _kept(
    delivered: ArtifactsStatus | None, known: ArtifactsStatus | None, spec: EnvironmentSpec
) -> ArtifactsStatus | None:
    """What the status lists: of a file that could not be put, the one that is there still."""
    if delivered is None or known is None or spec.artifacts is None:
        return delivered
    artifacts = spec.artifacts
    return delivered.model_copy(
        update={
            "requirements": delivered.requirements or (known.requirements if artifacts.requirements else None),
            "plugins": delivered.plugins or (known.plugins if artifacts.plugins else None),
            "startup_script": delivered.startup_script or (known.startup_script if artifacts.startup_script else None),
        }
    )
