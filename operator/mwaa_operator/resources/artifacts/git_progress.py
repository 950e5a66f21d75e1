"""What git says of how far it has come (git-fetch(1), `--progress`), for people who wait for a large repository."""

import re
from collections.abc import Callable

from mwaa_operator.resources.artifacts.progress import HowFar, Progress

Watch = Callable[[str], None]
"""Is given the end of what git has said so far."""

_UNITS = {"bytes": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_RECEIVING = re.compile(r"Receiving objects: +\d+% \((\d+)/(\d+)\)(?:, ([\d.]+) (bytes|KiB|MiB|GiB))?")
_COUNTING = re.compile(r"^(?:remote: )?[A-Z][a-z]+ [a-z]+: +\d+(?:% \(|,|$)|^remote: Total ")


def watch(progress: Progress) -> Watch:
    """Tell how many objects have come, and how much that is. How much it will be, git knows only in the end."""

    def told(words: str) -> None:
        if found := _RECEIVING.findall(words):
            count, of_count, size, unit = found[-1]
            received = int(float(size) * _UNITS[unit]) if size else 0
            progress(HowFar(int(count), int(of_count), received, None))

    return told


def without_progress(words: str) -> str:
    """What git says besides: what went wrong."""
    lines = [line.strip() for line in re.split(r"[\r\n]", words)]
    return "\n".join(line for line in lines if line and not _COUNTING.match(line))
