"""`kubectl mwaa doctor`: all checks that the operator makes before a call, made now and with the caller's own AWS credentials."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import Found
from mwaa_operator.cli.kubectl.options import (
    Context,
    File,
    Kubeconfig,
    Namespace,
    Offline,
    OptionalName,
    Output,
    Region,
)
from mwaa_operator.cli.kubectl.output import console, emit, note, plain_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from mwaa_operator.cli.kubectl.looking import Looked

ERRORS_FOUND = 2
WIDE = 140
"""Columns from which on the longest address of a page has room beside the name of a check."""
_COLOURS = {"Ok": "green", "Warning": "yellow", "Error": "red", "Unknown": "dim"}


def doctor(
    *,
    name: OptionalName = None,
    file: File = None,
    offline: Offline = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Leave out the checks that passed.")] = False,
    namespace: Namespace = None,
    region: Region = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Check all that an environment needs: network, role, key, bucket, files, options, quotas, and your own permissions.

    Exit code: 0 no error found, 2 a check found an error, 1 the checks could not be made.
    """
    from mwaa_operator.cli.kubectl.looking import imagine, look
    from mwaa_operator.cli.kubectl.source import source_of

    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    source = source_of(cluster, name=name, file=file, offline=offline)
    looked = imagine(source, region=region) if offline else look(source, region=region, examining=True)
    found = _examined(looked)
    if quiet:
        found["checks"] = [check for check in found["checks"] if check["verdict"] != "Ok"]
    if output:
        emit(found, output)
    else:
        for each in looked.notes:
            note(each)
        draw(console(), found)
    if found["errors"]:
        raise Found(ERRORS_FOUND)


def _examined(looked: "Looked") -> dict[str, Any]:
    from mwaa_operator.cli.kubectl.checking import report_on
    from mwaa_operator.planning.preflight.outcome import whole
    from mwaa_operator.planning.preflight.run import checks_for

    asked = whole(looked.situation, region=looked.region)
    report = report_on(asked, looked)
    findings = {result.check.name: result.finding for result in report.results}
    verdicts = [finding.verdict.value for finding in findings.values()]
    checks = [
        {
            "check": check.name,
            "verdict": findings[check.name].verdict.value if check.name in findings else "Ok",
            "found": findings[check.name].found if check.name in findings else check.summary,
            "advice": findings[check.name].advice if check.name in findings else "",
            "page": check.page,
        }
        for check in checks_for(asked)
    ]
    return {
        "namespace": looked.situation.identity.namespace,
        "name": looked.situation.identity.name,
        "environment": looked.situation.desired.name,
        "region": looked.region or None,
        "basis": looked.basis.value,
        "passed": report.passed,
        "errors": verdicts.count("Error"),
        "warnings": verdicts.count("Warning"),
        "unknown": verdicts.count("Unknown"),
        "checks": checks,
        "notes": list(looked.notes),
    }


def draw(screen: "Console", found: dict[str, Any]) -> None:
    """For people: a table; where AWS's pages would not fit into one, a check below the other."""
    from rich.text import Text

    (_draw_table if screen.width >= WIDE else _draw_list)(screen, found["checks"])
    if found["checks"]:
        screen.print()
    where = f"{found['namespace']}/{found['name']}"
    errors, warnings = (_counted(found[f"{kind}s"], kind) for kind in ("error", "warning"))
    said = f"{errors}, {warnings}, {found['unknown']} unknown, {found['passed']} passed"
    screen.print(Text.assemble((where, "bold"), "  ", (said, "red" if found["errors"] else "green")))


def _draw_table(screen: "Console", checks: list[dict[str, Any]]) -> None:
    from rich.text import Text

    drawn = plain_table("verdict", "check", "finding", keep={"verdict", "check"})
    for check in checks:
        text = _finding(check)
        if check["verdict"] != "Ok":
            text.append(f"\n{check['page']}", style="dim")
        drawn.add_row(Text(check["verdict"], style=_COLOURS[check["verdict"]]), check["check"], text)
    if drawn.row_count:
        screen.print(drawn)


def _draw_list(screen: "Console", checks: list[dict[str, Any]]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for check in checks:
        screen.print(Text.assemble((check["verdict"], _COLOURS[check["verdict"]]), " ", (check["check"], "bold")))
        screen.print(Padding(_finding(check), (0, 0, 0, 2)))
        if check["verdict"] != "Ok":
            screen.print(f"  {check['page']}", style="dim", soft_wrap=True)  # whole, so that it can be opened


def _finding(check: dict[str, Any]) -> "Text":
    from rich.text import Text

    return Text(f"{check['found']} {check['advice']}".strip(), style="dim" if check["verdict"] == "Ok" else "")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
