"""One MwaaEnvironment, in Kubernetes and in AWS: what people and AWS do to it, and what may be seen of it."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections import Counter
from itertools import pairwise

import pytest
from mwaa_operator.planning.schedule import JITTER, SHORTEST_POLL
from mwaa_sandbox.aws.process import DEFAULT_REGION
from mwaa_sandbox.process import ProcessError, clean_environment

from tests.integration.waiting import met
from tests.integration.world import ENVIRONMENTS
from tests.integration.world import WITHIN as WITHIN  # noqa: PLC0414 - others take it from here

SHORTEST_WAIT = SHORTEST_POLL * (1 - JITTER)
"""Of AWS's time. No wait for something that is under way is shorter."""
UNPLANNED_LOOKS = 20
"""Those after edits, annotations, restarts and failed calls, which do not wait."""
CARRIED_OUT = (200, 0)
"""HTTP statuses; 0 is an answer that got lost on its way."""
QUESTIONS = {"InvokeRestApi", "CreateWebLoginToken"}
"""To Airflow, about its health: asked beside the passes, at moments of their own."""
FIRST_QUESTIONS, QUESTIONS_A_MINUTE = 6, 2
"""Three at a time, every two minutes at the most."""
MUTATIONS = ("CreateEnvironment", "UpdateEnvironment", "DeleteEnvironment", "TagResource", "UntagResource")


class Environment:
    """A MwaaEnvironment and the environment in AWS that it stands for.

    `allow` says how many of which mutating calls AWS may carry out for it, besides one create and one delete; `refusals` how
    many it may refuse.
    """

    def __init__(self, world, name, spec, *, allow, refusals):
        self.world, self.name, self.spec = world, name, spec
        self.name_in_aws = spec.get("name", name)
        self.allowed = {"CreateEnvironment": 1, "DeleteEnvironment": 1, **allow}
        self.refusals = refusals
        self._since = time.monotonic()

    # What people do

    def document(self, **metadata):
        """The object, as a person would write it."""
        return json.dumps(self._object(**metadata))

    def apply(self, **changes):
        """Apply the object, after changes to the spec. None takes a field out."""
        self.spec = {key: value for key, value in {**self.spec, **changes}.items() if value is not None}
        self.world.objects.apply(ENVIRONMENTS, self._object())
        return self

    def edit(self, sed_script):
        """kubectl edit, with sed for an editor."""
        control_plane = self.world.control_plane
        command = [
            str(control_plane.assets.kubectl),
            f"--kubeconfig={control_plane.kubeconfig}",
            "edit",
            *self._named(),
        ]
        environment = clean_environment(KUBE_EDITOR=f"sed -i '{sed_script}'")
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=WITHIN)

    def annotate(self, name, value):
        """Set one of the operator's annotations; None takes it off."""
        patch = {"metadata": {"annotations": {f"mwaa-operator.dev/{name}": value}}}
        self.world.objects.patch(ENVIRONMENTS, self.name, patch)

    def request_reconcile(self):
        """Ask for a look, or for another try; gives the annotation's value."""
        value = f"request-{secrets.token_hex(4)}"
        self.annotate("reconcile-requested-at", value)
        return value

    def delete(self, *, wait=True):
        """Delete the object, and return when it is gone, or without `wait` at once."""
        self.world.objects.delete(ENVIRONMENTS, self.name)
        if wait:
            self.world.until(lambda: not self.exists(), f"let {self.name} go")

    # What people see

    def get(self):
        found = self._found()
        assert found is not None, f"there is no {self.name}"
        return found

    def exists(self):
        return self._found() is not None

    def status(self):
        return self.get().get("status", {})

    def condition(self, kind):
        """A condition, None if there is none of that type."""
        return next((each for each in self.status().get("conditions", []) if each["type"] == kind), None)

    def wait_for(self, what):
        """Wait for a condition or a jsonpath, as `kubectl wait` has them."""
        try:
            self.world.until(lambda: met(self._found(), what), f"bring {self.name} to {what}")
        except ProcessError as error:
            pytest.fail(f"{error}\n{json.dumps(self._found(), indent=1)}\n{self.call_log()}")

    def kubectl_wait(self, what):
        """The same, by kubectl itself."""
        self.world.kubectl("wait", f"mwaa/{self.name}", f"--for={what}", f"--timeout={WITHIN}s", timeout=WITHIN + 5)

    def wait_ready(self):
        self.wait_for("condition=Ready")

    def wait_reason(self, kind, reason):
        """Wait until a condition is there for that reason, one that lasts."""
        self.wait_for(f'jsonpath={{.status.conditions[?(@.type=="{kind}")].reason}}={reason}')

    def wait_told(self, words):
        """Wait until the summary says something, for whatever reason."""
        self.world.until(lambda: words in (self.condition("Ready") or {}).get("message", ""), f"say {words!r}")

    def wait_event(self, *event):
        """Wait until there has been an event of that reason and type."""
        self.world.until(lambda: event in self.events(), f"send an event {event}")

    def wait_aws_status(self, status):
        self.wait_for(f"jsonpath={{.status.environment.status}}={status}")

    def events(self):
        """Reason and type of each event so far."""
        return [(each["reason"], each["type"]) for each in self.world.objects.events(name=self.name)]

    # What AWS sees

    def in_aws(self):
        """The raw state, nothing masked."""
        return self.world.aws.admin.environment(self.world.account, DEFAULT_REGION, self.name_in_aws)

    def is_in_aws(self):
        listed = self.world.aws.admin.environments(account=self.world.account)
        return any(each["name"] == self.name_in_aws and each["status"] != "DELETED" for each in listed)

    def change_in_aws(self, **members):
        """Behind everybody's back."""
        self.world.aws.admin.patch_environment(self.world.account, DEFAULT_REGION, self.name_in_aws, **members)

    def script(self, operation, outcome="success", **more):
        """How AWS's next create, update or delete of this environment ends."""
        self.world.aws.admin.script_outcome(
            operation, outcome, environment=self.name_in_aws, account=self.world.account, **more
        )

    def hold(self, operation):
        """AWS's next create, update or delete lasts until `come_to` says how it ends: time enough to look at it at work."""
        self.script(operation, "stuck")

    def come_to(self, status):
        """End what AWS is at work on. None: the environment is gone."""
        if status is None:
            self.world.aws.admin.remove_environment(self.world.account, DEFAULT_REGION, self.name_in_aws)
        else:
            self.change_in_aws(Status=status)

    def fault(self, kind, operation, **more):
        """What happens to the next calls of an operation for this environment."""
        where = {"service": "airflow", "account": self.world.account, "environment": self.name_in_aws}
        return self.world.aws.admin.add_fault(kind, operation=operation, **where, **more)

    def calls(self, *operations):
        """All that arrived in AWS, or only these operations."""
        found = self.world.aws.admin.calls(service="airflow", account=self.world.account, environment=self.name_in_aws)
        return [call for call in found if not operations or call.operation in operations]

    def accepted(self, operation):
        """The parameters of each such call that AWS carried out, without the name and without how workers are replaced."""
        left_out = {"Name", "ResourceArn", "WorkerReplacementStrategy"}
        return [
            {name: value for name, value in call.parameters.items() if name not in left_out}
            for call in self.calls(operation)
            if call.status in CARRIED_OUT
        ]

    def wait_looks(self, count=3):
        """Wait until the operator has looked so many times more."""
        already = len(self.calls("GetEnvironment"))
        self.world.until(
            lambda: len(self.calls("GetEnvironment")) >= already + count, f"look at {self.name} {count} times more"
        )

    def call_log(self):
        return "\n".join(
            f"{call.time:.2f} {call.operation} {dict(call.parameters)} -> {call.status} {call.error_code or ''}"
            for call in self.calls()
        )

    def too_many_calls(self):
        """What arrived in AWS beyond what may, in words."""
        calls = self.calls()
        done = Counter(call.operation for call in calls if call.status in CARRIED_OUT)
        found = [
            f"{done[operation]} {operation}, {self.allowed.get(operation, 0)} allowed"
            for operation in MUTATIONS
            if done[operation] > self.allowed.get(operation, 0)
        ]
        refused = [call for call in calls if call.operation in MUTATIONS and call.status not in CARRIED_OUT]
        if len(refused) > self.refusals:
            found.append(f"{len(refused)} refused calls, {self.refusals} allowed")
        looks = [call for call in calls if call.operation not in {*MUTATIONS, *QUESTIONS}]
        minutes = (time.monotonic() - self._since) * self.world.scale / 60
        most = UNPLANNED_LOOKS + minutes * 60 / SHORTEST_WAIT
        if len(looks) > most:
            found.append(f"{len(looks)} looks in {minutes:.0f} minutes, {most:.0f} allowed")
        asked, may_ask = len(self.calls(*QUESTIONS)), FIRST_QUESTIONS + QUESTIONS_A_MINUTE * minutes
        if asked > may_ask:
            found.append(f"Airflow was asked {asked} times in {minutes:.0f} minutes, {may_ask:.0f} allowed")
        # A loop that goes hot for a moment only is lost in the mean.
        gaps = [later.time - (sooner.time + sooner.duration_seconds) for sooner, later in pairwise(looks)]
        unplanned = sum(gap < SHORTEST_WAIT / self.world.scale for gap in gaps)
        if unplanned > UNPLANNED_LOOKS:
            found.append(f"{unplanned} looks sooner than any wait, {UNPLANNED_LOOKS} allowed")
        return found

    def _found(self):
        return self.world.objects.get(ENVIRONMENTS, self.name)

    def _object(self, **metadata):
        return {
            "apiVersion": "mwaa-operator.dev/v1alpha1",
            "kind": "MwaaEnvironment",
            "metadata": {"name": self.name, "namespace": self.world.namespace, **metadata},
            "spec": self.spec,
        }

    def _named(self):
        return (f"mwaa/{self.name}", f"--namespace={self.world.namespace}")
