"""The operator is killed at each call of a run's life, the answer lost: it is one run, and complete, all the same."""

from __future__ import annotations

import itertools
import time

import pytest
import yaml
from mwaa_sandbox.operator_process import operator_environment
from mwaa_sandbox.proxy import CountingProxy, Side, Trap, Upstream

from tests.integration.warm import KUBECONFIG, imported
from tests.integration.world import SCALE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WITHIN = 120
LEAST_CALLS = 10
"""Fewer than a life has: finalizer, status, DAG, trigger, run, tasks, an XCom in a session, status, finalizer, events."""


class Operators:
    """Operators behind proxies, one at a time."""

    def __init__(self, world, kubeconfig, folder, warm):
        self._world, self._folder, self._warm = world, folder, warm
        self._config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        self._numbers = itertools.count(1)

    def proxy(self):
        cluster = self._world.control_plane
        kubernetes = Upstream.at(cluster.server, ca_file=cluster.ca_file)
        return CountingProxy({"aws": Upstream.at(self._world.aws.endpoint), "kubernetes": kubernetes})

    def start(self, proxy):
        """Start an operator all of whose calls go through a proxy, and return it when it watches both kinds."""
        world, folder = self._world, self._folder / str(next(self._numbers))
        folder.mkdir()
        self._config["clusters"][0]["cluster"] = {"server": proxy.endpoint("kubernetes")}
        (folder / KUBECONFIG).write_text(yaml.safe_dump(self._config), encoding="utf-8")
        aws = proxy.endpoint("aws")
        operator = self._warm.start(
            ["run"],
            env=operator_environment(
                kubeconfig=KUBECONFIG,
                aws_environment={**world.aws.environment(account=world.account), "AWS_ENDPOINT_URL": aws},
                http_port=0,
                settings={
                    "TIME_SCALE": str(SCALE),
                    "WATCH_NAMESPACES": world.namespace,
                    "RESYNC_SECONDS": "1000000",
                    "WEBSERVER_ENDPOINT": aws,
                },
            ),
            cwd=folder,
        )
        until(lambda: proxy.journal.watches() >= 2 and proxy.journal.quiet_seconds() > 0.3, operator)
        return operator


def until(reached, operator, what="watch"):
    deadline = time.monotonic() + WITHIN
    while not reached():
        assert time.monotonic() < deadline, f"the operator did not {what}:\n{operator.log_tail(30)}"
        time.sleep(0.02)


@pytest.fixture
def operators(world, kubeconfig, tmp_path):
    """The world is without an operator of its own meanwhile, and without the runs of other tests.

    A run that waits for its DAG is looked at for ever, and a life beside it never comes to rest.
    """
    world.kubectl("delete", "dagrun", "--all", timeout=WITHIN)
    world.operator.stop()
    with imported() as warm:
        yield Operators(world, kubeconfig, tmp_path, warm)
    world.run_operator()


def test_one_object_is_one_run_whichever_call_the_operator_dies_at(world, operators):
    for ordinal in itertools.count(1):
        name, before = f"trial-{ordinal}", len(world.runs_in_airflow("three", "etl"))
        world.script("three", queued_seconds=0, task_seconds=0, xcoms={"load": {"return_value": 3}})
        died = dies_at(world, operators, name, ordinal)
        run = world.handle(name)
        assert run.status["xcoms"] == [{"taskId": "load", "key": "return_value", "value": "3"}], ordinal
        assert len(world.runs_in_airflow("three", "etl")) == before + 1, ordinal
        if not died:
            assert ordinal > LEAST_CALLS
            return


def dies_at(world, operators, name, ordinal):
    """Make a run, have its operator killed at a call and another one go on; tells whether there was such a call."""
    with operators.proxy() as proxy:
        first = operators.start(proxy)
        proxy.journal.count(Trap(ordinal, Side.AFTER), first.kill)
        run = world.run(name, collect=[{"taskId": "load"}])
        until(lambda: proxy.journal.sprung or finished(run), first, "come to the call")
        until(lambda: proxy.journal.sprung or proxy.journal.quiet_seconds() > 1, first, "come to rest")
        if proxy.journal.sprung is None:
            first.kill()
            return False
    with operators.proxy() as proxy:
        second = operators.start(proxy)
        until(lambda: finished(run), second, "complete the run")
        second.kill()
    return True


def finished(run):
    return run.exists() and run.condition("Complete") is not None and "finalizers" not in run.get()["metadata"]
