"""What a delivery of code has come to, for the status and for the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import ArtifactsStatus, ArtifactStatus, DagFilesStatus
from mwaa_operator.planning.aftermath import Aftermath
from mwaa_operator.planning.artifacts.gathered import Gathered, digest
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.planning.artifacts.places import PLUGINS, REQUIREMENTS, STARTUP_SCRIPT
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.foundation import PartState
from mwaa_operator.planning.preflight.model import Finding
from mwaa_operator.planning.preflight.wanted import listed

_MOST_NAMED = 5
_MEGABYTE = 10**6

LET_GO = PartState(
    ready=True,
    reason=Reason.UPLOADED,
    message="The spec names no artifacts any more: what is in the bucket is yours.",
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the code stands that one generation of the spec asks for. `artifacts` None: nothing new is known of what is in the bucket."""

    generation: int
    state: PartState
    artifacts: ArtifactsStatus | None = None


def begun(
    *, files: int | None = None, of_files: int = 0, size: int = 0, of_size: int | None = 0, done: str = "uploaded"
) -> PartState:
    """While code is fetched and checked, and uploaded; where it is much, with how far that has come: files, and bytes.

    `of_size` None: git fetches, and counts its objects.
    """
    if files is None:
        message = "The code is being fetched and checked."
    elif of_size is None:
        message = f"{files} of {of_files} objects of git are {done}, {_megabytes(size)} MB so far."
    else:
        message = f"{files} of {of_files} files are {done}, {_megabytes(size)} of {_megabytes(of_size)} MB."
    return PartState(ready=False, reason=Reason.UPLOADING, message=message)


def delivered(
    gathered: Gathered,
    versions: Mapping[str, str],
    *,
    generation: int,
    bucket: str,
    foreign: Sequence[str],
    problems: Sequence[SourceProblemError],
    warnings: Sequence[str] = (),
) -> Outcome:
    """The bucket holds what was fetched. `problems` are those of sources of which an earlier state was taken.

    `versions` are the S3 versions of what is read by version, by the AWS name of its path field; `foreign` the places at which somebody
    else's file is in the way.
    """
    artifacts = ArtifactsStatus(
        dags=None
        if gathered.dags is None
        else DagFilesStatus(files=len(gathered.dags), sha256=digest(gathered.dags), revisions=gathered.revisions),
        requirements=_pin(gathered, versions, REQUIREMENTS),
        plugins=_pin(gathered, versions, PLUGINS),
        startup_script=_pin(gathered, versions, STARTUP_SCRIPT),
    )
    if foreign:
        named = listed(
            [*foreign[:_MOST_NAMED], *([f"{len(foreign) - _MOST_NAMED} more"] if len(foreign) > _MOST_NAMED else [])]
        )
        message = (
            f"The bucket {bucket} has {named} already, which this object has not put there, with another content. It is left as it is. "
            "Remove or rename it there or in its source, or set policies.adoption to Adopt to have it replaced."
        )
        state = PartState(ready=False, reason=Reason.FILE_NOT_OURS, message=message, stalled=True)
    elif problems:
        state = _problem(problems, "What was fetched before stays in the bucket.")
    else:
        message = " ".join([_summary(gathered, bucket), *warnings])
        state = PartState(ready=True, reason=Reason.UPLOADED, message=message)
    return Outcome(generation=generation, state=state, artifacts=artifacts)


def not_fetched(problems: Sequence[SourceProblemError], *, generation: int) -> Outcome:
    """A source cannot be had, and no earlier state of it is known to this process: nothing is put and nothing is removed."""
    return Outcome(generation=generation, state=_problem(problems, "Nothing in the bucket is changed."))


def refused(findings: Sequence[Finding], *, generation: int) -> Outcome:
    """A check has found an error: nothing is put and nothing is removed."""
    first = findings[0]
    more = f" {len(findings) - 1} more: {' '.join(one.found for one in findings[1:])}" if len(findings) > 1 else ""
    message = f"{first.found} {first.advice}{more} Nothing in the bucket is changed before that."
    state = PartState(ready=False, reason=Reason.CHECKS_FAILED, message=message, stalled=True)
    return Outcome(generation=generation, state=state)


def failed(after: Aftermath, *, generation: int) -> Outcome:
    """A call to AWS has failed; what is in the bucket is found by the next try."""
    verdict = after.verdict
    state = PartState(
        ready=False,
        reason=verdict.reason,
        message=verdict.message,
        stalled=verdict.standing is Standing.STALLED,
    )
    return Outcome(generation=generation, state=state)


def _problem(problems: Sequence[SourceProblemError], what_stays: str) -> PartState:
    first = problems[0]
    words = " ".join(dict.fromkeys(problem.message for problem in problems))
    return PartState(
        ready=False,
        reason=first.reason,
        message=f"{words} {what_stays}",
        stalled=all(problem.lasting for problem in problems),
    )


def _summary(gathered: Gathered, bucket: str) -> str:
    names = {REQUIREMENTS: "requirements", PLUGINS: "plugins", STARTUP_SCRIPT: "startup script"}
    parts = [] if gathered.dags is None else [f"{len(gathered.dags)} DAG files"]
    parts += [names[member] for member in names if member in gathered.files]
    return f"The bucket {bucket} holds {listed(parts)} as the sources have them."


def _pin(gathered: Gathered, versions: Mapping[str, str], member: str) -> ArtifactStatus | None:
    file = gathered.files.get(member)
    if file is None or member not in versions:
        return None
    return ArtifactStatus(
        key=gathered.keys[member],
        version_id=versions[member],
        sha256=file.sha256,
        revision=gathered.revision_of.get(member),
    )


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f}"
