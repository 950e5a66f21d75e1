"""What stands before moto and MWAA: permissions, owners of buckets, dry runs of EC2, IAM's simulations."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.airflow.seam import Role
from mwaa_sandbox.aws import bucket_owner
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.iam import airflow_roles, authorization, enforcement, refusals, requests, simulation_wire
from mwaa_sandbox.aws.iam.enforcement import Enforcement, Held
from mwaa_sandbox.aws.iam.requests import Asked
from mwaa_sandbox.aws.iam.world import World
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends


class Gate:
    """Answers what must not, or cannot, be answered behind it."""

    def __init__(self, backends: MwaaBackends, moto_lock: threading.RLock) -> None:
        self.enforcement = Enforcement()
        self._backends = backends
        self._moto_lock = moto_lock
        self._world = World(backends)

    def answer(
        self, call: Call, environ: Mapping[str, Any], body: bytes, members: Mapping[str, Any] | None
    ) -> Answer | None:
        """Return an answer, or None if the call is for the service itself. `members` are those of a request to MWAA."""
        held = self.enforcement.held(call)
        dry_run = call.service == "ec2" and str(call.parameters.get("DryRun")).lower() == "true"
        simulating = call.service == "iam" and call.operation in simulation_wire.OPERATIONS
        if held is None and not dry_run and not simulating:
            return bucket_owner.refusal(call, environ)
        asked = requests.read(call, environ, body) if members is None else Asked(call, members)
        with self._backends.lock, self._moto_lock:
            denial = None if held is None else enforcement.denial(held, asked, self._world)
            if denial is not None:
                return refusals.refusal(denial, asked, method=environ["REQUEST_METHOD"])
            if dry_run:
                return refusals.dry_run_would_succeed()
            return simulation_wire.answer(asked) if simulating else bucket_owner.refusal(call, environ)

    def airflow_user(self, call: Call, members: Mapping[str, Any]) -> tuple[str, Role]:
        """Return who calls MWAA, as its tokens name them, and the mightiest role that they may have in Airflow.

        A caller who is held to nothing may be Admin.
        """
        held = self.enforcement.held(call)
        if held is None:
            return f"user/{call.access_key}", Role.ADMIN
        if call.operation not in airflow_roles.OPERATIONS:
            return _name(held), Role.PUBLIC
        with self._backends.lock, self._moto_lock:
            roles = airflow_roles.permitted(held, Asked(call, members), self._world)
        return _name(held), roles[0] if roles else Role.PUBLIC

    def first_need(
        self, call: Call, environ: Mapping[str, Any], body: bytes, members: Mapping[str, Any] | None
    ) -> tuple[str, str] | None:
        """Return the first action that a call needs, and on which resource; None if it needs no permission."""
        asked = requests.read(call, environ, body) if members is None else Asked(call, members)
        with self._backends.lock, self._moto_lock:
            needed = next((one[0] for one in authorization.checks(asked, self._world) if one), None)
        return None if needed is None else (needed.action, needed.resource)


def _name(held: Held) -> str:
    """Return how MWAA names a caller (mwaa-behaviour.md §7): `assumed-role/Admin/name`."""
    return held.caller.arns[0].rpartition(":")[2]
