"""Which runs are where: how many are followed in an environment, and who waits for one."""

from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.dag_run.model import Environment, Hindrance


class Followed:
    """Lost with the process, and built up anew by the first pass over each run."""

    def __init__(self) -> None:
        self._running: dict[Key, Key] = {}
        self._count: dict[Key, int] = {}
        self._waiting: dict[Key, set[Key]] = {}

    def in_environment(self, environment: Key, run: Key) -> int:
        """How many runs are followed in an environment, this one included."""
        return self._count.get(environment, 0) + (self._running.get(run) != environment)

    def note(self, run: Key, environment: Key, status: DagRunStatus, found: Environment | Hindrance) -> None:
        """Remember what a pass over a run has come to."""
        self.forget(run)
        if status.finished_at is not None:
            return
        if status.triggered_at is not None:
            self._running[run] = environment
            self._count[environment] = self._count.get(environment, 0) + 1
        if not (isinstance(found, Environment) and found.available):
            self._waiting.setdefault(environment, set()).add(run)

    def waiting_for(self, environment: Key) -> set[Key]:
        """Those who wait for an environment. They are told now, and wait no more."""
        return self._waiting.pop(environment, set())

    def forget(self, run: Key) -> None:
        """A run is no more."""
        environment = self._running.pop(run, None)
        if environment is not None:
            self._count[environment] -= 1
            if not self._count[environment]:
                del self._count[environment]
        for home in [home for home, runs in self._waiting.items() if run in runs]:
            self._waiting[home].discard(run)
            if not self._waiting[home]:
                del self._waiting[home]
