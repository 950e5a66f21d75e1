"""The demo as a story: apply, follow, AVAILABLE; then the person plays, or an update and a delete are shown."""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from mwaa_sandbox.cluster import Assets, ensure_assets
from mwaa_sandbox.cluster.progress import ProgressLine
from mwaa_sandbox.demo import hints, with_dags
from mwaa_sandbox.demo.drawing import USUAL_SECONDS, Drawing, colour, expected_end
from mwaa_sandbox.demo.following import ABSENT, Event, Following, Seen, api_server
from mwaa_sandbox.demo.parts import turns
from mwaa_sandbox.demo.screen import Screen
from mwaa_sandbox.demo.stage import NAMESPACE, Stage, check_is_checkout, set_up

PATIENCE_SECONDS = 3 * 3600
"""How long an operation may take, in AWS's time, before the demo gives up."""
EVENT_SECONDS = 5
"""How long the event may be behind the status that it is about."""


def tell(
    screen: Screen,
    *,
    project: Path,
    example: Path,
    time_scale: float,
    keep: bool,
    airflow: bool = False,
    screenshot: Path | None = None,
) -> None:
    """Run the whole demo with an example, whose path is within the project; with `airflow`, on to a DAG that has run.

    Raises:
        NotACheckoutError, AssetsError, InstallationError, ProcessError, KubectlError, BrowserError, TimeoutError: the
            message says what went wrong.
    """
    check_is_checkout(project, example)
    assets = _assets()
    if airflow:
        with_dags.check(project)
        with_dags.make_sure_of_airflow(project / example)
    screen.heading("Setting the stage")
    with set_up(project, example, assets, time_scale=time_scale, say=screen.say, airflow=airflow) as stage:
        _Story(screen, stage, time_scale).run(example, keep=keep, screenshot=screenshot)


class _Story:
    def __init__(self, screen: Screen, stage: Stage, time_scale: float) -> None:
        self._screen = screen
        self._stage = stage
        self._scale = time_scale
        self._following = Following(
            api_server(stage.control_plane.kubeconfig), on_change=self._tell_change, on_event=self._tell_event
        )
        self._drawing = Drawing(self._following, time_scale=time_scale)
        self._name = str(stage.example["metadata"]["name"])
        self._said: set[str] = set()
        """What conditions have said that were told: an event that says the same is not."""

    def run(self, example: Path, *, keep: bool, screenshot: Path | None) -> None:
        if self._stage.airflow:
            with_dags.make_config_map(self._screen, self._stage)
        self._apply(example)
        if self._screen.records:  # a still picture shows the bar half-way
            self._wait(self._is_half_way, f"{self._name} being created")
            self._screen.show(self._drawing.bars())
        self._follow_to_ready()
        self._show()
        if self._stage.airflow:
            with_dags.run_a_dag(self._screen, self._stage, self._following, timeout=self._patience)
            with_dags.log_in(self._screen, self._stage, screenshot)
        if keep:
            self._play()
        else:
            if not self._stage.airflow:
                self._update()
            self._delete()
            self._screen.say("Done. Taking everything down.", style="bold green")

    def _apply(self, example: Path) -> None:
        how = "which brings all that it needs" if self._stage.provisions else "with the names that AWS gave"
        self._screen.heading(f"Applying {example}, {how}")
        file, document = self._stage.example_file, self._stage.example
        self._screen.command(f"kubectl apply -n {NAMESPACE} -f {file.name}")
        shown = {key: document["spec"][key] for key in list(document["spec"])[:5]}
        more = "  ...\n" if len(shown) < len(document["spec"]) else ""
        self._screen.yaml(_yaml({"kind": document["kind"], "spec": shown}) + more)
        self._screen.output(self._stage.kubectl("apply", "-n", NAMESPACE, "-f", str(file)))

    def _follow_to_ready(self) -> None:
        with self._screen.below(self._drawing.bars):
            self._wait(lambda: self._seen is not None and self._seen.ready, f"{self._name} getting Ready")
            # Events are sent beside the work; the next part of the story should not overtake this one.
            with contextlib.suppress(TimeoutError):
                self._wait(lambda: self._following.last_reason.get(self._name) == "Available", "", EVENT_SECONDS)

    def _show(self) -> None:
        self._screen.heading("AVAILABLE")
        self._screen.command(f"kubectl get mwaa -n {NAMESPACE} -o wide")
        self._screen.output(self._stage.kubectl("get", "mwaa", "-n", NAMESPACE, "-o", "wide"))
        self._screen.command(f"kubectl get mwaa {self._name} -n {NAMESPACE} -o yaml")
        self._screen.yaml(_in_short(self._seen) + "  ...\n")

    def _play(self) -> None:
        screen, stage = self._screen, self._stage
        screen.heading("Your turn. Paste this into another shell")
        screen.paste(stage.variables())
        screen.heading("and then, for example")
        screen.paste(
            hints.what_to_try(
                stage.aws.endpoint,
                stage.aws.environment(),
                namespace=NAMESPACE,
                name=self._name,
                provisions=stage.provisions,
                airflow=stage.airflow,
            )
        )
        screen.heading(f"Following until Ctrl-C. The logs are in {stage.folder}")
        with contextlib.suppress(KeyboardInterrupt), screen.below(self._drawing.table):
            self._wait(lambda: False, "the demo", math.inf)
        screen.say("Taking everything down.")

    def _update(self) -> None:
        self._screen.heading("An update: only what differs is sent")
        patch = json.dumps({"spec": {"maxWorkers": 8}})
        arguments = ("patch", "mwaa", self._name, "-n", NAMESPACE, "--type=merge", "-p")
        self._screen.command(f"kubectl {' '.join(arguments)} '{patch}'")
        self._screen.output(self._stage.kubectl(*arguments, patch))
        with self._screen.below(self._drawing.bars):
            self._wait(lambda: bool(self._updates_sent()), "the update reaching AWS")
        for sent in self._updates_sent():
            self._screen.say(f"AWS received UpdateEnvironment {json.dumps(sent)}")
        self._follow_to_ready()

    def _delete(self) -> None:
        what = "all that was made" if self._stage.provisions else "the environment"
        self._screen.heading(f"A delete: the object goes when AWS is rid of {what}, and not before")
        self._screen.command(f"kubectl delete mwaa {self._name} -n {NAMESPACE}")
        self._screen.output(self._stage.kubectl("delete", "mwaa", self._name, "-n", NAMESPACE, "--wait=false"))
        with self._screen.below(self._drawing.bars):
            self._wait(lambda: self._seen is None, f"deleting {self._name}")
        self._screen.say(f"The object is gone. AWS: {self._left_in_aws()}", style="green")
        if self._stage.provisions:
            self._tell_what_is_left()

    def _tell_what_is_left(self) -> None:
        bucket = f"Bucket {self._stage.example['spec']['provision']['bucket']['name']}"
        left = self._stage.left_in_account()
        if left == [bucket]:
            self._screen.say(f"In the AWS account: {bucket}, which is kept, and nothing else", style="green")
        else:
            self._screen.say(f"Left in the AWS account, against what was promised: {', '.join(left)}", style="red")

    def _updates_sent(self) -> list[dict[str, Any]]:
        calls = self._stage.aws.admin.calls(operation="UpdateEnvironment")
        return [{name: value for name, value in call.parameters.items() if name != "Name"} for call in calls]

    def _left_in_aws(self) -> str:
        """The environment's status in AWS, which shows a tombstone for a while."""
        left = [each for each in self._stage.aws.admin.environments() if each["name"] == self._name]
        return str(left[0]["status"]) if left else "no such environment"

    def _is_half_way(self) -> bool:
        seen = self._seen
        if seen is None or seen.status not in USUAL_SECONDS:
            return seen is not None and seen.ready
        return time.monotonic() - seen.since > USUAL_SECONDS[seen.status] / self._scale / 2

    @property
    def _patience(self) -> float:
        return PATIENCE_SECONDS / self._scale + 60

    @property
    def _seen(self) -> Seen | None:
        return self._following.environments.get(f"{NAMESPACE}/{self._name}")

    def _wait(self, reached: Callable[[], bool], what: str, timeout: float | None = None) -> None:
        timeout = self._patience if timeout is None else timeout
        self._following.wait_for(reached, timeout=timeout, check=self._stage.raise_if_ended, what=what)

    def _tell_change(self, before: Seen | None, seen: Seen) -> None:
        for turn in turns(before, seen):
            self._said.add(turn.message)
            self._screen.say(turn.text, style="" if turn.holds else "yellow")
        if seen.status not in {ABSENT, before.status if before else ABSENT}:
            self._tell_status(seen)

    def _tell_status(self, seen: Seen) -> None:
        end = expected_end(seen.status, elapsed=0, time_scale=self._scale, now=datetime.now().astimezone())
        expectation = f", which should end {end}" if end else ""
        self._screen.say(f"{seen.name} is {seen.status}{expectation}", style=colour(seen.status))

    def _tell_event(self, event: Event) -> None:
        if event.message in self._said:
            return
        self._screen.say(f"Event {event.reason}: {event.message}", style="yellow" if event.warning else "")


def _assets() -> Assets:
    """The binaries. The first time on a machine this takes minutes, and is shown."""
    progress = ProgressLine()
    try:
        return ensure_assets(progress)
    finally:
        progress.finish()


def _in_short(seen: Seen | None) -> str:
    """The conditions and what AWS says, without what would fill the screen."""
    if seen is None:
        return ""
    status = seen.body["status"]
    wanted = ("name", "status", "arn", "webserverUrl", "airflowVersion", "environmentClass", "minWorkers", "maxWorkers")
    conditions = [{key: each[key] for key in ("type", "status", "reason", "message")} for each in status["conditions"]]
    made = {"provisioned": status["provisioned"]} if "provisioned" in status else {}
    return _yaml(
        {
            "status": {
                "observedGeneration": status["observedGeneration"],
                "conditions": conditions,
                **made,
                "environment": {key: seen.environment[key] for key in wanted if key in seen.environment},
            }
        }
    )


def _yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=110)
