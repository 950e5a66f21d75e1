"""What happens in a soak, drawn from one seed: what people do, what AWS does, what breaks.

What is drawn does not depend on how things stand, so that one seed means one list of actions. An action that does not fit, such as an
edit of an object that is gone, does nothing.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from mwaa_sandbox.aws.admin_client import AdminError
from soak_stage import ACCOUNT, REGIONS, Stage, new_spec

FAULTS = ("throttle", "error5xx", "timeout", "lost_answer", "connection_reset", "html", "access_denied", "validation")
ANNOTATION = "mwaa-operator.dev/"


class Actions:
    """Draws and does. `done` counts what has been done; `causes` what entitles the operator to calls, by environment."""

    def __init__(self, stage: Stage, *, environments: int, seed: int) -> None:
        self._stage, self._rng = stage, random.Random(seed)
        self._admin = stage.aws.admin
        self.names = [f"env-{number:03}" for number in range(environments)]
        self.specs: dict[str, dict[str, Any]] = {}
        self.done: Counter[str] = Counter()
        self.causes: Counter[str] = Counter()
        self.tick: Callable[[], None] = lambda: None
        """Called while an action waits."""
        self._storm: tuple[int, float] | None = None
        self._weights: dict[Callable[[str], bool], float] = {
            self._edit: 30,
            self._ask: 5,
            self._pause: 6,
            self._go_on: 8,
            self._delete: 5,
            self._create: 10,
            self._drift: 8,
            self._maintain: 4,
            self._remove: 3,
            self._fail_create: 4,
            self._fail_update: 6,
            self._fault: 18,
            self._storm_of_faults: 1,
            self._slow: 1,
            self._restart_api_server: 0.3,
        }

    def begin(self) -> None:
        for name in self.names:
            self._create(name)

    def next(self, *, kill: bool) -> None:
        """Do one thing. `kill` also kills the operator, whatever else happens."""
        self._end_storm()
        if kill:
            self._stage.kill_operator()
            self._stage.start_operator()
            self.done["operator killed"] += 1
        (action,) = self._rng.choices(list(self._weights), list(self._weights.values()))
        name = self._rng.choice(self.names)
        try:
            fits = action(name)
        except AdminError as error:
            if error.status not in {404, 409}:
                raise
            fits = False
        if fits:
            self.done[action.__name__.strip("_").replace("_", " ")] += 1

    def end(self) -> None:
        """Nothing goes wrong any more, and nobody waits."""
        self._admin.remove_faults()
        for operation in ("airflow", "sts"):
            self._admin.set_latency(0, service=operation)
        for name in self.names:
            self._go_on(name)

    def mend(self, name: str) -> None:
        """Ask for something that AWS accepts, and that has not been asked for before. What only AWS Support can mend, it mends."""
        if any(each["name"] == name and each["status"] == "UNAVAILABLE" for each in self._admin.environments()):
            self._admin.patch_environment(*self._where(name), Status="AVAILABLE")
        change = {
            "maxWorkers": self._rng.randint(2, 20),
            "airflowConfigurationOptions": {"core.parallelism": f"{self._rng.random():.9f}"},
        }
        if self._stage.patch(name, {"spec": change}):
            self.causes[name] += 1

    # People

    def _create(self, name: str) -> bool:
        spec = new_spec(self._stage, self.names.index(name), self._rng)
        body = {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": name},
            "spec": spec,
        }
        if not self._stage.create(body):
            return False
        self.specs[name] = spec
        self.causes[name] += 1
        return True

    def _edit(self, name: str) -> bool:
        change: dict[str, Any] = self._rng.choice(
            (
                {"maxWorkers": self._rng.randint(2, 20)},
                {"environmentClass": self._rng.choice(("mw1.small", "mw1.medium", "mw1.large"))},
                {"airflowConfigurationOptions": {"core.parallelism": str(self._rng.randint(10, 99))}},
                {"tags": {"team": f"team-{self._rng.randint(0, 99)}"}},
                {"airflowVersion": "3.3.1"},
                {"minWorkers": 1, "maxWorkers": 30},
            )
        )
        if name not in self.specs or not self._stage.patch(name, {"spec": change}):
            return False
        self.specs[name] |= change
        self.causes[name] += 1
        return True

    def _ask(self, name: str) -> bool:
        self.causes[name] += 1
        return self._annotate(name, "reconcile-requested-at", f"{self._rng.random()}")

    def _pause(self, name: str) -> bool:
        return self._annotate(name, "paused", "true")

    def _go_on(self, name: str) -> bool:
        return self._annotate(name, "paused", None)

    def _annotate(self, name: str, annotation: str, value: str | None) -> bool:
        return self._stage.patch(name, {"metadata": {"annotations": {ANNOTATION + annotation: value}}})

    def _delete(self, name: str) -> bool:
        self.causes[name] += 1
        return self._stage.delete(name)

    # AWS

    def _drift(self, name: str) -> bool:
        return self._behind_its_back(
            name, lambda where: self._admin.patch_environment(*where, MaxWorkers=self._rng.randint(2, 20))
        )

    def _maintain(self, name: str) -> bool:
        return self._behind_its_back(name, lambda where: self._admin.start_maintenance(*where))

    def _remove(self, name: str) -> bool:
        return self._behind_its_back(name, lambda where: self._admin.remove_environment(*where))

    def _behind_its_back(self, name: str, what: Callable[[tuple[str, str, str]], object]) -> bool:
        what(self._where(name))
        self.causes[name] += 1
        return True

    def _where(self, name: str) -> tuple[str, str, str]:
        return ACCOUNT, REGIONS[self.names.index(name) % len(REGIONS)], name

    def _fail_create(self, name: str) -> bool:
        return self._script("create", "create_failed", name)

    def _fail_update(self, name: str) -> bool:
        outcome = self._rng.choice(("rolled_back_update_failed", "rolled_back_available", "unavailable"))
        return self._script("update", outcome, name)

    def _script(self, operation: str, outcome: str, name: str) -> bool:
        self._admin.script_outcome(operation, outcome, environment=name, account=ACCOUNT)
        self.causes[name] += 1
        return True

    # What breaks

    def _fault(self, name: str) -> bool:
        kind = self._rng.choice(FAULTS)
        count, delay = self._rng.randint(1, 6), self._rng.choice((0.1, 0.5, 6.0))
        self._admin.add_fault(
            kind, service="airflow", environment=name, count=count, delay_seconds=delay if kind == "timeout" else None
        )
        return True

    def _storm_of_faults(self, _: str) -> bool:
        """For everybody, for some seconds."""
        kind, seconds = self._rng.choice(FAULTS[:6]), self._rng.uniform(2, 10)
        if self._storm is not None:
            return False
        fault = self._admin.add_fault(
            kind, probability=0.7, account=ACCOUNT, delay_seconds=0.5 if kind == "timeout" else None
        )
        self._storm = (fault, time.monotonic() + seconds)
        return True

    def _end_storm(self) -> None:
        if self._storm is not None and time.monotonic() > self._storm[1]:
            self._admin.remove_fault(self._storm[0])
            self._storm = None

    def _slow(self, _: str) -> bool:
        self._admin.set_latency(self._rng.choice((0, 0, 0.2, 1.0)), service="airflow")
        return True

    def _restart_api_server(self, _: str) -> bool:
        until = time.monotonic() + self._rng.choice((0, 5, 10, 60))

        def wait() -> None:
            while time.monotonic() < until:
                self.tick()
                time.sleep(0.5)

        self._stage.restart_api_server(wait)
        return True
