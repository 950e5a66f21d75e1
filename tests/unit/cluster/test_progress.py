"""How progress looks on a terminal and in a log."""

import io

from mwaa_sandbox.cluster.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_details_change_in_place_on_a_terminal() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)

    line("Compiling: 1")
    line("Compiling: 2")
    line.finish()

    assert terminal.getvalue() == "Compiling: 1\r\x1b[JCompiling: 2\n"


def test_line_that_is_wider_than_the_terminal_is_erased_whole() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal, width=lambda: 10)

    line("Building: " + "x" * 11)
    line("Building: done")

    assert terminal.getvalue() == "Building: " + "x" * 11 + "\r\x1b[2A\x1b[JBuilding: done"


def test_new_topic_leaves_the_last_one_standing_on_a_terminal() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)

    line("Fetching: 9")
    line("Compiling: 1")

    assert terminal.getvalue() == "Fetching: 9\nCompiling: 1"


def test_log_gets_new_topics_at_once_and_details_now_and_then() -> None:
    log, clock = io.StringIO(), Clock()
    line = ProgressLine(log, interval=15, clock=clock)

    line("Fetching: 1")
    line("Compiling: 1")
    clock.now = 14
    line("Compiling: 2")
    clock.now = 15
    line("Compiling: 3")
    line.finish()

    assert log.getvalue() == "Fetching: 1\nCompiling: 1\nCompiling: 3\n"


def test_line_can_start_below_one_that_is_not_ended() -> None:
    log = io.StringIO()
    line = ProgressLine(log, on_new_line=True)

    line("Fetching: 1")
    line("Compiling: 1")

    assert log.getvalue() == "\nFetching: 1\nCompiling: 1\n"


def test_nothing_is_written_when_there_was_no_progress() -> None:
    terminal = Terminal()

    ProgressLine(terminal, on_new_line=True).finish()

    assert terminal.getvalue() == ""
