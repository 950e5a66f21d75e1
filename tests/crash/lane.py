"""A namespace in which one run is made after the other. Several lanes run side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from mwaa_sandbox.aws.accounts import DEFAULT_ACCOUNT
from mwaa_sandbox.process import ManagedProcess
from mwaa_sandbox.proxy import Call, CountingProxy, Trap

from .actor import Actor
from .end_state import EndState, end_state, last_call
from .points import Point
from .scenarios import Act, Scenario
from .world import World

PATIENCE_SECONDS = 180.0
"""How long any state of a scenario may take to be reached, on a busy machine."""
QUIET_SECONDS = 0.3
"""For how long the operator makes no call when it is taken to have nothing more to do."""
POLL_SECONDS = 0.15

_FINGERPRINT_SECRET = "mwaa-operator-fingerprint-key"


class RunError(AssertionError):
    """A run did not come to its end. The message ends with the operator's last words."""


@dataclass(frozen=True)
class Run:
    """What became of one run. `killed_at` is None if it was undisturbed, or ended before the trap."""

    end: EndState
    calls: Sequence[Call]
    killed_at: Call | None
    seconds: float
    log_files: Sequence[Path] = field(default=(), compare=False)


class Lane:
    """Makes runs, one at a time. Each has a name of its own; the namespace and its secrets are the lane's."""

    def __init__(self, world: World, namespace: str) -> None:
        self._world = world
        self._namespace = namespace
        self._api = config.new_client_from_config(str(world.control_plane.kubeconfig))

    def run(self, scenario: Scenario, point: Point | None = None) -> Run:
        """Play a scenario to its end, with the operator killed at `point`. Raises RunError if it does not end."""
        number = self._world.next_number()
        actor = Actor(
            self._world,
            self._api,
            namespace=self._namespace,
            name=f"crashed-{number:05d}",
            account=f"9{number:011d}" if scenario.own_account else DEFAULT_ACCOUNT,
        )
        run = _Running(self._world, actor, point)
        try:
            return run.play(scenario)
        finally:
            run.stop()
            self._clear(actor)

    def close(self) -> None:
        """End the connections to Kubernetes."""
        self._api.close()

    def _clear(self, actor: Actor) -> None:
        """Remove whatever is left, so that the next run starts with nothing."""
        if actor.object() is not None:
            actor.delete()
        if actor.object() is not None:
            actor.patch({"metadata": {"finalizers": None}})
        actor.remove_from_aws()
        try:
            client.CoreV1Api(self._api).delete_namespaced_secret(_FINGERPRINT_SECRET, self._namespace)
        except ApiException as error:
            if error.status != 404:
                raise


class _Running:
    """One run: an operator behind a proxy, and after the kill another one behind another proxy."""

    def __init__(self, world: World, actor: Actor, point: Point | None) -> None:
        self._world = world
        self._actor = actor
        self._point = point
        self._proxies: list[CountingProxy] = []
        self._operators: list[ManagedProcess] = []
        self._started = threading.Event()

    def play(self, scenario: Scenario) -> Run:
        began = time.monotonic()
        scenario.prepare(self._actor)
        proxy = self._proxy()
        if not scenario.cold:
            self._start(proxy)
            self._wait(lambda: proxy.journal.watches() > 0, "the operator watching")
        for act in scenario.before:
            self._perform(act)
        self._wait(lambda: proxy.journal.quiet_seconds() > QUIET_SECONDS, "quiet before the scenario")
        since = last_call(self._actor)
        trap = Trap(self._point.ordinal, self._point.side) if self._point else None
        proxy.journal.count(trap, self._kill)
        for number, act in enumerate(scenario.acts):
            act.do(self._actor)
            if scenario.cold and number == 0:
                self._start(proxy)
            self._wait(lambda act=act: act.until(self._actor), f"act {number + 1} of {scenario.name}")
        self._wait(self._settled, f"quiet at the end of {scenario.name}")
        return Run(
            end=end_state(self._actor, since=since, own_account=scenario.own_account),
            calls=proxy.journal.calls(),
            killed_at=proxy.journal.sprung,
            seconds=time.monotonic() - began,
            log_files=[operator.log_file for operator in self._operators],
        )

    def stop(self) -> None:
        for operator in self._operators:
            operator.kill()
        for proxy in self._proxies:
            proxy.close()

    def _perform(self, act: Act) -> None:
        act.do(self._actor)
        self._wait(lambda: act.until(self._actor), "the state before the scenario")

    def _proxy(self) -> CountingProxy:
        self._proxies.append(CountingProxy(self._world.upstreams()))
        return self._proxies[-1]

    def _start(self, proxy: CountingProxy) -> None:
        name = f"{self._actor.name}-{len(self._operators) + 1}"
        actor = self._actor
        self._operators.append(
            self._world.start_operator(proxy, namespace=actor.namespace, account=actor.account, name=name)
        )
        self._started.set()

    def _kill(self) -> None:
        """What the trap does, in a thread of the proxy."""
        self._started.wait(PATIENCE_SECONDS)
        self._operators[0].kill()

    def _settled(self) -> bool:
        killed = self._proxies[0].journal.sprung is not None
        alive = len(self._operators) == 2 or not killed
        return alive and self._proxies[-1].journal.quiet_seconds() > QUIET_SECONDS

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        """Wait for a state, and start the operator again when it was killed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            self._keep_alive()
            if time.monotonic() > deadline:
                raise RunError(f"{self._point or 'undisturbed'}: waited in vain for {what}.\n{self._last_words()}")
            time.sleep(POLL_SECONDS)

    def _keep_alive(self) -> None:
        proxy = self._proxies[0]
        # In this order: an operator that has ended by now, and not by the trap, ended by itself.
        has_ended = bool(self._operators) and self._operators[-1].poll() is not None
        if len(self._operators) == 1 and proxy.journal.sprung is not None:
            if self._point is not None and self._point.late and not self._actor.at_rest():
                return
            proxy.close()
            self._start(self._proxy())
        elif has_ended:
            self._operators[-1].raise_if_ended()

    def _last_words(self) -> str:
        said = self._operators[-1].log_tail(15) if self._operators else "(no operator was started)"
        body = self._actor.object() or {}
        shown = {name: body.get("status", {}).get(name) for name in ("conditions", "lastOperation", "plan")}
        return "\n".join([f"AWS has {self._actor.environment()}", f"the object says {shown}", said])
