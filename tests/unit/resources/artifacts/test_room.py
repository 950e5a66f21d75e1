"""What is about to be written has to fit beside what lies there, and what is gone makes room."""

from __future__ import annotations

import pytest
from mwaa_operator.resources.artifacts.room import Room


@pytest.fixture
def write(tmp_path):
    """Writes so much more into a place that a room is kept of."""
    room = Room(1000)

    def written(place, size, *, announced=None):
        folder = tmp_path / place
        with room.for_more(folder) as fits:
            fits(size if announced is None else announced)
            folder.mkdir(exist_ok=True)
            (folder / str(len(list(folder.iterdir())))).write_bytes(b"#" * size)

    written.room = room
    return written


def test_places_share_the_room(write):
    write("a", 600)
    with pytest.raises(OSError, match="more than the 1e-06 GB"):
        write("b", 500)
    write("b", 400)


def test_what_lies_there_counts_and_not_what_was_announced(write):
    write("a", 100, announced=1000)
    write("b", 900)
    with pytest.raises(OSError, match="MWAA_OPERATOR_CODE_GIGABYTES"):
        write("a", 1)


def test_what_is_gone_makes_room(write, tmp_path):
    write("a", 1000)
    write.room.left(tmp_path)
    write("b", 1000)


def test_what_was_announced_and_never_written_takes_none(write, tmp_path):
    with write.room.for_more(tmp_path / "a") as fits:
        fits(1000)
    write("b", 1000)
