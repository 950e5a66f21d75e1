"""Writes that the API server answers with a conflict (HTTP 409): nothing is lost, nothing is done twice."""

from __future__ import annotations

import functools
import secrets

import pytest

from .conftest import USER
from .webhook import Webhook

pytestmark = pytest.mark.slow

OBJECT = "mwaaenvironments"
CONFLICT = {
    "code": 409,
    "reason": "Conflict",
    "message": "the object has been modified; please apply your changes to the latest version and try again",
}


class Court:
    """Judges each write of the operator's. `judge` gives True for those that are to conflict."""

    def __init__(self):
        self.judge = lambda _: False
        self.asked = 0

    def __call__(self, request):
        self.asked += 1
        if request["userInfo"]["username"] != USER or not self.judge(request):
            return None
        return CONFLICT


@pytest.fixture
def court(world, control_plane, tmp_path):
    """Has the API server of this test ask about each write in the world's namespace."""
    court = Court()
    webhook = Webhook(tmp_path, court)
    configuration = webhook.configuration(world.namespace)
    control_plane.kubectl("apply", "--filename=-", input=configuration)
    try:
        probe = world.available(f"probe-{secrets.token_hex(3)}")
        world.until(lambda: is_asked(court, probe), "be asked about")
        yield court
    finally:
        control_plane.kubectl("delete", "--filename=-", input=configuration)
        webhook.close()


def is_asked(court, environment):
    """Whether the API server, which learns of webhooks with a delay, has done so."""
    before = court.asked
    patch = '--patch={"status":{"driftedFields":["one"]}}'
    environment.world.kubectl(
        *("patch", f"mwaa/{environment.name}", "--subresource=status", "--type=merge", "--dry-run=server", patch)
    )
    return court.asked > before


@pytest.fixture
def conflicts(patches):
    """Count the writes of an environment that the API server has answered with a conflict."""
    return functools.partial(patches, answered=409)


def test_nothing_is_lost_or_doubled_while_each_status_write_conflicts(world, court, conflicts):
    edited = world.available("edited", maxWorkers=5, allow={"UpdateEnvironment": 1})
    doomed = world.available("doomed")
    new = world.environment("new")
    court.judge = lambda request: request.get("subResource") == "status"
    edited.apply(maxWorkers=8)
    doomed.delete(wait=False)
    new.apply()
    for each in (edited, doomed, new):
        world.until(lambda each=each: conflicts(each) >= 3, f"try to write {each.name}")
    assert edited.calls("UpdateEnvironment") == new.calls("CreateEnvironment") == []
    court.judge = lambda _: False
    for each in (edited, new):
        each.wait_ready()
    world.until(lambda: not doomed.exists(), "let it go")
    assert edited.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert len(new.calls("CreateEnvironment")) == len(doomed.calls("DeleteEnvironment")) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_conflict_over_what_aws_has_just_accepted_makes_no_second_call(world, court, conflicts, times):
    """The operator cannot write down that its call has arrived, and goes by what AWS shows."""
    edited = world.available(f"accepted-{times}", maxWorkers=5, allow={"UpdateEnvironment": 1})
    new = world.environment(f"created-{times}")
    fleet = {each.name: each for each in (edited, new)}

    def accepted(request):
        operation = request["object"]["status"].get("lastOperation") or {}
        known = (request["oldObject"].get("status") or {}).get("lastOperation") or {}
        is_news = operation.get("acceptedAt") not in (None, known.get("acceptedAt"))
        return is_news and conflicts(fleet[request["name"]]) < times

    court.judge = lambda request: (
        request.get("subResource") == "status" and request["name"] in fleet and accepted(request)
    )
    edited.apply(maxWorkers=8)
    edited.wait_for("jsonpath={.status.observedGeneration}=2")
    new.apply()
    for each in fleet.values():
        each.wait_ready()
    assert edited.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert len(new.calls("CreateEnvironment")) == 1
    assert conflicts(edited) >= 1
    assert conflicts(new) >= 1


def test_somebody_else_is_always_quicker(world, court, conflicts):
    """Another writer changes the object during each first write of the operator's: finalizer on, status, finalizer off."""
    environment = world.environment("raced", maxWorkers=5, allow={"UpdateEnvironment": 1})
    raced = []

    def race(request):
        kind = (request.get("subResource") or "object", bool(request["object"]["metadata"].get("deletionTimestamp")))
        if request["name"] == environment.name and kind not in raced:
            raced.append(kind)
            world.kubectl("annotate", f"mwaa/{environment.name}", f"example.com/raced={len(raced)}", "--overwrite")
        return False

    court.judge = race
    environment.apply().wait_ready()
    put_on = conflicts(environment, OBJECT)
    assert put_on >= 1, "the finalizer was to be put on what had been there before"
    found = environment.get()
    assert found["metadata"]["annotations"]["example.com/raced"] == str(len(raced))
    assert found["metadata"]["finalizers"] == ["mwaa-operator.dev/finalizer"]
    environment.apply(maxWorkers=8)
    environment.wait_for("jsonpath={.status.observedGeneration}=2")
    environment.wait_ready()
    environment.delete()
    assert conflicts(environment, OBJECT) > put_on, "and to be taken off what had been there before"
    assert {("object", False), ("status", False), ("object", True), ("status", True)} == set(raced)
    assert len(environment.calls("CreateEnvironment")) == len(environment.calls("DeleteEnvironment")) == 1
    assert environment.accepted("UpdateEnvironment") == [{"MaxWorkers": 8}]
    assert not environment.is_in_aws()
