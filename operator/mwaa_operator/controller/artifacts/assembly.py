"""What keeps the code of all objects, put together."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from kubernetes.aio import client

from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.artifacts.artifacts import Artifacts
from mwaa_operator.controller.artifacts.config_maps import ConfigMaps
from mwaa_operator.controller.artifacts.git_secrets import GitSecrets
from mwaa_operator.controller.artifacts.jobs import Jobs
from mwaa_operator.controller.artifacts.verification import Verification
from mwaa_operator.controller.failures import Failures
from mwaa_operator.controller.kubernetes import Kubernetes
from mwaa_operator.controller.object_versions import Kind, object_versions
from mwaa_operator.controller.object_watches import ObjectWatches
from mwaa_operator.controller.settings import Settings
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.schedule import jittered
from mwaa_operator.resources.artifacts.room import GIGABYTE


class Code:
    """The keeping of code, and the watches of the ConfigMaps that it comes from. `told` has an object looked at."""

    def __init__(
        self,
        *,
        clients: Clients,
        kubernetes: Kubernetes,
        watch_api: client.ApiClient,
        told: Callable[[Key], None],
        settings: Settings,
        randomness: random.Random,
    ) -> None:
        scale = settings.time_scale
        self._watches = ObjectWatches(
            Kind.CONFIG_MAP,
            partial(object_versions, watch_api, Kind.CONFIG_MAP),
            changed=self._changed,
            time_scale=scale,
            randomness=randomness,
        )
        # Polls of Jobs wait behind nothing that passes do.
        self._verification = Verification(Jobs(watch_api), clients, image=settings.verification_image)
        self.artifacts = Artifacts(
            clients=clients,
            config_maps=ConfigMaps(kubernetes, self._watches),
            git_secrets=GitSecrets(kubernetes),
            verify=self._verification.verify,
            failures=Failures(
                moment=lambda: Moment(datetime.now(UTC).replace(microsecond=0), scale), randomness=randomness
            ),
            told=told,
            rest_seconds=lambda: jittered(settings.resync_seconds / scale, random=randomness.random()),
            scale=scale,
            most_bytes=settings.code_gigabytes * GIGABYTE,
        )

    async def stop(self) -> None:
        """Put nothing more into buckets, and watch nothing more."""
        await self.artifacts.stop()
        self._verification.stop()
        await self._watches.stop()

    def _changed(self, key: Key) -> None:
        self.artifacts.changed(key)
