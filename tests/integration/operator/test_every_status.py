"""Every status of AWS and whatever can happen in it, for real: the table of docs/reference/lifecycle.md, one column a test.

The environments are brought to AVAILABLE and then said to be in the status, which is where the simulated AWS leaves them.
"""

from __future__ import annotations

import json

import pytest
from mwaa_operator.api.enums import EnvironmentStatusCode

from .environment import MUTATIONS

UPDATE, DELETE, CREATE = "UpdateEnvironment", "DeleteEnvironment", "CreateEnvironment"
STATUSES = [status.value for status in EnvironmentStatusCode]
THERE = [status for status in STATUSES if status != "DELETED"]
"""Whatever is DELETED is created again, whoever looks: it has a test of its own."""
BUSY = ["CREATING", "UPDATING", "CREATING_SNAPSHOT", "ROLLING_BACK", "PENDING", "MAINTENANCE", "DELETING"]

CALLS = {
    "edit": {"AVAILABLE": UPDATE, "UPDATE_FAILED": UPDATE, "UNAVAILABLE": UPDATE, "CREATE_FAILED": DELETE},
    "delete": dict.fromkeys(["AVAILABLE", "UPDATE_FAILED", "UNAVAILABLE", "CREATE_FAILED", "PENDING"], DELETE),
    "drift": {"AVAILABLE": UPDATE, "UPDATE_FAILED": UPDATE},
    "request": {"UPDATE_FAILED": UPDATE, "UNAVAILABLE": UPDATE, "CREATE_FAILED": DELETE},
    "restart": {},
    "pause": {},
}
"""The one call that a happening leads to; none where the status is not named."""


class Fleet:
    """One environment in each status."""

    def __init__(self, world, happening, statuses):
        self.world = world
        self.environments = {
            status: world.environment(
                f"{happening}-{status.lower().replace('_', '-')}",
                maxWorkers=5,
                allow={CREATE: 2, UPDATE: 1, DELETE: 2},
                refusals=6,  # while the tombstone of a failed attempt still has the name
            )
            for status in statuses
        }
        objects = [json.loads(each.document()) for each in self.environments.values()]
        listed = {"apiVersion": "v1", "kind": "List", "items": objects}
        world.kubectl("apply", "--filename=-", input=json.dumps(listed))
        self._wait("condition=Ready")
        self._already = {status: len(self._mutations(status)) for status in statuses}

    def come_to_their_statuses(self, *, wait=True):
        for status, environment in self.environments.items():
            environment.change_in_aws(Status=status)
        if wait:
            for status, environment in self.environments.items():
                environment.request_reconcile() if status not in {
                    "UPDATE_FAILED",
                    "UNAVAILABLE",
                    "CREATE_FAILED",
                } else None
            for status, environment in self.environments.items():
                environment.wait_aws_status(status)

    def hold_to(self, calls, *, looks=2):
        """Wait for the calls that are expected, then for a few looks more, and see that there were no others."""
        for status, call in calls.items():
            self.world.until(lambda s=status, c=call: c in self.made(s), f"make the {call} of the one in {status}")
        for status in self.environments.keys() - calls.keys():
            self.environments[status].wait_looks(looks)
        assert {status: self.made(status)[:1] for status in self.environments} == {
            status: [calls[status]] if status in calls else [] for status in self.environments
        }

    def made(self, status):
        """The mutating calls since the fleet came to be, refused ones included."""
        return self._mutations(status)[self._already[status] :]

    def _mutations(self, status):
        return [call.operation for call in self.environments[status].calls(*MUTATIONS)]

    def _wait(self, what):
        for environment in self.environments.values():
            environment.wait_for(what)


@pytest.mark.parametrize("happening", ["edit", "delete", "drift", "request"])
def test_what_happens_in_each_status(world, happening):
    fleet = Fleet(world, happening, THERE)
    fleet.come_to_their_statuses()
    act = {
        "edit": lambda environment: environment.apply(maxWorkers=8),
        "delete": lambda environment: environment.delete(wait=False),
        "drift": lambda environment: environment.change_in_aws(MaxWorkers=12),
        "request": lambda environment: environment.request_reconcile(),
    }[happening]
    for environment in fleet.environments.values():
        act(environment)
    fleet.hold_to(CALLS[happening])
    if happening in {"edit", "delete"}:
        # What had to wait is done once AWS has finished, without anybody asking again.
        waited = [status for status in BUSY if status not in CALLS[happening]]
        for status in waited:
            fleet.environments[status].change_in_aws(Status="AVAILABLE")
        call = UPDATE if happening == "edit" else DELETE
        for status in waited:
            world.until(lambda s=status: fleet.made(s) == [call], f"make the {call} that had to wait in {status}")
    if happening == "delete":
        for environment in fleet.environments.values():
            world.until(lambda e=environment: not e.exists(), f"let {environment.name} go")
            assert not environment.is_in_aws()


def test_a_paused_object_is_left_alone_in_every_status(world):
    fleet = Fleet(world, "pause", STATUSES)
    for environment in fleet.environments.values():
        environment.annotate("paused", "true")
        environment.wait_reason("Synced", "Paused")
    fleet.come_to_their_statuses(wait=False)
    for environment in fleet.environments.values():
        environment.apply(maxWorkers=8)
    for environment in fleet.environments.values():
        world.until(
            lambda e=environment: e.status()["observedGeneration"] == e.get()["metadata"]["generation"], "see the edit"
        )
    assert {status: fleet.made(status) for status in STATUSES} == {status: [] for status in STATUSES}
    for environment in fleet.environments.values():
        environment.change_in_aws(Status="AVAILABLE")
        environment.annotate("paused", None)
    for status in STATUSES:
        world.until(lambda s=status: UPDATE in fleet.made(s), "take up the edit that was made meanwhile")


def test_a_restart_goes_on_in_every_status(new_world):
    world = new_world()
    world.start_operator()
    fleet = Fleet(world, "restart", THERE)
    world.operator.kill()
    fleet.come_to_their_statuses(wait=False)
    world.start_operator()
    for status, environment in fleet.environments.items():
        environment.wait_aws_status(status)
    fleet.hold_to(CALLS["restart"])


def test_what_is_deleted_behind_the_operators_back_is_created_again_once_its_tombstone_is_gone(world):
    environment = world.available("tombstone", allow={CREATE: 2}, refusals=20)
    environment.change_in_aws(Status="DELETED")
    environment.request_reconcile()
    world.until(lambda: len(environment.calls(CREATE)) > 1, "ask for it again")
    world.aws.admin.remove_environment(world.account, "eu-west-1", "tombstone")
    world.until(lambda: len(environment.accepted(CREATE)) == 2, "create it again")
    environment.wait_ready()
