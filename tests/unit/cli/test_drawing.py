"""What is drawn fits where it is drawn, and nothing that comes from elsewhere is taken for markup."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from mwaa_operator.cli.kubectl import doctor, list_environments, output, status
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Format
from rich.console import Console

from .conftest import AVAILABLE, CREATING, NOW, condition, document

LONG = (
    "The execution role arn:aws:iam::123456789012:role/[bold]a-role[/bold] cannot be assumed by MWAA. Correct its trust policy. "
    * 3
)
FAILED = document(
    "an-environment-with-a-long-name-of-its-own",
    conditions=[
        condition(kind, value, "PreflightFailed", LONG) for kind, value in (("Ready", "False"), ("Stalled", "True"))
    ],
    preflight={
        "passed": 40,
        "findings": [
            {"check": "RoleTrustsMwaa", "verdict": "Error", "found": LONG, "advice": "Mend it."},
            {"check": "CallerPassesRole", "verdict": "Unknown", "found": "Not to be seen."},
        ],
    },
    plan={
        "hash": "k:h",
        "estimatedMinutes": 25,
        "waitingFor": "Approval",
        "changes": [
            {"field": "maxWorkers", "from": "5", "to": "9", "impact": "WorkersRestart"},
            {"field": "airflowConfigurationOptions.smtp.smtp_password", "impact": "WorkersRestart"},
        ],
    },
    likelyCauses=[{"cause": "The role is gone.", "evidence": "RoleExists", "advice": "Make it anew."}],
    resources=[{"kind": "Bucket", "id": "airflow-mybucket", "provisioned": True}],
)
FLEET = [AVAILABLE, CREATING, FAILED]


def drawn(width, draw):
    file = io.StringIO()
    draw(Console(file=file, width=width, markup=False, emoji=False, highlight=False))
    return file.getvalue()


def fleet(width, items=FLEET):
    now = datetime.fromisoformat(NOW.replace("Z", "+00:00"))
    return drawn(
        width, lambda screen: screen.print(list_environments.table(items, width=width, namespaces=True, now=now))
    )


def whole(width):
    return drawn(width, lambda screen: status._draw(screen, FAILED, []))


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_every_line_fits(width):
    assert max(map(len, (fleet(width) + whole(width)).splitlines())) <= width


def test_types_of_conditions_are_whole_in_a_narrow_terminal():
    typical = document(conditions=[condition("ExecutionRoleReady", "True", "Provisioned", "The role trusts MWAA.")])
    text = drawn(60, lambda screen: status._draw(screen, typical, []))
    assert max(map(len, text.splitlines())) <= 60
    assert "ExecutionRoleReady True Provisioned" in text
    assert "    The role trusts MWAA." in text


@pytest.mark.parametrize("width", [60, 120, 140])
def test_address_of_a_page_stays_whole(width):
    page = "https://docs.aws.amazon.com/mwaa/latest/userguide/configuring-dag-import-plugins.html"
    checks = [
        {"check": "FilesExist", "verdict": verdict, "found": LONG, "advice": "Upload it.", "page": page}
        for verdict in ("Ok", "Error")
    ]
    found = {
        "namespace": "data",
        "name": "env",
        "errors": 1,
        "warnings": 0,
        "unknown": 0,
        "passed": 1,
        "checks": checks,
    }
    text = drawn(width, lambda screen: doctor.draw(screen, found))
    assert text.count(page) == 1
    assert "1 error, 0 warnings, 0 unknown, 1 passed" in text


def test_terminal_that_only_takes_lines_is_given_lines(monkeypatch):
    for kind, anew in (("dumb", False), ("xterm-256color", True)):
        monkeypatch.setenv("TERM", kind)
        assert output.can_be_drawn_anew(Console(force_terminal=True)) is anew
    assert not output.can_be_drawn_anew(Console(file=io.StringIO()))


@pytest.mark.parametrize("width", [80, 140])
def test_list_never_cuts_status_and_age(width):
    lines = fleet(width).splitlines()
    assert {"READY", "STATUS", "AGE", "STORY"} <= set(lines[0].split())
    shown = next(line for line in lines if " env " in line).split()
    assert shown[2:4] == ["True", "AVAILABLE"]
    assert "3h" in shown


def test_version_and_class_give_way_to_long_names_where_there_is_no_room_for_both():
    assert {"VERSION", "CLASS"} <= set(fleet(80, [AVAILABLE, CREATING]).splitlines()[0].split())
    assert not {"VERSION", "CLASS"} & set(fleet(80).splitlines()[0].split())
    assert {"VERSION", "CLASS"} <= set(fleet(140).splitlines()[0].split())


def test_list_has_one_line_for_each_where_there_is_room():
    assert len(fleet(140).splitlines()) == 1 + len(FLEET)


def test_progress_has_a_bar_only_where_there_is_room_for_it():
    assert "████░░░░░░ create, about 15m left" in fleet(200)
    assert "40% about" in fleet(80)
    assert "40% create, about 15m left" in fleet(output.PIPED_WIDTH)


def test_wide_list_tells_more():
    assert {"REGION", "WORKERS"} <= set(fleet(140).splitlines()[0].split())
    assert not {"REGION", "WORKERS"} & set(fleet(80).splitlines()[0].split())


def test_brackets_of_a_message_stay_as_they_are():
    assert "[bold]a-role[/bold]" in whole(400)


def test_status_tells_everything_once():
    text = whole(400)
    assert text.count(LONG.strip()) == 2, "as the summary and as the finding; conditions refer to the summary"
    assert "40 passed; 1 could not be made" in text
    assert "Approve it with: kubectl mwaa approve an-environment-with-a-long-name-of-its-own -n data" in text
    assert "The role is gone. Make it anew." in text


def test_values_of_options_are_not_shown():
    line = next(line for line in whole(200).splitlines() if "smtp_password" in line)
    assert line.split()[1:] == ["(not", "shown)", "(not", "shown)", "WorkersRestart"]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2Jgone",
        "\x1b]0;title\x07gone",
        "\x1b]0;title\x1b\\gone",
        "\x07\x08\x9bgone\r",
        "\x1b[31mgone\x1b[0m",
        "\x1bcgone\x1b",
    ],
)
def test_nothing_of_a_text_from_elsewhere_is_an_order_to_the_terminal(text):
    assert output.harmless(text) == "gone"
    assert "\x1b" not in drawn(80, lambda screen: screen.print(output.logged(text)))


def test_brackets_tabs_and_lines_of_a_text_stay():
    assert output.harmless("a\tb\n[bold]☃[/bold]") == "a\tb\n[bold]☃[/bold]"


BUSY = document(
    aws={"status": "AVAILABLE", "minWorkers": 1, "maxWorkers": 5},
    airflow={
        "components": [{"name": "Scheduler", "status": "healthy"}, {"name": "Triggerer", "status": "unhealthy"}],
        "dags": 60,
        "dagCapacity": 50,
        "importErrors": 1,
        "brokenFiles": [
            {"file": "etl/[bold]load.py", "line": 7, "error": "ModuleNotFoundError: No module \x1b[2Jnamed"}
        ],
    },
    load={
        "runningTasks": 25,
        "queuedTasks": 15,
        "workers": 5,
        "components": [
            {"name": "Scheduler", "cpuPercent": 91, "memoryPercent": 40},
            {"name": "Database", "cpuPercent": 7},
        ],
    },
)


def state(found, width=140):
    lines = drawn(width, lambda screen: status._draw(screen, found, [])).splitlines()
    return [line.strip() for line in lines]


def test_status_tells_how_airflow_is():
    lines = state(BUSY)
    assert "Scheduler healthy, Triggerer unhealthy" in lines
    assert "60 DAGs; the class is made for 50; 1 file cannot be imported" in lines
    assert "etl/[bold]load.py  7     ModuleNotFoundError: No module named" in lines


def test_status_tells_the_load_and_how_busy_each_part_is():
    lines = state(BUSY)
    assert "25 tasks running, 15 waiting, 5 workers of 1 to 5" in lines
    assert [line.split() for line in lines if "%" in line] == [
        ["Scheduler", "91", "%", "40", "%"],
        ["Database", "7", "%"],
    ]


def test_nothing_is_told_of_a_load_that_nobody_has_seen():
    assert not {"Airflow", "Load"} & set(state(AVAILABLE))


@pytest.mark.parametrize("width", [80, 140])
def test_health_and_load_fit(width):
    assert max(map(len, state(BUSY, width))) <= width


class Watched:
    """A cluster whose watch gives these versions of an object, and then fails."""

    def __init__(self, *items):
        self.items = items

    def watch(self, **_):
        for number, item in enumerate(self.items):
            metadata = {**item["metadata"], "resourceVersion": str(number)}
            yield {"type": "MODIFIED", "object": {**item, "metadata": metadata}}
        raise ProblemError("That was all.")


def test_watched_list_tells_people_what_shows_and_programs_every_version(capsys):
    changed = {**AVAILABLE, "status": {**AVAILABLE["status"], "load": {"queuedTasks": 3}}}
    watched = Watched(AVAILABLE, changed, {**CREATING, "metadata": AVAILABLE["metadata"]})
    for output_form, lines in ((None, 2), (Format.JSON, 3)):
        with pytest.raises(ProblemError):
            list_environments._lines(watched, everywhere=False, selector=None, output=output_form)
        assert len(capsys.readouterr().out.splitlines()) == lines
