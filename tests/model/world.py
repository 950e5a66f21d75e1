"""A cluster, an AWS account and an operator between them, in virtual time."""

from __future__ import annotations

import logging
import random
from typing import Any

from mwaa_operator.api.names import ANNOTATION_APPROVED_PLAN, ANNOTATION_PAUSED, ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.controller.store import Key
from pydantic import ValidationError

from .api_server import ApiError, ApiServer
from .aws_model import Aws
from .faults import Weather
from .journal import Journal
from .process_model import OperatorModel
from .secrets_model import Secrets
from .statements import LogListener, Statements
from .truth import name_in_aws
from .virtual_time import VirtualLoop

log = logging.getLogger("mwaa_operator")


class World:
    """Everything there is. Every method is something that somebody does, or that happens."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.loop = VirtualLoop()
        self.api = ApiServer(self.loop)
        self.aws = Aws(self.loop, seed=seed)
        self.weather = Weather(random.Random(seed))
        self.journal = Journal(self.loop, self.api)
        self.secrets = Secrets(self.loop)
        self.statements = Statements(self.journal, self.api, self.secrets)
        self.aws_seconds = 0.1
        """How long a look or a call at AWS takes."""
        self.watch_lag = 0.05
        self._asked = 0
        self._passes_before = 0
        self._before = (log.level, log.propagate)
        self._listener = LogListener(self.journal)
        log.addHandler(self._listener)
        log.setLevel(logging.INFO)
        log.propagate = False
        self.operator: OperatorModel | None = OperatorModel(self)

    def close(self) -> None:
        self.stop_operator()
        log.removeHandler(self._listener)
        level, log.propagate = self._before
        log.setLevel(level)  # loggers below remember what was enabled, until it is set by this
        self.loop.close()

    @property
    def passes(self) -> int:
        return self._passes_before + (self.operator.passes if self.operator else 0)

    def wait(self, seconds: float) -> None:
        """Let time pass. An operator that dies meanwhile is started again at the end, as Kubernetes would."""
        self.loop.pass_time(seconds)
        if self.operator is not None and self.operator.fate.dead:
            self.restart_operator()

    # Others in AWS ----------------------------------------------------------------------------------------------------

    def drifts(self, name: str, **members: Any) -> bool:
        """Somebody changes an environment in AWS, which AWS allows only while it rests. Tells whether it was changed."""
        found = self.aws.environment(name)
        if found is None or found.operation is not None:
            return False
        self.statements.others_change(found, dict(self.aws.files))
        self.journal.reason(name)
        return self.aws.patch(name, **members)

    def others_call(self, operation: str, parameters: dict[str, Any]) -> bool:
        """Somebody else makes a call. Tells whether AWS accepted it."""
        found = self.aws.environment(parameters["Name"])
        if found is not None:
            self.statements.others_change(found, dict(self.aws.files))
        accepted = self.aws.others_call(operation, parameters)
        if accepted:
            self.journal.reason(parameters["Name"])
        return accepted

    def forgets(self) -> None:
        """The next update will end well and change nothing."""
        self.aws.forgetful = self.statements.aws_may_lie = True

    # The operator -----------------------------------------------------------------------------------------------------

    def stop_operator(self) -> None:
        if self.operator is not None:
            self._passes_before += self.operator.passes
            self.operator.stop()
            self.operator = None

    def restart_operator(self) -> None:
        self.stop_operator()
        self.operator = OperatorModel(self)

    def dies_in(self, calls: int, *, after_effect: bool) -> None:
        if self.operator is not None:
            self.operator.fate.calls_left = calls
            self.operator.fate.after_effect = after_effect

    # People -----------------------------------------------------------------------------------------------------------

    def apply(self, key: Key, spec: dict[str, Any]) -> bool:
        """Create or replace an object. Tells whether the API server took it."""
        try:
            if key in self.api.objects:
                self.api.edit(key, spec)
            else:
                self.api.create(key, spec)
        except (ValidationError, ApiError):
            return False
        self._wished(key)
        return True

    def delete(self, key: Key) -> None:
        if key in self.api.objects:
            self._wished(key)
            self.api.delete(key)

    def annotate(self, key: Key, **annotations: str | None) -> None:
        if key in self.api.objects:
            names = {
                "paused": ANNOTATION_PAUSED,
                "requested": ANNOTATION_RECONCILE_REQUESTED_AT,
                "approved": ANNOTATION_APPROVED_PLAN,
            }
            self.api.annotate(key, {names[name]: value for name, value in annotations.items()})
            self._wished(key)

    def ask_again(self, key: Key) -> None:
        self._asked += 1
        self.annotate(key, requested=f"request-{self._asked}")

    def approve(self, key: Key) -> None:
        """Approve the plan that the status shows, if it shows one."""
        plan = self.api.objects.get(key, {}).get("status", {}).get("plan")
        if plan is not None:
            self.annotate(key, approved=plan["hash"])

    def set_secret(self, namespace: str, name: str, key: str, value: str | None) -> None:
        self.secrets.set(namespace, name, key, value)
        self.something_changed()

    def upload(self, path: str, version: str | None) -> None:
        if version is None:
            self.aws.files.pop(path, None)
        else:
            self.aws.files[path] = version
        self.something_changed()

    def something_changed(self) -> None:
        """What every object asks for may be another thing from now on."""
        self.journal.reason(*(name_in_aws(body) for body in self.api.objects.values()))

    def _wished(self, key: Key) -> None:
        self.journal.reason(name_in_aws(self.api.objects[key]))
        self.journal.stirred(key)
