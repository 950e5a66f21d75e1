"""What the demo tells of the parts that an environment stands on."""

from typing import Any

from mwaa_sandbox.demo.following import Seen
from mwaa_sandbox.demo.parts import counted, in_hand, turns

BUCKET = {"kind": "Bucket", "id": "b", "part": "Bucket"}
SUBNETS = [{"kind": "Subnet", "id": f"subnet-{number}", "part": "Network"} for number in (1, 2)]


def seen(resources: tuple[dict[str, str], ...] = (), **conditions: str) -> Seen:
    """An environment with these conditions."""
    entries = [
        {"type": kind, "status": status, "message": f"{kind} says so."} for kind, status in reversed(conditions.items())
    ]
    body: dict[str, Any] = {
        "metadata": {"name": "e", "namespace": "data", "generation": 1},
        "status": {"conditions": entries, "resources": list(resources)},
    }
    return Seen(body, 0)


def told(before: Seen | None, now: Seen) -> list[str]:
    return [turn.text for turn in turns(before, now)]


def test_part_that_is_there_is_told_with_what_was_made_of_it() -> None:
    now = seen((BUCKET, *SUBNETS), BucketReady="False", NetworkReady="True")

    assert told(seen(NetworkReady="False"), now) == ["NetworkReady is True: NetworkReady says so. (2 Subnet)"]


def test_parts_are_told_in_the_order_of_their_making() -> None:
    now = seen(BucketReady="True", NetworkReady="True", PreflightPassed="True")

    assert [text.partition(" ")[0] for text in told(None, now)] == ["BucketReady", "NetworkReady", "PreflightPassed"]


def test_parts_that_go_are_told_in_the_order_of_their_removal_without_what_there_was() -> None:
    before = seen((BUCKET, *SUBNETS), BucketReady="True", NetworkReady="True")
    now = seen((BUCKET, *SUBNETS), BucketReady="False", NetworkReady="False")

    assert told(before, now) == [
        "NetworkReady is False: NetworkReady says so.",
        "BucketReady is False: BucketReady says so.",
    ]


def test_part_that_is_only_begun_or_has_not_turned_is_not_told() -> None:
    now = seen(BucketReady="True", NetworkReady="False")

    assert told(seen(BucketReady="True"), now) == []


def test_condition_that_is_not_about_a_part_is_not_told() -> None:
    assert told(None, seen(Ready="True", Synced="True")) == []


def test_part_in_hand_is_the_first_that_is_not_in_order() -> None:
    now = seen(BucketReady="True", NetworkReady="False", ExecutionRoleReady="False", Ready="False")

    assert in_hand(now) == "NetworkReady says so."


def test_nothing_is_in_hand_when_all_parts_are_in_order() -> None:
    assert in_hand(seen(BucketReady="True", Ready="False")) is None


def test_all_resources_are_counted_by_kind() -> None:
    assert counted((*SUBNETS, BUCKET)) == "(2 Subnet, 1 Bucket)"
    assert counted(()) == ""
