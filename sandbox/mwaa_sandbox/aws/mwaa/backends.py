"""The service everywhere: a backend per account and Region, made when it is first asked for."""

from __future__ import annotations

import threading

from mwaa_sandbox.aws.mwaa.backend import MwaaBackend
from mwaa_sandbox.aws.mwaa.simulation import Simulation


class MwaaBackends:
    """The service everywhere: one backend per account and Region, and one lock for all of them."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.lock = threading.RLock()
        self._backends: dict[tuple[str, str], MwaaBackend] = {}

    def of(self, account: str, region: str) -> MwaaBackend:
        """Return the backend of an account in a Region. The caller holds `lock`."""
        key = (account, region)
        if key not in self._backends:
            self._backends[key] = MwaaBackend(account, region, self.simulation)
        return self._backends[key]

    def all(self) -> list[MwaaBackend]:
        return list(self._backends.values())

    def forget(self, account: str | None = None) -> None:
        """Forget the environments of an account, or of all."""
        self._backends = {key: one for key, one in self._backends.items() if account not in {None, key[0]}}
