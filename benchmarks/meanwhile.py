"""What is done again and again in a thread of its own while a block lasts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(act: Callable[[], None], *, every: float) -> Iterator[None]:
    """Act, with so many seconds before each time. At the end of the block the last one is waited for."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(every):
            act()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
