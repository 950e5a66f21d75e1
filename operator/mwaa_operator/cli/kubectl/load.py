"""The parts of `kubectl mwaa status` that tell how Airflow is and how busy the environment is."""

from typing import TYPE_CHECKING, Any

from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.output import harmless, plain_table

if TYPE_CHECKING:
    from rich.text import Text

BUSY_PERCENT = 85
"""From here on a part stands out. AWS's own verification script draws the line there."""


def airflow(document: view.Document) -> list[Any]:
    """What Airflow says of itself: components, DAGs, and the files that it cannot import."""
    said = view.status(document).get("airflow")
    if not said:
        return []
    lines: list[Any] = [_components(said["components"])] if said.get("components") else []
    dags, capacity, broken = said.get("dags"), said.get("dagCapacity"), said.get("importErrors", 0)
    counts = [] if dags is None else [_count(dags, "DAG")]
    if dags is not None and capacity is not None:
        counts.append(f"the class is made for {capacity}")
    if broken:
        counts.append(f"{_count(broken, 'file')} cannot be imported")
    if counts:
        lines.append("; ".join(counts))
    drawn = plain_table("file", "line", "error")
    for each in said.get("brokenFiles") or ():
        drawn.add_row(harmless(each["file"]), str(each.get("line", "")), harmless(each["error"]))
    return [*lines, *([drawn] if drawn.row_count else [])]


def load(document: view.Document) -> list[Any]:
    """What CloudWatch shows: tasks, workers, and how busy each part was in the mean of a week."""
    shown = view.status(document).get("load")
    if not shown:
        return []
    running, queued, workers = (shown.get(name) for name in ("runningTasks", "queuedTasks", "workers"))
    now = []
    if running is not None:
        now.append(f"{_count(running, 'task')} running")
    if queued is not None:
        now.append(f"{queued} waiting")
    if workers is not None:
        least, most = (view.member(document, f"status.environment.{name}") for name in ("minWorkers", "maxWorkers"))
        bounds = "" if least is None or most is None else f" of {least} to {most}"
        now.append(f"{_count(workers, 'worker')}{bounds}")
    drawn = plain_table("mean of a week", "cpu", "memory")
    for each in shown.get("components") or ():
        drawn.add_row(each["name"], _percent(each.get("cpuPercent")), _percent(each.get("memoryPercent")))
    return [*([", ".join(now)] if now else []), *([drawn] if drawn.row_count else [])]


def _components(components: list[dict[str, Any]]) -> "Text":
    from rich.text import Text

    told: list[Any] = []
    for each in components:
        style = "green" if each["status"] == "healthy" else "red"
        told += [", " if told else "", f"{each['name']} ", (harmless(each["status"]), style)]
    return Text.assemble(*told)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _percent(value: int | None) -> "Text":
    from rich.text import Text

    if value is None:
        return Text("")
    return Text(f"{value} %", style="yellow" if value > BUSY_PERCENT else "")
