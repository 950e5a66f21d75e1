"""The code of all objects, each kept by a task of its own beside the passes."""

import asyncio
import contextlib
import logging
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.artifacts.config_maps import ConfigMaps
from mwaa_operator.controller.artifacts.fetching import Fetching
from mwaa_operator.controller.artifacts.git_secrets import GitSecrets
from mwaa_operator.controller.artifacts.keeper import AGAIN_SECONDS, Keeper, Verify
from mwaa_operator.controller.artifacts.remotes import Remotes
from mwaa_operator.controller.failures import Failures
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts.standing import with_code, without_code
from mwaa_operator.planning.artifacts.wish import Wish, wish_of
from mwaa_operator.planning.parts.foundation import Foundation
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.situation import Situation
from mwaa_operator.resources.artifacts.room import Room

log = logging.getLogger(__name__)

AT_A_TIME = 4
"""So many objects' code is checked or zipped at a time: thousands of files each."""
STOPS_WITHIN_SECONDS = 2.0
"""How long deliveries may take to notice that they are to stop: the file, or the part of one, that is being put is put."""


@dataclass
class _Kept:
    keeper: Keeper
    task: asyncio.Task[None]
    request: str | None = None
    """The last one that has been followed. It stands longer than a pass where an environment cannot be created yet."""


class Artifacts:
    """Keeps the code of every object that asks for it.

    `told` has an object looked at, because there is something new to know of its code. `most_bytes` of disk are what all of it may take.
    """

    def __init__(
        self,
        *,
        clients: Clients,
        config_maps: ConfigMaps,
        git_secrets: GitSecrets,
        verify: Verify,
        failures: Failures,
        told: Callable[[Key], None],
        rest_seconds: Callable[[], float],
        scale: float,
        most_bytes: float,
    ) -> None:
        self._clients = clients
        self._config_maps = config_maps
        self._git_secrets = git_secrets
        self._verify = verify
        self._failures = failures
        self._told = told
        self._rest_seconds = rest_seconds
        self._scale = scale
        self._executor = ThreadPoolExecutor(max_workers=AT_A_TIME, thread_name_prefix="artifacts")
        self._remotes = Remotes()
        self._deliveries = Remotes()
        self._room = Room(most_bytes)
        self._kept: dict[Key, _Kept] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def keeps(self, key: Key) -> bool:
        """Whether an object's code is kept."""
        return key in self._kept

    def on_top_of(self, foundation: Foundation, key: Key, situation: Situation, region: str | None) -> Foundation:
        """The foundation with what is known of the object's code, which is kept from now on as its spec says."""
        if situation.spec.artifacts is None and not situation.deleting:
            self.forget(key)
            return without_code(foundation, situation)
        wish = _wish(foundation, situation, region)
        if wish is None:
            self.forget(key)
            return foundation
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._begun(key, wish)
        kept.keeper.ask(wish)
        if situation.retry and situation.request != kept.request:
            kept.request = situation.request
            kept.keeper.look_again()
        keeper = kept.keeper
        return with_code(
            foundation, situation, outcome=keeper.outcome, progress=keeper.progress, fetched=keeper.fetched
        )

    def changed(self, key: Key) -> None:
        """Something that an object takes code from has changed."""
        if key in self._kept:
            self._kept[key].keeper.look_again(fresh=False)

    def forget(self, key: Key) -> None:
        """Leave an object's code as it is from now on."""
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self._config_maps.forget(key)
        self._failures.over(key)
        kept.keeper.stop()
        self._ending.add(kept.task)
        kept.task.add_done_callback(self._ending.discard)
        kept.task.cancel()

    async def stop(self) -> None:
        """End all deliveries, as soon as they can."""
        for key in list(self._kept):
            self.forget(key)
        if self._ending:
            await asyncio.wait(self._ending, timeout=STOPS_WITHIN_SECONDS)
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._remotes.stop()
        self._deliveries.stop()

    def _begun(self, key: Key, wish: Wish) -> _Kept:
        folder = _place() / f"artifacts-{secrets.token_hex(8)}"
        fetching = Fetching(
            key,
            folder,
            clients=self._clients,
            config_maps=self._config_maps,
            git_secrets=self._git_secrets,
            executor=self._executor,
            remotes=self._remotes,
            room=self._room,
            clock=time.monotonic,
            scale=self._scale,
        )
        keeper = Keeper(
            key,
            wish,
            fetching=fetching,
            verify=self._verify,
            clients=self._clients,
            executor=self._executor,
            deliveries=self._deliveries,
            failures=self._failures,
            told=lambda: self._told(key),
            rest_seconds=self._rest_seconds,
            scale=self._scale,
        )
        return _Kept(keeper, asyncio.create_task(self._keep(key, keeper, folder), name=f"code of {key}"))

    async def _keep(self, key: Key, keeper: Keeper, folder: Path) -> None:
        """Run a keeper, and begin it anew after a mistake of ours: one object's trouble is no other's."""
        try:
            while True:
                try:
                    await keeper.run()
                except Exception:
                    log.exception("keeping code failed", extra={"object": str(key)})
                    keeper.stumbled()
                    await asyncio.sleep(AGAIN_SECONDS / self._scale)
        finally:
            with contextlib.suppress(RuntimeError):  # the process ends, and its folder with it
                self._executor.submit(self._remove, folder)

    def _remove(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._room.left(folder)


def _place() -> Path:
    """Where files may be put: in the process's own folder. Where there is none, the first file that is fetched says so."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path()


def _wish(foundation: Foundation, situation: Situation, region: str | None) -> Wish | None:
    """What is to be delivered, once there is a bucket for it."""
    bucket = foundation.outputs.source_bucket_arn
    part = foundation.states.get(PartKind.BUCKET)
    if bucket is None or (part is not None and not part.ready and situation.environment is None):
        return None
    return wish_of(situation, bucket_arn=bucket, region=region)
