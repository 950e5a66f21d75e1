"""What the operator says, in statuses, events and logs, judged by what was true when it said so."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

from .api_server import ApiServer
from .journal import CURRENT, Journal, Look
from .secrets_model import Secrets
from .truth import differences, name_in_aws

CANARY = "canary"
"""Is in every value of an option, and must be nowhere in what the operator says."""

LONGEST_IGNORANCE = 120.0
"""How long the watch and a back-off may take, in seconds."""


class Statements:
    """Listens to everything that the operator says."""

    def __init__(self, journal: Journal, api: ApiServer, secrets: Secrets) -> None:
        self._journal = journal
        self._api = api
        self._secrets = secrets
        self._agreed: set[tuple[str, int]] = set()
        self._repeats_until = 0.0
        self.aws_may_lie = False
        """AWS has called an update a success that changed nothing. For what spec it did, the operator cannot know afterwards."""
        self.statuses = 0

    def may_be_repeated(self) -> None:
        """The answer to a write was lost: until the watch has brought what it wrote, it is written again."""
        self._repeats_until = self._journal.loop.time() + LONGEST_IGNORANCE

    def said(self, event: Mapping[str, Any]) -> None:
        if CANARY in str(event):
            self._journal.blame(f"an event tells an option's value: {event}")

    def written(self, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        """A status was written."""
        self.statuses += 1
        blame, status = self._journal.blame, after["status"]
        old = (before or {}).get("status") or {}
        who = f"{after['metadata']['namespace']}/{after['metadata']['name']}"
        informed = self._journal.loop.time() > self._repeats_until
        if status == old and informed:
            blame(f"the status of {who} was written and did not change")
        if CANARY in str(status):
            blame(f"the status of {who} tells an option's value")
        if EnvironmentStatus.model_validate(status).to_object() != status:
            blame(f"the status of {who} holds what its model does not know")
        for text in (*malformed(after), *(_moved_without_reason(old, status) if informed else ())):
            blame(f"the status of {who}: {text}")
        self._ready_is_true(who, old, after)

    def _ready_is_true(self, who: str, old: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        ready, synced = (_condition(after["status"], kind) for kind in ("Ready", "Synced"))
        present = CURRENT.get()
        if present is None or present.look is None or ready == _condition(old, "Ready") or ready["status"] != "True":
            return
        look, uid, generation = present.look, after["metadata"]["uid"], ready["observedGeneration"]
        if look.true is None or (look.shown or {}).get("Status") != "AVAILABLE":
            self._journal.blame(f"{who} is Ready and AWS says {look.status}")
            return
        differing = self._differing(uid, generation, look, after["metadata"]["namespace"])
        if synced["status"] != "True":
            # Secrets and files have no generation: what a generation ran with is another thing by now.
            secret = self._api.specs[uid, generation].get("airflowConfigurationSecrets", {})
            differing -= {f"airflowConfigurationOptions.{option}" for option in secret}
            differing = {name for name in differing if not name.endswith("S3ObjectVersion")}
        if not differing:
            self._agreed.add((uid, generation))
        elif synced["status"] == "True" or not (self.aws_may_lie or (uid, generation) in self._agreed):
            self._journal.blame(f"{who} is Ready for generation {generation} and AWS has another {sorted(differing)}")

    def others_change(self, environment: Environment, newest: dict[str, str]) -> None:
        """Remember what AWS has run so far: an object may be Ready for that though nobody looked before it was changed."""
        look = Look(None, environment, newest)
        for body in self._api.objects.values():
            uid, namespace = body["metadata"]["uid"], body["metadata"]["namespace"]
            generations = [
                one for whose, one in self._api.specs if whose == uid and name_in_aws(body) == environment.name
            ]
            self._agreed |= {(uid, one) for one in generations if not self._differing(uid, one, look, namespace)}

    def _differing(self, uid: str, generation: int, look: Look, namespace: str) -> set[str]:
        assert look.true is not None
        spec = self._api.specs[uid, generation]
        secrets = {
            option: self._secrets.lately(namespace, reference["name"], reference["key"])
            for option, reference in spec.get("airflowConfigurationSecrets", {}).items()
        }
        found = differences(spec, look.true.settings, look.true.tags, secrets=secrets, newest=look.newest)
        return {name for name in found if not (look.tagged and name.startswith("tags."))}


class LogListener(logging.Handler):
    """Reads every log record: no value of an option, and no pass that failed of something unforeseen."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.INFO)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        if CANARY in str(vars(record)) or CANARY in record.getMessage():
            self._journal.blame(f"the log tells an option's value: {record.getMessage()}")
        if record.levelno >= logging.ERROR:
            self._journal.blame(f"{record.getMessage()}: {self.formatter_of_exceptions(record)}")

    @staticmethod
    def formatter_of_exceptions(record: logging.LogRecord) -> str:
        return logging.Formatter().formatException(record.exc_info) if record.exc_info else ""


def malformed(body: Mapping[str, Any]) -> list[str]:
    """What is wrong with the form of an object's conditions (kstatus, Kubernetes API conventions)."""
    status = body["status"]
    types = [condition["type"] for condition in status.get("conditions", ())]
    wrong = []
    if len(types) != len(set(types)):
        wrong.append(f"a condition is there twice: {types}")
    if not {"Ready", "Synced"} <= set(types):
        wrong.append(f"Ready or Synced is missing: {types}")
    if {"Reconciling", "Stalled"} <= set(types):
        wrong.append("Reconciling and Stalled at once")
    observed = status.get("observedGeneration", 0)
    if observed > body["metadata"]["generation"]:
        wrong.append("observedGeneration is ahead of the generation")
    for condition in status.get("conditions", ()):
        if condition["observedGeneration"] > observed:
            wrong.append(f"{condition['type']} is about a later generation than the status")
        if condition["type"] in {"Reconciling", "Stalled"} and condition["status"] != "True":
            wrong.append(f"{condition['type']} is there and not True")
        # Ready is about what runs, PreflightPassed about the call that was checked last.
        if condition["type"] not in {"Ready", "PreflightPassed"} and condition["observedGeneration"] != observed:
            wrong.append(f"{condition['type']} is about an earlier generation than the status")
        if not condition["message"].strip():
            wrong.append(f"{condition['type']} has no message")
    return wrong


def _moved_without_reason(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Transition times change exactly when the status of a condition does."""
    before = {condition["type"]: condition for condition in old.get("conditions", ())}
    wrong = []
    for condition in new.get("conditions", ()):
        known = before.get(condition["type"])
        if known is None:
            continue
        moved = known["lastTransitionTime"] != condition["lastTransitionTime"]
        if moved and known["status"] == condition["status"]:
            wrong.append(f"the transition time of {condition['type']} moved though its status did not")
        if condition["lastTransitionTime"] < known["lastTransitionTime"]:
            wrong.append(f"the transition time of {condition['type']} went backwards")
    return wrong


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return next((one for one in status.get("conditions", ()) if one["type"] == kind), {"status": None})
