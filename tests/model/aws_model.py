"""AWS as the simulator models it, called directly: no HTTP, and time is the loop's."""

# ruff: noqa: ARG002 - a stand-in has the arguments of what it stands in for

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.mwaa import messages, responses
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.errors import ValidationError
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings, UpdateError
from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.scripts import ScriptedOutcome
from mwaa_sandbox.aws.mwaa.simulation import Simulation
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Outcome, Status
from mwaa_sandbox.aws.mwaa.surgery import changed

from .faults import client_error
from .virtual_time import VirtualLoop

ACCOUNT, REGION = "111122223333", "eu-west-1"
OPTIONS = "AirflowConfigurationOptions"
MASKED = frozenset({"smtp.smtp_password", "webserver.secret_key"})
"""Those of the options in use here whose values GetEnvironment gives as ***."""
MUTATING = ("CreateEnvironment", "UpdateEnvironment", "DeleteEnvironment", "TagResource", "UntagResource")


class Surroundings:
    """The rest of AWS, as far as it matters: a role that takes a while to be known, and a customer's endpoints."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.endpoints = False
        self.role_known_at = 0.0

    def judge(self, settings: Settings, **_: Any) -> None:
        if self._loop.time() < self.role_known_at:
            raise ValidationError(messages.cannot_assume(settings["ExecutionRoleArn"]))

    def failure_to_come(self, settings: Settings, **_: Any) -> UpdateError | None:
        return None

    def endpoints_exist(self, environment: Environment) -> bool:
        return self.endpoints

    def ensure_log_groups(self, environment: Environment) -> None:
        pass


class Aws:
    """One account in one Region."""

    def __init__(self, loop: VirtualLoop, *, seed: int = 0) -> None:
        self._loop = loop
        self.surroundings = Surroundings(loop)
        clock = ScaledClock(1, monotonic=loop.time, wall=loop.wall)
        self._simulation = Simulation(clock=clock, surroundings=self.surroundings, seed=seed)
        self._backends = MwaaBackends(self._simulation)
        self._backend = self._backends.of(ACCOUNT, REGION)
        self.files: dict[str, str] = {"requirements.txt": "v1", "plugins.zip": "v1"}
        self.forgetful = False
        """The next update ends well and changes nothing."""
        self.read_lag = 0.0
        """For how many seconds GetEnvironment still shows what was before a call."""
        self.has_failed_updates = False
        self.has_forgotten_updates = False
        self.has_had_maintenance = False
        self.has_been_patched = False
        self._stale: dict[str, tuple[float, dict[str, Any] | None]] = {}

    # What the operator sees of it --------------------------------------------------------------------------------------

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Make a call as boto3 would. Raises botocore's ClientError."""
        name = parameters.get("Name") or parameters["ResourceArn"].rpartition("/")[2]
        if operation == "GetEnvironment" and name in self._stale:
            until, before = self._stale[name]
            if self._loop.time() < until:
                if before is None:
                    raise client_error(operation, "ResourceNotFoundException", messages.not_found(name), 404)
                return before
            del self._stale[name]
        before = self._shown(name) if self.read_lag and operation in MUTATING else None
        answer = self._answer(operation, parameters)
        if operation in MUTATING and self.read_lag:
            self._stale.setdefault(name, (self._loop.time() + self.read_lag, before))
        if operation == "UpdateEnvironment" and self.forgetful:
            self.forgetful = False
            self.has_forgotten_updates = True
            self._make_futile(name)
        return answer

    def newest_version(self, path: str) -> dict[str, Any]:
        """HeadObject."""
        if path not in self.files:
            raise client_error("HeadObject", "404", "Not Found", 404)
        return {"VersionId": self.files[path]}

    def _answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        request = responses.Request(operation, parameters)
        response = responses.respond(self._backends, request, account=ACCOUNT, region=REGION, identity="operator")
        members = json.loads(response.body)
        if response.error_code is not None:
            text = members.get("message") or members.get("Message", "")
            raise client_error(operation, response.error_code, text, response.status)
        return _with_times(members)

    def _shown(self, name: str) -> dict[str, Any] | None:
        try:
            return self._answer("GetEnvironment", {"Name": name})
        except ClientError:
            return None

    def would_refuse(self, request: dict[str, Any]) -> bool:
        """Whether AWS would not make such an environment, in an account where there is none."""
        elsewhere = Aws(self._loop)
        try:
            elsewhere.call("CreateEnvironment", {"Name": "another", **request})
        except ClientError:
            return True
        return False

    # What is true -----------------------------------------------------------------------------------------------------

    def environment(self, name: str) -> Environment | None:
        """Give what there is; a tombstone is nothing."""
        found = self._backend.find(name)
        return None if found is None or found.status is Status.DELETED else found

    def present(self) -> list[Environment]:
        return [one for one in self._backend.present() if one.status is not Status.DELETED]

    def busy(self) -> bool:
        return any(one.operation is not None for one in self.present())

    # What others do in it ---------------------------------------------------------------------------------------------

    def patch(self, name: str, **members: Any) -> bool:
        """Change an environment behind everybody's back. Tells whether there is one."""
        found = self.environment(name)
        if found is None:
            return False
        # Right after the end of an update that looks like one which AWS says has succeeded, and has not.
        self.has_been_patched = True
        self._backend.replace(changed(found, members, now=self._simulation.clock.now()))
        return True

    def others_call(self, operation: str, parameters: dict[str, Any]) -> bool:
        """Somebody else makes a call. Tells whether AWS accepted it."""
        try:
            self._answer(operation, parameters)
        except ClientError:
            return False
        return True

    def vanish(self, name: str) -> bool:
        if self.environment(name) is None:
            return False
        self._backend.remove(name)
        return True

    def start_maintenance(self, name: str) -> bool:
        found = self.environment(name)
        if found is None or found.status is not Status.AVAILABLE:
            return False
        self.has_had_maintenance = True
        self._backend.start_maintenance(name)
        return True

    def script(self, kind: OperationKind, outcome: Outcome) -> None:
        """Have the next operation of a kind end so."""
        self.has_failed_updates |= kind is OperationKind.UPDATE and outcome is not Outcome.SUCCESS
        self._simulation.scripts.add(ScriptedOutcome(kind, Script(outcome)))

    def calm_down(self) -> None:
        """From now on everything goes well."""
        self._simulation.scripts.clear()
        self.forgetful = False
        self.read_lag = 0.0
        self._stale.clear()
        self.surroundings.endpoints = True
        self.surroundings.role_known_at = 0.0

    def _make_futile(self, name: str) -> None:
        found = self._backend.environments[name]
        if found.operation is None or found.operation.settings is None:
            return
        # But for options that AWS masks: whether those were changed, nobody can see.
        masked = {option: value for option, value in found.operation.settings[OPTIONS].items() if option in MASKED}
        futile = {**found.settings, OPTIONS: {**found.settings[OPTIONS], **masked}}
        operation = dataclasses.replace(found.operation, settings=futile)
        self._backend.replace(dataclasses.replace(found, operation=operation))


def _with_times(value: Any, name: str = "") -> Any:
    """Give times as boto3 does."""
    if isinstance(value, dict):
        return {key: _with_times(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_times(member) for member in value]
    return datetime.fromtimestamp(value, UTC) if name == "CreatedAt" else value
