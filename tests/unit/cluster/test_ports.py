"""Which ports a control plane gets."""

import socket
from pathlib import Path

import pytest
from mwaa_sandbox.cluster import ports


def test_ports_are_different_and_can_be_listened_on() -> None:
    chosen = ports.free_ports(20)

    assert len(set(chosen)) == 20
    for port in chosen:
        with socket.create_server((ports.LOOPBACK, port)):
            pass


def test_ports_of_the_ephemeral_range_are_avoided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ephemeral = tmp_path / "ip_local_port_range"
    ephemeral.write_text("20000\t60999\n")
    monkeypatch.setattr(ports, "_EPHEMERAL_RANGE", ephemeral)

    assert all(10_000 <= port < 20_000 for port in ports.free_ports(50))


def test_port_that_is_in_use_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        used = taken.getsockname()[1]
        free = ports.free_ports(1)[0]
        monkeypatch.setattr(ports, "candidates", lambda _ephemeral: [used, free])

        assert {ports.free_ports(1)[0] for _ in range(20)} == {free}


@pytest.mark.parametrize(
    ("ephemeral", "expected"),
    [
        ((32_768, 60_999), range(10_000, 32_768)),
        ((10_500, 49_000), range(49_001, 65_536)),
        ((1_024, 65_535), None),
    ],
)
def test_candidates_lie_outside_the_ephemeral_range(ephemeral: tuple[int, int], expected: range | None) -> None:
    assert ports.candidates(ephemeral) == expected


def test_any_port_will_do_where_nearly_all_are_ephemeral(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ephemeral = tmp_path / "ip_local_port_range"
    ephemeral.write_text("1024 65535")
    monkeypatch.setattr(ports, "_EPHEMERAL_RANGE", ephemeral)

    assert len(set(ports.free_ports(3))) == 3


def test_system_without_proc_has_the_default_range(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ports, "_EPHEMERAL_RANGE", tmp_path / "missing")

    assert all(port < 49_152 for port in ports.free_ports(50))
