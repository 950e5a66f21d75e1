"""What the operator did to AWS, judged call by call by what the pass that made the call could know."""

from __future__ import annotations

import json
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from mwaa_operator.api.names import ANNOTATION_PAUSED, FINALIZER, OWNERSHIP_TAGS, TAG_NAME
from mwaa_operator.controller.store import Key
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

from .api_server import ApiServer
from .truth import is_ours, name_in_aws, policy
from .virtual_time import VirtualLoop

BUSY = frozenset({"CREATING", "UPDATING", "CREATING_SNAPSHOT", "ROLLING_BACK", "DELETING", "MAINTENANCE"})
MOST_CALLS_PER_MINUTE = 60


@dataclass
class Look:
    """What a pass saw of an environment, and what was true then."""

    shown: dict[str, Any] | None
    true: Environment | None
    newest: dict[str, str]
    tagged: bool = False
    """Whether the pass itself has changed tags since: they take effect at once."""

    @property
    def status(self) -> str | None:
        shown = self.shown and str(self.shown["Status"])
        return None if shown == "DELETED" else shown


@dataclass
class Pass:
    """One pass over one object: what it began with, and what it has seen."""

    key: Key
    body: dict[str, Any]
    look: Look | None = None


CURRENT: ContextVar[Pass | None] = ContextVar("current", default=None)


@dataclass
class Journal:
    """Everything that happened, and what of it was wrong."""

    loop: VirtualLoop
    api: ApiServer
    wrong: list[str] = field(default_factory=list)
    mutations: int = 0
    calls: int = 0
    _reasons: Counter[str] = field(default_factory=Counter)
    _accepted: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _ours: dict[tuple[str, str], Key] = field(default_factory=dict)
    _minutes: Counter[tuple[Key, int]] = field(default_factory=Counter)
    _refused: list[tuple[Key, dict[str, Any]]] = field(default_factory=list)
    _excused: set[tuple[Key, int]] = field(default_factory=set)

    def blame(self, text: str) -> None:
        self.wrong.append(f"at {self.loop.moment():%a %H:%M:%S}: {text}")

    def reason(self, *names: str) -> None:
        """Something has happened that justifies another try."""
        for name in names:
            self._reasons[name] += 1

    def stirred(self, key: Key) -> None:
        """Somebody asked for a pass: the calls of this minute are not the operator's own idea."""
        self._excused |= {(key, self._minute + ahead) for ahead in range(3)}

    @property
    def _minute(self) -> int:
        return int(self.loop.time() // 60)

    # Calls ------------------------------------------------------------------------------------------------------------

    def looked(self, look: Look) -> None:
        present = CURRENT.get()
        assert present is not None
        present.look = look
        self._counted(present.key)

    def asked(self, operation: str) -> None:
        """A mutating call is about to be carried out."""
        present = CURRENT.get()
        assert present is not None
        self._counted(present.key)
        self._not_forbidden(present, operation)
        look, where = present.look, f"{operation} for {present.key}"
        if look is None:
            self.blame(f"{where} without having looked")
        elif operation == "CreateEnvironment":
            if look.status is not None:
                self.blame(f"{where} although it is {look.status}")
            held = self.api.objects.get(present.key)
            if held is None or FINALIZER not in held["metadata"].get("finalizers", ()):
                self.blame(f"{where} without the finalizer")
        else:
            busy = look.status in BUSY and (operation, look.status) != ("UpdateEnvironment", "MAINTENANCE")
            if operation in {"UpdateEnvironment", "DeleteEnvironment"} and busy:
                self.blame(f"{where} although AWS is {look.status}")
            self._ours_to_touch(present, look, where)

    def accepted(self, operation: str, parameters: dict[str, Any], environment: Environment | None) -> None:
        """AWS has accepted a mutating call."""
        self.mutations += 1
        present = CURRENT.get()
        assert present is not None
        name = parameters.get("Name") or parameters["ResourceArn"].rpartition("/")[2]
        if operation in {"TagResource", "UntagResource"} and present.look is not None:
            present.look.tagged = True
        if operation == "DeleteEnvironment":
            look = present.look
            failed = look is not None and look.status == "CREATE_FAILED"
            if failed and policy(present.body["spec"], "createFailed", default="Keep") == "Recreate":
                self.reason(name)
        if operation in {"UpdateEnvironment", "CreateEnvironment"}:
            said = {key: value for key, value in parameters.items() if key != "Tags"}
            same = (name, operation, json.dumps(said, sort_keys=True))
            if self._accepted.get(same) == self._reasons[name]:
                self.blame(f"{operation} for {present.key} repeated though nobody asked for it: {sorted(said)}")
            self._accepted[same] = self._reasons[name]
        if environment is None:
            return
        if operation == "CreateEnvironment" or TAG_NAME in parameters.get("Tags", {}):
            self._ours[name, environment.serial] = present.key
        elif operation == "UntagResource" and TAG_NAME in parameters["tagKeys"]:
            self._ours.pop((name, environment.serial), None)

    def refused(self, operation: str, message: str) -> None:
        """AWS has refused a call for good."""
        present = CURRENT.get()
        assert present is not None
        if operation in {"CreateEnvironment", "UpdateEnvironment"} and "Failed to assume role" not in message:
            self._refused.append((present.key, _sent_to_aws(present.body["spec"])))

    def was_refused(self, key: Key, spec: dict[str, Any]) -> bool:
        """Whether AWS has ever refused what a spec asks for."""
        return (key, _sent_to_aws(spec)) in self._refused

    def owner(self, environment: Environment) -> Key | None:
        """Whose an environment is by what was done to it, whatever its tags say by now."""
        return self._ours.get((environment.name, environment.serial))

    # Judgements -------------------------------------------------------------------------------------------------------

    def _not_forbidden(self, present: Pass, operation: str) -> None:
        metadata, spec = present.body["metadata"], present.body["spec"]
        if metadata.get("annotations", {}).get(ANNOTATION_PAUSED) == "true":
            self.blame(f"{operation} for {present.key}, which is paused")
        if policy(spec, "management", default="Manage") == "Observe":
            self.blame(f"{operation} for {present.key}, which is only to be observed")
        now = self.api.objects.get(present.key)
        if now is None or now["metadata"]["uid"] != metadata["uid"]:
            self.blame(f"{operation} for {present.key}, which is no more")

    def _ours_to_touch(self, present: Pass, look: Look, where: str) -> None:
        tags = (look.shown or {}).get("Tags", {})
        if any(tag in tags for tag in OWNERSHIP_TAGS):
            if not is_ours(tags, present.key):
                self.blame(f"{where}, and it belongs to {tags.get(TAG_NAME)}")
            return
        known = look.true is not None and self.owner(look.true) == present.key
        deleting = "deletionTimestamp" in present.body["metadata"]
        adopting = policy(present.body["spec"], "adoption", default="Never") == "Adopt" and not deleting
        if not known and not adopting:
            self.blame(f"{where}, and it is nobody's: {name_in_aws(present.body)}")

    def _counted(self, key: Key) -> None:
        self.calls += 1
        minute = (key, self._minute)
        self._minutes[minute] += 1
        if self._minutes[minute] == MOST_CALLS_PER_MINUTE and minute not in self._excused:
            self.blame(f"{MOST_CALLS_PER_MINUTE} calls to AWS for {key} within a minute")


def _sent_to_aws(spec: dict[str, Any]) -> dict[str, Any]:
    sent = {name: value for name, value in spec.items() if name not in {"policies", "tags"}}
    if "airflowConfigurationSecrets" in sent and not sent.get("airflowConfigurationOptions"):
        sent.pop(
            "airflowConfigurationOptions", None
        )  # none and no options of one's own are the same beside secret ones
    return sent
