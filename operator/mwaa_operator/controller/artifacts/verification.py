"""Has a Job import the DAGs with the environment's own Airflow, and waits for what it says."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib import resources
from typing import Any, TypeVar

from mwaa_operator.api.airflow_versions import releases
from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.artifacts.jobs import Jobs
from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts import places
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.model import SourceFile, SourceProblemError
from mwaa_operator.planning.artifacts.verification import (
    DAGS,
    PLUGINS,
    REQUIREMENTS,
    ROLE,
    Outcome,
    Verdict,
    Verified,
    has_ended,
    image_of,
    job_of,
    secret_of,
    verdict_of,
)
from mwaa_operator.planning.artifacts.wish import Wish
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.preflight.model import Finding, error
from mwaa_operator.resources.artifacts.staging import last_passed, remember_passed, stage, unstage

log = logging.getLogger(__name__)

LOOKS_SECONDS = 3.0
"""Between two looks at a Job, of our time: a pod takes as long in a sandbox as anywhere."""

PATIENT_LOOKS = 10
"""After so many looks it is asked what a Job waits for. Images take a while to arrive, and that is nothing to speak of."""
_AT_A_TIME = 2
"""So many archives are made and put into buckets at a time."""

_Result = TypeVar("_Result")


class Verification:
    """Verifies code, once for each content. `image` is that of Airflow, with {version} and {python} in it.

    What passed last is remembered in the bucket, so that a new process does not have all objects verified anew.
    """

    def __init__(self, jobs: Jobs, clients: Clients, *, image: str) -> None:
        self._jobs = jobs
        self._clients = clients
        self._image = image
        self._executor = ThreadPoolExecutor(max_workers=_AT_A_TIME, thread_name_prefix="verification")

    async def verify(self, key: Key, gathered: Gathered, wish: Wish) -> tuple[Finding, ...]:
        """What keeps the code from the bucket; nothing if Airflow can import it. Takes minutes.

        Raises SourceProblemError where it could not be found out, AwsError, ChangedError and OSError.
        """
        verified = self._verified(gathered, wish)
        record = partial(_in_bucket, self._clients, wish, verified.record_key)
        if not verified.files or await self._in_a_thread(record(last_passed)) == verified.name:
            return ()
        try:
            verdict = await self._verdict(key.namespace, verified, wish)
        except KubernetesError as problem:
            raise _refused(problem, key.namespace) from None
        log.info(
            "code was verified",
            extra={"object": str(key), "job": verified.name, "outcome": verdict.outcome.value, "said": verdict.message},
        )
        if verdict.outcome is Outcome.FAILED:
            return (error(verdict.message, verdict.advice),)
        if verdict.outcome is Outcome.UNABLE:
            message = f"{verdict.message} {verdict.advice}"
            raise SourceProblemError(Reason.VERIFICATION_FAILED, message, lasting=True)
        await self._in_a_thread(record(remember_passed, name=verified.name))
        return ()

    def stop(self) -> None:
        """Begin nothing more; Jobs that are under way are found again by the next process."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _verified(self, gathered: Gathered, wish: Wish) -> Verified:
        version = wish.airflow_version or str(releases()[0].version)
        others = {places.REQUIREMENTS: REQUIREMENTS, places.PLUGINS: PLUGINS}
        files: dict[str, SourceFile] = {
            f"{DAGS}{path.removeprefix(wish.folder)}": file for path, file in (gathered.dags or {}).items()
        }
        files |= {others[member]: file for member, file in gathered.files.items() if member in others}
        return Verified(
            identity=wish.identity,
            airflow_version=version,
            image=image_of(self._image, version),
            files=files,
        )

    async def _verdict(self, namespace: str, verified: Verified, wish: Wish) -> Verdict:
        """See to it that there is a Job, its Secret and the archive, whatever of them is there already, and wait for its end."""
        archive = partial(_in_bucket, self._clients, wish, verified.archive_key)
        job = await self._jobs.get(namespace, verified.name)
        if job is None or not has_ended(job):
            address, sha256 = await self._in_a_thread(archive(stage, files=verified.files))
            if job is None:
                await self._jobs.create(namespace, job_of(verified, program=program(), sha256=sha256))
                job = await self._there(namespace, verified.name)
            await self._jobs.create_secret(namespace, secret_of(verified, job=job, address=address))
            job = await self._ended(namespace, job)
        verdict = verdict_of(job, await self._jobs.pods(namespace, verified.name))
        try:
            await self._in_a_thread(archive(unstage))
        except AwsError as problem:
            log.warning("the archive of a verification stays in the bucket: %s", problem, extra={"job": verified.name})
        return verdict

    async def _ended(self, namespace: str, job: Mapping[str, Any]) -> Mapping[str, Any]:
        """Wait for a Job's end. What keeps it waiting for long is raised as a problem, for people to see; it goes on meanwhile."""
        name, looks = job["metadata"]["name"], 0
        while not has_ended(job):
            await asyncio.sleep(LOOKS_SECONDS)
            job, looks = await self._there(namespace, name), looks + 1
            if looks % PATIENT_LOOKS == 0 and not has_ended(job):
                verdict = verdict_of(job, await self._jobs.pods(namespace, name))
                if verdict.hindered:
                    message = f"{verdict.message} It goes on by itself once that is seen to."
                    raise SourceProblemError(Reason.VERIFICATION_FAILED, message, lasting=False)
        return job

    async def _there(self, namespace: str, name: str) -> Mapping[str, Any]:
        job = await self._jobs.get(namespace, name)
        if job is None:
            message = f"Somebody has deleted the Job {name}, which was importing the code. It is made anew."
            raise SourceProblemError(Reason.VERIFICATION_FAILED, message, lasting=False)
        return job

    async def _in_a_thread(self, call: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)


def _in_bucket(
    clients: Clients, wish: Wish, key: str, call: Callable[..., _Result], **more: Any
) -> Callable[[], _Result]:
    """A call about one object of the bucket, to be made in a thread."""
    return partial(call, clients, wish.region, bucket=wish.bucket, key=key, **more)


@cache
def program() -> str:
    """The text of the program that runs in the pod."""
    return resources.files(__package__).joinpath("verify_dags.py").read_text(encoding="utf-8")


def _refused(problem: KubernetesError, namespace: str) -> SourceProblemError:
    if problem.status == 403:
        message = (
            f"The operator may not have the code imported by Airflow in namespace {namespace} ({problem}). Bind it the role {ROLE} there, "
            "or see whether a quota is used up; artifacts.verify: Syntax does without."
        )
    else:
        message = f"The code cannot be imported by Airflow: {problem}. It is tried again by itself."
    return SourceProblemError(Reason.VERIFICATION_FAILED, message, lasting=problem.status == 403)
