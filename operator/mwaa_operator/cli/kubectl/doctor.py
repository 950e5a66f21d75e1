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
    from mwaa_operator.cli.kubectl.looking import Looked

ERRORS_FOUND = 2
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
        _draw(found)
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


def _draw(found: dict[str, Any]) -> None:
    from rich.text import Text

    screen = console()
    drawn = plain_table("verdict", "check", "what holds, or what was found and what to do", keep={"verdict", "check"})
    for check in found["checks"]:
        good = check["verdict"] == "Ok"
        style = _COLOURS[check["verdict"]]
        text = Text(f"{check['found']} {check['advice']}".strip(), style="dim" if good else "")
        if not good:
            text.append(f"\n{check['page']}", style="dim")
        drawn.add_row(Text(check["verdict"], style=style), check["check"], text)
    if drawn.row_count:
        screen.print(drawn)
        screen.print()
    where = f"{found['namespace']}/{found['name']}"
    errors, warnings = (_counted(found[f"{kind}s"], kind) for kind in ("error", "warning"))
    said = f"{errors}, {warnings}, {found['unknown']} unknown, {found['passed']} in order"
    screen.print(Text.assemble((where, "bold"), "  ", (said, "red" if found["errors"] else "green")))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
