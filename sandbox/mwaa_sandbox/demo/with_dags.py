"""The part of the demo that has a real Airflow: DAGs brought to it, one of them run by a MwaaDagRun, and the UI, signed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mwaa_sandbox.airflow.real.installation import installed
from mwaa_sandbox.browser import browser
from mwaa_sandbox.cluster.progress import ProgressLine
from mwaa_sandbox.demo.following import Following
from mwaa_sandbox.demo.screen import Screen
from mwaa_sandbox.demo.stage import NAMESPACE, OPERATOR_NAMESPACE, Stage, check_is_checkout
from mwaa_sandbox.process import ProcessError

DAGS = Path("examples") / "dags"
DAG_RUN = Path("examples") / "dag-run.yaml"
CONFIG_MAP = "example-dags"
READER = "mwaa-operator-config-map-reader"
"""The role that is shipped for this: the operator reads the ConfigMaps of no namespace that has not bound it."""
_NAME = "demo"


def check(project: Path) -> None:
    """Raise `NotACheckoutError` if the project lacks what this part applies."""
    for needed in (DAGS, DAG_RUN):
        check_is_checkout(project, needed)


def make_sure_of_airflow(example: Path) -> None:
    """Install the Airflow of the example, if it is not there from an earlier time. That takes a minute or two, and is shown.

    Raises:
        InstallationError: if that is not possible.
    """
    progress = ProgressLine()
    try:
        installed(yaml.safe_load(example.read_text())["spec"]["airflowVersion"], progress=progress)
    finally:
        progress.finish()


def make_config_map(screen: Screen, stage: Stage) -> None:
    """Put the example DAGs where the environment's `artifacts` find them, and let the operator read them."""
    screen.heading(f"The DAGs of {DAGS}, in a ConfigMap that the operator may read")
    command = ("create", "configmap", CONFIG_MAP, "-n", NAMESPACE)
    screen.command(f"kubectl {' '.join(command)} --from-file={DAGS}")
    screen.output(stage.kubectl(*command, f"--from-file={stage.project / DAGS}"))
    binding = ("create", "rolebinding", READER, "-n", NAMESPACE, f"--clusterrole={READER}")
    allowed = (*binding, f"--serviceaccount={OPERATOR_NAMESPACE}:mwaa-operator")
    screen.command(f"kubectl {' '.join(allowed)}")
    screen.output(stage.kubectl(*allowed))


def run_a_dag(screen: Screen, stage: Stage, following: Following, *, timeout: float) -> None:
    """Apply a MwaaDagRun, tell how its tasks get on, and show its status.

    Raises:
        ProcessError: if the run fails.
        TimeoutError: if it does not end in time.
    """
    screen.heading("A run of a DAG, as an object")
    document = _dag_run(stage)
    file = stage.folder / DAG_RUN.name
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    screen.command(f"kubectl apply -n {NAMESPACE} -f {file.name}")
    screen.yaml(_yaml({"kind": document["kind"], "spec": document["spec"]}))
    screen.output(stage.kubectl("apply", "-n", NAMESPACE, "-f", str(file)))
    told: dict[str, str] = {}

    def ended() -> bool:
        status = _status(stage)
        for what, state in _states(status).items():
            if told.get(what) != state:
                told[what] = state
                screen.say(f"{what} is {state}", style="green" if state == "success" else "")
        return bool(_ending(status))

    following.wait_for(ended, timeout=timeout, check=stage.raise_if_ended, what="the run of the DAG")
    status = _status(stage)
    if _ending(status) != "Complete":
        raise ProcessError(f"The run has failed:\n{_yaml(status)}")
    screen.command(f"kubectl get mwaadagrun {_NAME} -n {NAMESPACE} -o yaml")
    kept = ("state", "runId", "startedAt", "endedAt", "xcoms")
    screen.yaml(_yaml({"status": {key: status[key] for key in kept if key in status}}) + "  ...\n")


def log_in(screen: Screen, stage: Stage, screenshot: Path | None) -> None:
    """Show the way into the UI; with `screenshot` go it, and write what is to be seen there into that file.

    Raises:
        BrowserError: if the browser does not get to see what it should.
    """
    screen.heading("The UI, signed in with an AWS identity")
    command = ("login", str(stage.example["metadata"]["name"]), "-n", NAMESPACE, "--print")
    screen.command(f"kubectl mwaa {' '.join(command)}")
    address = stage.plugin(*command).strip()
    screen.output(f"{address.partition('#')[0]}#...")
    if screenshot is None:
        screen.say(
            "A browser that opens this address is signed in; the token behind the # is good for 60 seconds, and once"
        )
        return
    with browser(height=720) as page:
        page.open(address)
        page.wait_for_text("Dags")
        webserver = "/".join(address.split("/")[:3])
        run = _status(stage)["runId"]
        page.open(f"{webserver}/dags/{_dag_run(stage)['spec']['dagId']}/runs/{run}")
        page.wait_for_text("extract", "transform", "load", "Success")
        screenshot.write_bytes(page.picture())
    screen.say(f"Chromium has logged in, and its picture is in {screenshot}", style="green")


def _dag_run(stage: Stage) -> dict[str, Any]:
    """The example, for the environment of this demo, and with a name instead of a beginning of one."""
    document: dict[str, Any] = yaml.safe_load((stage.project / DAG_RUN).read_text())
    document["metadata"] = {"name": _NAME}
    document["spec"]["environmentRef"] = {"name": stage.example["metadata"]["name"]}
    # The operator's hour passes as fast as AWS's does here, but a real Airflow takes its time.
    document["spec"].pop("timeoutSeconds", None)
    return document


def _status(stage: Stage) -> Mapping[str, Any]:
    shown = stage.kubectl("get", "mwaadagrun", _NAME, "-n", NAMESPACE, "-o", "json")
    status: Mapping[str, Any] = json.loads(shown).get("status") or {}
    return status


def _states(status: Mapping[str, Any]) -> dict[str, str]:
    """The run's state, and that of each task that has one."""
    tasks = {f"Task {each['taskId']}": str(each["state"]) for each in status.get("tasks", ()) if each.get("state")}
    return {**({"The run": str(status["state"])} if status.get("state") else {}), **tasks}


def _ending(status: Mapping[str, Any]) -> str | None:
    conditions = status.get("conditions", ())
    return next(
        (
            str(each["type"])
            for each in conditions
            if each["type"] in {"Complete", "Failed"} and each["status"] == "True"
        ),
        None,
    )


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=110)
