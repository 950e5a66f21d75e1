"""Programs that are kept from filling disk and memory, whatever they are given to read."""

from collections.abc import Sequence

_BLOCK = 512
"""The unit of POSIX's `ulimit -f`, in bytes."""


def limited(command: Sequence[str], *, file_bytes: int, memory_bytes: int | None = None) -> list[str]:
    """A command that can write no file, and has no memory, larger than this. A shell sets it: nothing of Python may run between fork
    and exec in a process with threads.
    """
    limits = f"ulimit -f {file_bytes // _BLOCK}"
    if memory_bytes is not None:
        limits += f" && ulimit -v {memory_bytes // 1024}"
    return ["/bin/sh", "-c", f'{limits} && exec "$@"', "sh", *command]
