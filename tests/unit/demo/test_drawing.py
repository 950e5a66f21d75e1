"""The bars and the table."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from mwaa_sandbox.demo.drawing import USUAL_SECONDS, Drawing, cells_done, expected_end
from mwaa_sandbox.demo.following import Following
from rich.console import Console, RenderableType

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def environment(name: str, status: str, ready: str = "False") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "data", "generation": 1},
        "status": {
            "environment": {"status": status, "airflowVersion": "3.3.1", "environmentClass": "mw1.small"},
            "conditions": [{"type": "Ready", "status": ready, "reason": "Because"}],
        },
    }


def drawing_of(*bodies: dict[str, Any]) -> Drawing:
    following = Following(
        lambda path: {"items": bodies if path.endswith("mwaaenvironments") else ()},
        on_change=lambda _before, _seen: None,
        on_event=lambda _event: None,
    )
    following.look(0)
    return Drawing(following, time_scale=60)


def drawn(what: RenderableType, width: int = 80) -> list[str]:
    console = Console(file=StringIO(), width=width)
    with console.capture() as captured:
        console.print(what)
    return captured.get().splitlines()


def test_end_is_expected_after_the_usual_time_on_the_simulated_clock() -> None:
    assert expected_end("CREATING", elapsed=7.5, time_scale=60, now=NOON) == "about 12:00:20"


def test_end_that_is_overdue_is_expected_any_moment() -> None:
    assert expected_end("CREATING", elapsed=28, time_scale=60, now=NOON) == "any moment"


def test_status_that_may_last_has_no_expected_end() -> None:
    assert expected_end("AVAILABLE", elapsed=0, time_scale=60, now=NOON) is None


@pytest.mark.parametrize(("share", "cells"), [(0, 0), (0.5, 10), (0.99, 19), (1, 19), (7, 19)])
def test_bar_is_never_full_while_aws_is_at_work(share: float, cells: int) -> None:
    assert cells_done(share) == cells


def test_only_what_aws_is_at_work_on_has_a_bar() -> None:
    lines = drawn(drawing_of(environment("a", "CREATING"), environment("b", "AVAILABLE")).bars())

    assert len(lines) == 1
    assert "a CREATING" in lines[0]


@pytest.mark.parametrize("status", USUAL_SECONDS)
def test_bar_fits_a_terminal_of_80_columns(status: str) -> None:
    (line,) = drawn(drawing_of(environment("ricsue-dublin", status)).bars())

    assert "any moment" in line


def test_table_shows_all_environments_by_name() -> None:
    lines = drawn(drawing_of(environment("b", "AVAILABLE", "True"), environment("a", "UPDATE_FAILED")).table())

    assert [line.split() for line in lines[:3]] == [
        ["NAMESPACE", "NAME", "READY", "STATUS", "VERSION", "CLASS", "REASON"],
        ["data", "a", "False", "UPDATE_FAILED", "3.3.1", "mw1.small", "Because"],
        ["data", "b", "True", "AVAILABLE", "3.3.1", "mw1.small", "Because"],
    ]


def test_parts_being_made_are_drawn_while_there_is_no_environment() -> None:
    body = environment("e", "-")
    body["status"]["environment"] = None
    body["status"]["conditions"] = [{"type": "NetworkReady", "status": "False", "message": "The network waits."}]
    body["status"]["resources"] = [{"kind": "Vpc", "id": "vpc-1", "part": "Network"}]

    first, second = drawn(drawing_of(body).bars())

    assert "e The network waits." in first
    assert "(1 Vpc)" in second
