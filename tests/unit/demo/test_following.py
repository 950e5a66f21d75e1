"""What the demo makes of what it reads from the Kubernetes API."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from mwaa_sandbox.demo.following import ENVIRONMENTS, Event, Following, Seen, new_events, seen_now


def environment(
    status: str | None = "CREATING", *, name: str = "e", ready: str = "False", observed: int = 1
) -> dict[str, Any]:
    body: dict[str, Any] = {"metadata": {"name": name, "namespace": "data", "generation": 1}}
    if status is not None:
        body["status"] = {
            "environment": {"status": status},
            "conditions": [{"type": "Ready", "status": ready, "observedGeneration": observed}],
        }
    return body


def event(version: int, *, uid: str = "u", kind: str = "MwaaEnvironment", type_: str = "Normal") -> dict[str, Any]:
    return {
        "metadata": {"uid": uid, "resourceVersion": str(version)},
        "involvedObject": {"kind": kind, "name": "e"},
        "type": type_,
        "reason": f"Reason{version}",
        "message": "m",
    }


class Api:
    """What the API server would answer."""

    def __init__(self) -> None:
        self.environments: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def get(self, path: str) -> Mapping[str, Any]:
        return {"items": self.environments if path == ENVIRONMENTS else self.events}


def following(api: Api, told: list[object]) -> Following:
    def on_change(before: Seen | None, seen: Seen) -> None:
        if before is None or before.status != seen.status:
            told.append(seen.status)

    return Following(api.get, on_change=on_change, on_event=told.append)


def test_status_keeps_the_time_when_it_was_first_seen() -> None:
    first = seen_now({}, [environment("CREATING")], 10)
    second = seen_now(first, [environment("CREATING")], 20)
    third = seen_now(second, [environment("AVAILABLE")], 30)

    assert [each["data/e"].since for each in (first, second, third)] == [10, 10, 30]


def test_environment_that_is_gone_is_not_seen() -> None:
    assert seen_now(seen_now({}, [environment()], 10), [], 20) == {}


def test_object_without_a_status_is_not_ready() -> None:
    seen = Seen(environment(None), 0)

    assert (seen.status, seen.ready, seen.condition("Ready")) == ("-", False, {})


@pytest.mark.parametrize(
    ("ready", "observed", "expected"), [("True", 1, True), ("True", 0, False), ("False", 1, False)]
)
def test_ready_counts_for_the_current_generation_only(ready: str, observed: int, expected: bool) -> None:
    assert Seen(environment("AVAILABLE", ready=ready, observed=observed), 0).ready is expected


def test_events_are_told_once_each_in_the_order_they_were_made() -> None:
    told: set[tuple[str, str]] = set()

    first = new_events(told, [event(10, uid="b"), event(9, uid="a")])
    second = new_events(told, [event(10, uid="b"), event(9, uid="a"), event(11, uid="c", type_="Warning")])

    assert [each.reason for each in first] == ["Reason9", "Reason10"]
    assert second == [Event("e", True, "Reason11", "m")]


def test_event_that_happens_again_is_told_again() -> None:
    told: set[tuple[str, str]] = set()
    new_events(told, [event(1)])

    assert [each.reason for each in new_events(told, [event(2)])] == ["Reason2"]


def test_events_about_other_objects_are_left_out() -> None:
    assert new_events(set(), [event(1, kind="Pod")]) == []


def test_each_change_of_status_is_told_once_and_before_its_event() -> None:
    api, told = Api(), list[object]()
    watched = following(api, told)
    api.environments, api.events = [environment("CREATING")], [event(1)]

    watched.look(0)
    watched.look(1)
    api.environments = [environment("AVAILABLE")]
    watched.look(2)

    assert told == ["CREATING", Event("e", False, "Reason1", "m"), "AVAILABLE"]
    assert watched.last_reason == {"e": "Reason1"}


def test_waiting_looks_until_it_is_reached() -> None:
    api, told = Api(), list[object]()
    watched = following(api, told)
    looks = iter(range(1, 10))

    def check() -> None:
        api.environments = [environment("AVAILABLE" if next(looks) == 3 else "CREATING")]

    watched.wait_for(
        lambda: watched.environments["data/e"].status == "AVAILABLE", timeout=60, check=check, what="the create"
    )

    assert next(looks) == 4


def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(TimeoutError, match="the create took longer than 0 seconds"):
        following(Api(), []).wait_for(lambda: False, timeout=0, check=lambda: None, what="the create")


def test_waiting_ends_with_what_the_check_raises() -> None:
    def check() -> None:
        raise ChildProcessError("etcd ended")

    with pytest.raises(ChildProcessError, match="etcd ended"):
        following(Api(), []).wait_for(lambda: False, timeout=math.inf, check=check, what="the demo")
