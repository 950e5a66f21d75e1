"""One active replica at a time, by a Lease, with the Kubernetes project's own leader election.

What it leaves open is settled here: a connection that breaks, or is silent, counts as one failed renewal, not as the end, and not for
minutes either, in which another replica is at work already; and a replica that stops cleanly removes its lease, so that the next one
need not wait for it to run out.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
from kubernetes.aio import client
from kubernetes.aio.client.exceptions import ApiException
from kubernetes.aio.leaderelection.electionconfig import Config
from kubernetes.aio.leaderelection.leaderelection import LeaderElection
from kubernetes.aio.leaderelection.resourcelock.leaselock import LeaseLock

log = logging.getLogger(__name__)

LEASE = "mwaa-operator"
LEASE_SECONDS = 15
RENEW_SECONDS = 10
RETRY_SECONDS = 2
CALL_SECONDS = 5
"""For one call about the lease."""
HELD_SECONDS = 12
"""After a lease was last renewed its holder stops, before the others may take it."""
GIVE_BACK_SECONDS = 2
"""For each call at the end. An API server that does not answer then does not hold up the end: the lease runs out."""


class _PatientLock(LeaseLock):  # type: ignore[misc]  # the library ships no types
    """A lease lock for which an API server that cannot be reached, or says nothing, is a failed try.

    It knows when the lease was last made or renewed, by the time of the event loop at which that was asked for.
    """

    renewed_at: float | None = None

    async def get(self, name: str, namespace: str) -> tuple[bool, Any]:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer: tuple[bool, Any] = await super().get(name, namespace)
        except (TimeoutError, aiohttp.ClientError) as error:
            return False, ApiException(status=0, reason=type(error).__name__)
        return answer

    async def create(self, name: str, namespace: str, election_record: Any) -> bool:
        # The library's own asks for `pretty=True`, which its client (37.0) refuses: the parameter is a string there.
        body = client.V1Lease(metadata=client.V1ObjectMeta(name=name), spec=self.update_lease(election_record))
        asked_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self.api_instance.create_namespaced_lease(namespace, body)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            log.warning("the lease could not be made: %s", getattr(error, "reason", type(error).__name__))
            return False
        self.renewed_at = asked_at
        return True

    async def update(self, name: str, namespace: str, updated_record: Any) -> bool:
        asked_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                updated = bool(await super().update(name, namespace, updated_record))
        except (TimeoutError, aiohttp.ClientError):
            return False
        if updated:
            self.renewed_at = asked_at
        return updated

    async def runs_out(self) -> None:
        """Return when the lease was held, and has not been renewed for so long that it is not to be relied on any more."""
        time = asyncio.get_running_loop().time
        while (left := HELD_SECONDS if self.renewed_at is None else self.renewed_at + HELD_SECONDS - time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)


async def lead(
    api: client.ApiClient, *, namespace: str, identity: str, work: Callable[[], Coroutine[Any, Any, None]]
) -> bool:
    """Wait for the lease, then work for as long as it is held. True if the work ended, False if the lease was lost. Raises what it raises.

    When the lease is lost the work is cancelled; the caller must end the process, for another replica is at work by then.
    """
    finished = asyncio.Event()
    working: list[asyncio.Task[None]] = []

    async def run() -> None:
        log.info("leading", extra={"lease": f"{namespace}/{LEASE}", "identity": identity})
        working.append(asyncio.create_task(work(), name="work"))
        try:
            await working[0]
        finally:
            finished.set()

    lock = _PatientLock(LEASE, namespace, identity, api)
    election = LeaderElection(
        Config(
            lock,
            lease_duration=LEASE_SECONDS,
            renew_deadline=RENEW_SECONDS,
            retry_period=RETRY_SECONDS,
            onstarted_leading=run,
            onstopped_leading=_lost,
        )
    )
    elected = asyncio.create_task(election.run(), name="leader-election")
    ended = asyncio.create_task(finished.wait(), name="work-ended")
    run_out = asyncio.create_task(lock.runs_out(), name="lease-runs-out")
    try:
        done, _ = await asyncio.wait({elected, ended, run_out}, return_when=asyncio.FIRST_COMPLETED)
        if elected in done:
            elected.result()
        elif ended in done:
            working[0].result()
        else:
            await _lost()
        return done == {ended}
    finally:
        for task in (elected, ended, run_out, *working):
            task.cancel()
        await asyncio.gather(elected, ended, run_out, *working, return_exceptions=True)
        await _give_back(api, namespace=namespace, identity=identity)


async def _lost() -> None:
    log.error("the lease was lost: another replica takes over, this one exits")


async def _give_back(api: client.ApiClient, *, namespace: str, identity: str) -> None:
    """Remove the lease if it is still ours, so that the next leader starts at once."""
    leases = client.CoordinationV1Api(api)
    try:
        lease = await leases.read_namespaced_lease(LEASE, namespace, _request_timeout=GIVE_BACK_SECONDS)
        if lease.spec.holder_identity == identity:
            ours = client.V1Preconditions(uid=lease.metadata.uid, resource_version=lease.metadata.resource_version)
            body = client.V1DeleteOptions(preconditions=ours)
            await leases.delete_namespaced_lease(LEASE, namespace, body=body, _request_timeout=GIVE_BACK_SECONDS)
    except (TimeoutError, ApiException, aiohttp.ClientError) as error:
        log.warning("the lease could not be given back: %s", type(error).__name__)
