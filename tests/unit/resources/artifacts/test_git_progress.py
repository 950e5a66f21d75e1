"""What git says of its progress is told in numbers, and is not taken for what went wrong."""

from __future__ import annotations

import pytest
from mwaa_operator.resources.artifacts.git_progress import watch, without_progress
from mwaa_operator.resources.artifacts.progress import HowFar

SAID = (
    "remote: Enumerating objects: 5003, done.        \nremote: Counting objects: 100% (5003/5003), done.        \n"
    "Receiving objects:  41% (2052/5003), 366.20 MiB | 12.00 MiB/s\r"
    "Receiving objects:  42% (2102/5003), 370.50 MiB | 12.01 MiB/s\r"
)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (SAID, [HowFar(2102, 5003, int(370.5 * 1024**2), None)]),
        ("Receiving objects:   0% (1/302)\r", [HowFar(1, 302, 0, None)]),
        ("Receiving objects: 100% (302/302), 20.38 KiB | 2.00 MiB/s, done.\n", [HowFar(302, 302, 20869, None)]),
        ("remote: Enumerating objects: 5003, done.\n", []),
        ("", []),
    ],
)
def test_latest_count_is_told(words, told):
    found = []
    watch(found.append)(words)
    assert found == told


def test_what_went_wrong_is_left():
    words = f"{SAID}Resolving deltas:  10% (1/10)\rfatal: unable to write file: No space left on device\nfatal: index-pack failed\n"
    assert without_progress(words) == "fatal: unable to write file: No space left on device\nfatal: index-pack failed"


def test_end_of_a_line_of_progress_is_not_mistaken_for_what_went_wrong():
    assert (
        without_progress(
            "Receiving objects:  42% (2102/5003), 370.50 MiB | 12.01 MiB/s\rremote: Total 5003 (delta 0)\n"
        )
        == ""
    )
