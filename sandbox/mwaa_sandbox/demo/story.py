"""The demo as a story: apply, follow, AVAILABLE; then the person plays, or an update and a delete are shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import yaml

from mwaa_sandbox.cluster.progress import ProgressLine
from mwaa_sandbox.demo.drawing import Drawing
from mwaa_sandbox.demo.following import Following, Seen
from mwaa_sandbox.demo.screen import Screen
from mwaa_sandbox.demo.stage import NAMESPACE, Stage, example_for, set_up

PATIENCE_SECONDS = 3 * 3600
"""How long an operation may take, in AWS's time, before the demo gives up."""


def tell(screen: Screen, *, project: Path, time_scale: float, keep: bool) -> None:
    """Run the whole demo."""
    progress = ProgressLine()
    screen.heading("Setting the stage")
    with set_up(project, time_scale=time_scale, say=screen.say, progress=progress) as stage:
        progress.finish()
        with Following(stage.control_plane, lambda *event: _show_event(screen, *event)) as following:
            _Story(screen, stage, following, time_scale).run(keep=keep)


class _Story:
    def __init__(self, screen: Screen, stage: Stage, following: Following, time_scale: float) -> None:
        self._screen = screen
        self._stage = stage
        self._following = following
        self._scale = time_scale
        self._key = ""
        self._name = ""

    def run(self, *, keep: bool) -> None:
        self._apply()
        self._follow_to_ready("An environment takes AWS 20 to 35 minutes; here the same takes half a minute.")
        self._show()
        if keep:
            self._play()
        else:
            self._update()
            self._delete()
            self._screen.say("Done. Everything is taken down.", style="bold green")

    def _apply(self) -> None:
        self._screen.heading("Applying an example")
        file, document = example_for(self._stage)
        self._screen.say("Made its bucket, role, VPC, subnets and security group in the simulated AWS with boto3")
        self._screen.command(f"kubectl apply -n {NAMESPACE} -f {file}")
        shown = {key: document["spec"][key] for key in list(document["spec"])[:6]}
        self._screen.yaml(yaml.safe_dump({"kind": document["kind"], "spec": shown}, sort_keys=False) + "  ...\n")
        self._screen.output(self._stage.kubectl("apply", "-n", NAMESPACE, "-f", str(file)))
        self._name = document["metadata"]["name"]
        self._key = f"{NAMESPACE}/{self._name}"

    def _follow_to_ready(self, remark: str) -> None:
        self._screen.say(remark, style="dim")
        drawing = Drawing(self._following, time_scale=self._scale)
        with self._screen.below(drawing.bars):
            self._wait(lambda: self._seen is not None and self._seen.ready, f"{self._name} getting Ready")

    def _show(self) -> None:
        self._screen.heading("AVAILABLE")
        self._screen.command(f"kubectl get mwaa -n {NAMESPACE} -o wide")
        self._screen.output(self._stage.kubectl("get", "mwaa", "-n", NAMESPACE, "-o", "wide"))
        self._screen.command(f"kubectl get mwaa {self._name} -n {NAMESPACE} -o yaml")
        self._screen.yaml(_status_in_short(self._seen))

    def _play(self) -> None:
        screen, stage = self._screen, self._stage
        screen.heading("Your turn: paste this into another shell")
        screen.paste(stage.variables())
        screen.heading("and then, for example")
        screen.paste(_suggestions(stage, self._name))
        screen.heading(f"Watching until Ctrl-C. Logs are in {stage.folder}")
        drawing = Drawing(self._following, time_scale=self._scale, footer="Ctrl-C takes everything down")
        ended = threading.Event()
        try:
            with screen.below(drawing.table):
                while not ended.wait(1):
                    stage.raise_if_ended()
        except KeyboardInterrupt:
            screen.say("Taking everything down.")

    def _update(self) -> None:
        self._screen.heading("An update: only what differs is sent")
        patch = '{"spec": {"maxWorkers": 8}}'
        self._screen.command(f"kubectl patch mwaa {self._name} -n {NAMESPACE} --type=merge -p '{patch}'")
        self._screen.output(
            self._stage.kubectl("patch", "mwaa", self._name, "-n", NAMESPACE, "--type=merge", "-p", patch)
        )
        self._wait(lambda: self._seen is not None and not self._seen.ready, "the update being noticed")
        self._follow_to_ready("An update takes AWS 15 to 45 minutes.")
        for call in self._stage.aws.admin.calls(operation="UpdateEnvironment"):
            self._screen.say(f"AWS received UpdateEnvironment {dict(call.parameters)}")

    def _delete(self) -> None:
        self._screen.heading("A delete: the object goes when AWS is rid of the environment, and not before")
        self._screen.command(f"kubectl delete mwaa {self._name} -n {NAMESPACE}")
        self._stage.kubectl("delete", "mwaa", self._name, "-n", NAMESPACE, "--wait=false")
        drawing = Drawing(self._following, time_scale=self._scale)
        with self._screen.below(drawing.bars):
            self._wait(lambda: self._seen is None, f"deleting {self._name}")
        self._screen.say(f"The object is gone. AWS: {self._left_in_aws()}", style="green")

    def _left_in_aws(self) -> str:
        """The environment's status in AWS, which shows a tombstone for a while."""
        left = [each for each in self._stage.aws.admin.environments() if each["name"] == self._name]
        return str(left[0]["status"]) if left else "no such environment"

    @property
    def _seen(self) -> Seen | None:
        return self._following.environments.get(self._key)

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        self._following.wait_for(
            reached, timeout=PATIENCE_SECONDS / self._scale + 30, check=self._stage.raise_if_ended, what=what
        )


def _show_event(screen: Screen, kind: str, reason: str, message: str) -> None:
    screen.say(f"{reason}: {message}", style="yellow" if kind == "Warning" else "")


def _suggestions(stage: Stage, name: str) -> str:
    """What to try, as lines to paste."""
    account = stage.aws.environment()["AWS_ACCESS_KEY_ID"][-12:]
    region = stage.aws.environment()["AWS_REGION"]
    admin = f"{stage.aws.endpoint}/_sandbox"
    failure = json.dumps({"environment": name, "operation": "update", "outcome": "rolled_back_update_failed"})
    return f"""\
# change maxWorkers: one UpdateEnvironment follows
kubectl edit mwaa {name} -n {NAMESPACE}
# read its whole story
kubectl describe mwaa {name} -n {NAMESPACE}
# change it in AWS behind the operator's back, and ask it to look
curl -X PATCH {admin}/environments/{account}/{region}/{name} -d '{{"MaxWorkers": 3}}'
kubectl annotate mwaa {name} -n {NAMESPACE} --overwrite mwaa-operator.dev/reconcile-requested-at=$(date +%s)
# let AWS's next update fail, then edit: it is told, and not repeated
curl -X POST {admin}/outcomes -d '{failure}'
# see what AWS was asked
curl {admin}/calls/counters
# delete it: this comes back when AWS is rid of it
kubectl delete mwaa {name} -n {NAMESPACE}"""


def _status_in_short(seen: Seen | None) -> str:
    """The conditions and what AWS says, without what would fill the screen."""
    if seen is None:
        return ""
    status = seen.body["status"]
    wanted = ("name", "status", "arn", "webserverUrl", "airflowVersion", "environmentClass", "minWorkers", "maxWorkers")
    short = {
        "status": {
            "observedGeneration": status["observedGeneration"],
            "conditions": [
                {key: each[key] for key in ("type", "status", "reason", "message")} for each in status["conditions"]
            ],
            "environment": {key: seen.environment[key] for key in wanted if key in seen.environment},
            "lastOperation": {
                key: status["lastOperation"][key] for key in ("kind", "startedAt", "finishedAt", "outcome")
            },
        }
    }
    return yaml.safe_dump(short, sort_keys=False, width=110) + "  ...\n"
