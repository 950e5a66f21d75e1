"""What the demo looks like away from a terminal, and as a picture."""

from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

from mwaa_sandbox.demo.screen import RECORDED_WIDTH, Screen

LONG = "word " * 60


def test_lines_are_whole_and_without_colours_away_from_a_terminal() -> None:
    stream = StringIO()
    screen = Screen(stream=stream)

    screen.say(LONG, style="green")
    screen.output(LONG)
    screen.yaml("a: 1\nb: [not markup]\n")
    screen.paste(f"export A={LONG}")

    said, *rest = stream.getvalue().splitlines()
    assert said.lstrip().startswith("0.0s  word word")
    assert [line.rstrip() for line in rest] == [
        " " * 9 + LONG.rstrip(),
        "         a: 1",
        "         b: [not markup]",
        f"export A={LONG.rstrip()}",
    ]
    assert "\x1b" not in stream.getvalue()


def test_nothing_is_drawn_below_away_from_a_terminal() -> None:
    stream = StringIO()

    with Screen(stream=stream).below(lambda: "a bar"):
        pass

    assert stream.getvalue() == ""


def test_picture_holds_what_was_shown_and_fetches_nothing(tmp_path: Path) -> None:
    screen = Screen(record=True, stream=StringIO())
    screen.heading("Heading")
    screen.say("said <once>")
    screen.command("kubectl get mwaa")
    screen.output("x" * 300)
    screen.yaml("status: {}")
    screen.save(tmp_path / "demo.svg", title="make demo")

    svg = (tmp_path / "demo.svg").read_text()
    shown = "".join(ET.fromstring(svg).itertext()).replace("\xa0", " ")  # noqa: S314 - we have just written it
    for expected in ("make demo", "Heading", "said <once>", "$ kubectl get mwaa", "x" * (RECORDED_WIDTH - 10) + "…"):
        assert expected in shown
    assert "url(" not in svg.replace("url(#", "")
    assert "@import" not in svg
