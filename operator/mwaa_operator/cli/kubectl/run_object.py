"""A run as a MwaaDagRun: made in the cluster, and followed by what the operator writes into its status. Needs no way to AWS."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mwaa_operator.api.names import API_VERSION, GROUP
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.task_seen import News, TaskSeen, label_of

RESOURCE = f"mwaadagruns.{GROUP}"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9-]+")
_LONGEST_PREFIX = 50


def made(
    cluster: Cluster, *, environment: str, dag: str, conf: Mapping[str, Any], unpause: bool, collect: Sequence[str]
) -> dict[str, Any]:
    """The new object, as the API server has stored it."""
    spec: dict[str, Any] = {"environmentRef": {"name": environment}, "dagId": dag}
    if conf:
        spec["conf"] = dict(conf)
    if unpause:
        spec["unpause"] = True
    if collect:
        spec["collect"] = [_collected(each) for each in collect]
    prefix = _NOT_IN_NAMES.sub("-", dag.lower()).strip("-")[:_LONGEST_PREFIX].strip("-") or "run"
    document = {
        "apiVersion": API_VERSION,
        "kind": "MwaaDagRun",
        "metadata": {"generateName": f"{prefix}-"},
        "spec": spec,
    }
    return cluster.ask("create", "--filename=-", "--output=json", document=json.dumps(document)).json()


class FollowingObject:
    """A MwaaDagRun, as the watch shows it."""

    def __init__(self, cluster: Cluster, document: view.Document) -> None:
        self._cluster = cluster
        self._document = document
        self._told = ""
        self.name = str(document["metadata"]["name"])
        self.tasks: tuple[TaskSeen, ...] = ()

    @property
    def state(self) -> str:
        """Airflow's word for the run, or `failed` where it can never take place."""
        if view.condition(self._document, "Failed").get("status") == "True":
            return "failed"
        return str(view.status(self._document).get("state") or "waiting")

    @property
    def ended(self) -> bool:
        """Whether the operator has said how it ended."""
        return any(view.condition(self._document, kind).get("status") == "True" for kind in ("Complete", "Failed"))

    @property
    def run(self) -> Mapping[str, Any]:
        """When it began and ended, under Airflow's names."""
        status = view.status(self._document)
        return {"start_date": status.get("startedAt"), "end_date": status.get("endedAt")}

    def to_the_end(self) -> Iterator[News]:
        """What is new, until the operator says how the run ended."""
        while not self.ended:
            # API servers end a watch after some minutes; then it is begun again, from what there is.
            for event in self._cluster.watch_one(RESOURCE, self.name):
                if event["type"] == "DELETED":
                    raise ProblemError(f"The MwaaDagRun {self.name} was deleted meanwhile.")
                yield from self._seen(event["object"])
                if self.ended:
                    break
        yield from self._failure()

    def xcoms(self) -> tuple[list[dict[str, Any]], int]:
        """Those that the object collects, and how many."""
        found = view.status(self._document).get("xcoms") or ()
        shown = [
            {
                "type": "xcom",
                "task": each["taskId"],
                "key": each["key"],
                "value": each.get("value"),
                **({"problem": each["problem"]} if each.get("problem") else {}),
            }
            for each in found
        ]
        return shown, len(shown)

    def _seen(self, document: view.Document) -> Iterator[News]:
        before, known = self.state, {task.label: (task.state, task.tries) for task in self.tasks}
        first = not self._told
        self._document = document
        said = next(
            (each for each in (view.condition(document, kind) for kind in ("Failed", "Reconciling")) if each), {}
        )
        if said.get("message") and said.get("reason") != self._told:
            self._told = str(said["reason"])
            if self._told not in {"Queued", "Running", "RunFailed"}:
                yield {"type": "note", "text": said["message"]}
        changed = first or self.state != before
        if changed and not self.ended:
            yield {"type": "run", "state": self.state}
        self.tasks = tuple(map(_task, view.status(document).get("tasks") or ()))
        for task in self.tasks:
            if (task.state, task.tries) != known.get(task.label, ("none", 0)):
                yield {"type": "task", "task": task.label, "state": task.state, "try": task.tries}
        if self.ended:
            yield {"type": "run", "state": self.state}

    def _failure(self) -> Iterator[News]:
        failure = view.status(self._document).get("failure") or {}
        for line in failure.get("log") or ():
            label = label_of(failure["taskId"], failure.get("mapIndex"))
            yield {"type": "log", "task": label, "try": failure.get("tries"), "line": line, "level": None, "time": None}


def _collected(text: str) -> dict[str, str]:
    task, _, key = text.partition(":")
    return {"taskId": task, **({"key": key} if key else {})}


def _task(status: Mapping[str, Any]) -> TaskSeen:
    index = status.get("mapIndex")
    return TaskSeen(
        task_id=str(status["taskId"]),
        index=-1 if index is None else int(index),
        state=str(status.get("state") or "none"),
        tries=int(status.get("tries") or 0),
        started=status.get("startedAt"),
        ended=status.get("endedAt"),
    )
