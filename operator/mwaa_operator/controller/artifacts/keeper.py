"""Keeps the code of one object in its bucket: fetches, checks, delivers, and waits for the next reason to."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TypeVar, TypeVarTuple

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import ArtifactsVerification
from mwaa_operator.aws.s3_objects import ChangedError
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.artifacts.fetching import Fetching
from mwaa_operator.controller.artifacts.remotes import Pace, Remotes
from mwaa_operator.controller.failures import Failures
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts import outcome as outcomes
from mwaa_operator.planning.artifacts.gathered import Gathered, digest
from mwaa_operator.planning.artifacts.manifest import UnreadableManifestError, place_of
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.planning.artifacts.outcome import Outcome
from mwaa_operator.planning.artifacts.wish import Wish
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.parts.foundation import PartState
from mwaa_operator.planning.preflight.model import Finding
from mwaa_operator.resources.artifacts.checking import check
from mwaa_operator.resources.artifacts.compiling import Compiled
from mwaa_operator.resources.artifacts.delivery import Delivered, Delivery, Order
from mwaa_operator.resources.artifacts.progress import HowFar, Progress

log = logging.getLogger(__name__)

SETTLES_SECONDS = 0.3
"""After a change, before it is acted on: what is applied together comes within a moment. Of our time: kubectl is no faster in a sandbox."""
UPDATES_SETTLE_SECONDS = 1.0
"""The same before other versions are told of: an update of the environment takes half an hour, and a second one as long again."""
AGAIN_SECONDS = 30.0
"""Before a source that did not answer, and that is not looked at by itself, is looked at again, of AWS's time."""
UPLOADS_AT_A_TIME = 8
"""So many files of an object are uploaded at a time. Objects do not wait for each other's: a large one would hold up all small ones."""
SAID_EVERY_SECONDS = 5.0
"""Between two words on how far fetching or uploading has come, of our time."""
_OUTDATED_IN_A_ROW = 3
"""So many times what was delivered is not told of, because it is outdated already. Sources that change all the time are told of then."""

Verify = Callable[[Key, Gathered, Wish], Awaitable[tuple[Finding, ...]]]
"""Has a Job import the DAGs; gives what keeps them from the bucket. Raises SourceProblemError where the Job cannot be had."""

_Ts = TypeVarTuple("_Ts")
_Result = TypeVar("_Result")


class Keeper:
    """The code of one object.

    `executor` runs what takes the processor, `deliveries` what takes its time at S3: large sets of code keep no small one waiting. `told`
    is called when there is something new to know: `outcome`, or `fetched` and `progress` while much is fetched, or uploaded.
    `rest_seconds`, of our time, is how often the bucket is compared with what is known when nothing changes.
    """

    def __init__(
        self,
        key: Key,
        wish: Wish,
        *,
        fetching: Fetching,
        verify: Verify,
        clients: Clients,
        executor: Executor,
        deliveries: Remotes,
        failures: Failures,
        told: Callable[[], None],
        rest_seconds: Callable[[], float],
        scale: float,
    ) -> None:
        self.outcome: Outcome | None = None
        self.progress: PartState | None = None
        self.fetched: PartState | None = None
        self._key = key
        self._wish = wish
        self._fetching = fetching
        self._verify = verify
        self._clients = clients
        self._executor = executor
        self._deliveries = deliveries
        self._pace = Pace()
        self._failures = failures
        self._told = told
        self._rest_seconds = rest_seconds
        self._scale = scale
        self._loop = asyncio.get_running_loop()
        self._reason = asyncio.Event()
        self._fresh = True
        self._stopped = Event()
        self._last: tuple[Wish, str, Outcome, float] | None = None
        self._said_at = float("-inf")
        self._compiled = Compiled()
        self._contents: dict[tuple[str, str], str] = {}

    def ask(self, wish: Wish) -> None:
        """Ask for a delivery; nothing happens if it is the one that was asked for before."""
        if wish != self._wish:
            self._wish = wish
            self.look_again()

    def look_again(self, *, fresh: bool = True) -> None:
        """Something may have changed. `fresh`: in sources that are looked at by themselves now and then as well, and in the bucket."""
        self._fresh = self._fresh or fresh
        self._reason.set()

    def stumbled(self) -> None:
        """Say that something went wrong that nobody has thought of; the log has it."""
        message = "The operator met with something in the code that it does not understand; its log says more. It is tried again."
        self._say(self._trouble(self._wish, Reason.INTERNAL_ERROR, message))
        self._fresh = True

    def stop(self) -> None:
        """Put nothing more into the bucket: for a task that is cancelled, and whose thread is not."""
        self._stopped.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        outdated = 0
        while True:
            wish, fresh = self._wish, self._fresh
            self._fresh = False
            self._reason.clear()
            outcome, again = await self._delivered(wish, fresh=fresh)
            if self.outcome is not None and _versions(outcome) - _versions(self.outcome):
                await self._until_changed(UPDATES_SETTLE_SECONDS)
            outdated = outdated + 1 if self._reason.is_set() else 0
            if outdated % (_OUTDATED_IN_A_ROW + 1) == 0:
                self._say(outcome)
            await self._until_changed(again)
            if self._reason.is_set():
                await asyncio.sleep(SETTLES_SECONDS)

    async def _until_changed(self, seconds: float) -> None:
        """Wait for a reason to look again, so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._reason.wait()

    def _say(self, outcome: Outcome) -> None:
        was_told = self.progress is not None
        self.progress = self.fetched = None
        if outcome != self.outcome or was_told:
            self.outcome = outcome
            log.info(
                "code",
                extra={"object": str(self._key), "reason": outcome.state.reason.value, "said": outcome.state.message},
            )
            self._told()

    async def _delivered(self, wish: Wish, *, fresh: bool) -> tuple[Outcome, float]:
        """What a delivery comes to, and after how many of our seconds there is a reason to look again."""
        soon = AGAIN_SECONDS / self._scale
        try:
            gathered, problems = await self._fetching.gather(
                wish, fresh=fresh, progress=self._from_a_thread(self._fetches)
            )
            if gathered is None:
                outcome = outcomes.not_fetched(problems, generation=wish.generation)
            else:
                outcome = await self._deliver(wish, gathered, problems, fresh=fresh)
            self._failures.over(self._key)
            due = self._fetching.until_due(wish)
            waits = [self._rest_seconds()] + ([] if due is None else [due]) + ([soon] if problems else [])
            return outcome, min(waits)
        except SourceProblemError as problem:
            return outcomes.not_fetched([problem], generation=wish.generation), self._fetching.until_due(wish) or soon
        except AwsError as error:
            after, seconds = self._failures.follow(self._key, error)
            return outcomes.failed(after, generation=wish.generation), seconds
        except ChangedError:
            message = f"Somebody else is changing the files in the bucket {wish.bucket} at the same time. They are compared again."
            return self._trouble(wish, Reason.UPLOADING, message), soon
        except UnreadableManifestError as error:
            message = (
                f"{place_of(wish.identity)} in the bucket {wish.bucket}, where it is remembered which files are this object's, cannot be "
                f"used: {error}. Remove it, and what was put there is taken for somebody else's; or choose another bucket."
            )
            return self._trouble(wish, Reason.NAME_TAKEN, message, stalled=True), soon
        except OSError as error:
            message = f"The operator's disk does not take the code: {error.strerror or error}. Give it more room; it is tried again."
            return self._trouble(wish, Reason.INTERNAL_ERROR, message), soon

    async def _deliver(
        self, wish: Wish, gathered: Gathered, problems: Sequence[SourceProblemError], *, fresh: bool
    ) -> Outcome:
        now = self._loop.time()
        content = f"{digest(gathered.wanted)} {[problem.message for problem in problems]}"
        if self._last is not None and not fresh:
            last_wish, last_content, outcome, at = self._last
            if (last_wish, last_content) == (wish, content) and now - at < self._rest_seconds():
                return outcome
        self._last = None
        found = await self._checked(wish, gathered)
        if found:
            outcome = outcomes.refused(found, generation=wish.generation)
        else:
            made = await self._deliveries.fetch(wish.bucket, self._pace, partial(self._put, wish, gathered))
            outcome = outcomes.delivered(
                gathered,
                made.versions,
                generation=wish.generation,
                bucket=wish.bucket,
                foreign=made.foreign,
                problems=problems,
            )
        self._last = (wish, content, outcome, now)
        return outcome

    async def _checked(self, wish: Wish, gathered: Gathered) -> tuple[Finding, ...]:
        verification = wish.artifacts.verify
        if verification is ArtifactsVerification.NONE:
            return ()
        found = await self._in_a_thread(self._check, wish, gathered)
        if found or verification is ArtifactsVerification.SYNTAX:
            return found
        return await self._verify(self._key, gathered, wish)

    def _check(self, wish: Wish, gathered: Gathered) -> tuple[Finding, ...]:
        return check(gathered, self._compiled, airflow_version=wish.airflow_version, private=wish.private)

    def _put(self, wish: Wish, gathered: Gathered) -> Delivered:
        """In a thread."""
        order = Order(
            bucket=wish.bucket,
            identity=wish.identity,
            folder=wish.folder,
            gathered=gathered,
            prune=wish.prune,
            adopt=wish.adopt,
        )

        with ThreadPoolExecutor(UPLOADS_AT_A_TIME, thread_name_prefix="uploads") as uploads:
            return Delivery(
                self._clients.client("s3", wish.region),
                order,
                uploads=uploads,
                progress=self._from_a_thread(self._uploads),
                stopped=self._stopped.is_set,
                contents=self._contents,
            ).make()

    def _from_a_thread(self, tell: Callable[[HowFar], None]) -> Progress:
        def told(how_far: HowFar) -> None:
            self._loop.call_soon_threadsafe(tell, how_far)

        return told

    def _fetches(self, how_far: HowFar) -> None:
        if how_far.is_long:
            self.fetched = outcomes.begun(**vars(how_far), done="fetched")
            self._now_and_then()

    def _uploads(self, how_far: HowFar) -> None:
        if how_far.is_long:
            self.progress = outcomes.begun(**vars(how_far))
            self._now_and_then()

    def _now_and_then(self) -> None:
        now = self._loop.time()
        if now - self._said_at >= SAID_EVERY_SECONDS:
            self._said_at = now
            self._told()

    @staticmethod
    def _trouble(wish: Wish, reason: Reason, message: str, *, stalled: bool = False) -> Outcome:
        state = PartState(ready=False, reason=reason, message=message, stalled=stalled)
        return Outcome(generation=wish.generation, state=state)

    async def _in_a_thread(self, call: Callable[[*_Ts], _Result], *arguments: *_Ts) -> _Result:
        return await self._loop.run_in_executor(self._executor, call, *arguments)


def _versions(outcome: Outcome) -> set[str]:
    """The S3 versions that the environment is to read."""
    known = outcome.artifacts
    files = (known.requirements, known.plugins, known.startup_script) if known else ()
    return {file.version_id for file in files if file is not None}
