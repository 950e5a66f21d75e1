"""The stories in which the operator is killed, as data.

Each is a row of acts: something is done to the object or in AWS, and then a state is waited for. The operator lives through the acts of
`before` undisturbed; calls count from the first of `acts` on. `accepted` is how many calls of each kind AWS has to have accepted then,
whatever happened to the operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .actor import Actor

CREATE, UPDATE, DELETE = "CreateEnvironment", "UpdateEnvironment", "DeleteEnvironment"


@dataclass(frozen=True)
class Act:
    """`do` something, then wait `until` a state is reached, with the operator alive or not."""

    do: Callable[[Actor], object]
    until: Callable[[Actor], bool]


@dataclass(frozen=True)
class Scenario:
    """A story. With `cold` the operator starts only after the first of `acts`, so that its start is counted too."""

    name: str
    acts: tuple[Act, ...]
    accepted: Mapping[str, int]
    before: tuple[Act, ...] = ()
    prepare: Callable[[Actor], object] = lambda _: None
    cold: bool = False
    drawn: int = 7
    """How many of its points the suite tries each day."""
    own_account: bool = False
    """In an AWS account of its own with nothing in it, all of which is compared at the end."""


# What is waited for --------------------------------------------------------------------------------------------------


def conditions(body: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """An object's conditions, as type to (status, reason)."""
    found = body.get("status", {}).get("conditions", ())
    return {condition["type"]: (condition["status"], condition["reason"]) for condition in found}


def ready(actor: Actor) -> bool:
    """The object says that AWS runs its spec as it is now, and AWS is at rest."""
    body = actor.object()
    if body is None:
        return False
    said, status = conditions(body), body.get("status", {})
    requested = (body["metadata"].get("annotations") or {}).get("mwaa-operator.dev/reconcile-requested-at")
    return (
        status.get("observedGeneration") == body["metadata"]["generation"]
        and status.get("lastHandledReconcileAt") == requested
        and {kind: said.get(kind, ("", ""))[0] for kind in ("Ready", "Synced")} == {"Ready": "True", "Synced": "True"}
        and not said.keys() & {"Reconciling", "Stalled"}
        and available(actor)
    )


def available(actor: Actor) -> bool:
    """AWS says that the environment is available, and is at rest."""
    environment = actor.environment()
    return environment is not None and (environment["status"], environment["operation"]) == ("AVAILABLE", None)


def stalled(actor: Actor) -> bool:
    """The object says that nothing goes on until a person changes something."""
    body = actor.object()
    return (
        body is not None
        and "Stalled" in conditions(body)
        and body["status"].get("observedGeneration") == body["metadata"]["generation"]
    )


def gone(actor: Actor) -> bool:
    """The object is gone."""
    return actor.object() is None


def creating(actor: Actor) -> bool:
    """AWS creates the environment."""
    environment = actor.environment()
    return environment is not None and environment["status"] == "CREATING"


def denied(actor: Actor) -> bool:
    """The object says that the operator may not make its network."""
    return conditions(actor.object() or {}).get("NetworkReady") == ("False", "AccessDenied")


# What is done --------------------------------------------------------------------------------------------------------


def apply(**spec: Any) -> Callable[[Actor], None]:
    return lambda actor: actor.apply(**spec)


def edit(**spec: Any) -> Callable[[Actor], None]:
    return lambda actor: actor.edit(**spec)


def edit_in_vain(outcome: str) -> Callable[[Actor], None]:
    """An edit whose update AWS fails, in one of the two ways in which updates fail."""

    def do(actor: Actor) -> None:
        actor.script("update", outcome)
        actor.edit(maxWorkers=7)

    return do


def vanish(actor: Actor) -> None:
    """Delete the environment behind the operator's back, and ask the operator to look."""
    actor.remove_from_aws()
    actor.request_reconcile()


def made_by_another_hand(actor: Actor) -> None:
    """An environment that AWS has already, smaller than the object will ask for."""
    actor.quick("create")
    actor.create_in_aws(MaxWorkers=3, AirflowVersion="3.3.1")


def _provisioned(**more: Any) -> Callable[[Actor], None]:
    """An object that brings all that its environment needs. `more` is added to its spec, `provision` to that of its spec."""

    def do(actor: Actor) -> None:
        bucket = {"name": f"airflow-{actor.name}", "deletion": "Delete"}
        provision = {"bucket": bucket, "network": {}, "executionRole": {}, "logRetentionDays": 30}
        spec = {"environmentClass": "mw1.small", "tags": {"team": "data"}, **more}
        actor.apply_only(**{**spec, "provision": {**provision, **more.get("provision", {})}})

    return do


def _is_provisioned(**more: Any) -> tuple[Act, ...]:
    def do(actor: Actor) -> None:
        actor.quick("create")
        _provisioned(**more)(actor)

    return (Act(do, ready),)


def provision_in_vain(actor: Actor) -> None:
    """An object whose network comes as far as its NAT gateways, which the operator may not make."""
    actor.admin.add_fault("access_denied", service="ec2", operation="CreateNatGateway", account=actor.account)
    _provisioned()(actor)


def nothing(_: Actor) -> None:
    """Nobody does anything: things take their course."""


def _exists(**spec: Any) -> tuple[Act, ...]:
    def do(actor: Actor) -> None:
        actor.quick("create")
        actor.apply(**spec)

    return (Act(do, ready),)


def _failed_and_repaired(name: str, outcome: str) -> Scenario:
    return Scenario(
        name=name,
        before=_exists(),
        acts=(Act(edit_in_vain(outcome), stalled), Act(edit(maxWorkers=8), ready)),
        accepted={UPDATE: 2},
    )


def code(actor: Actor) -> None:
    """An object whose code comes from a bucket."""
    actor.quick("create")
    actor.put_source(kept="1", changed="2", gone="3")
    actor.apply(**actor.code("one"))


def change_code(actor: Actor) -> None:
    """Files come and go and change, the requirements and a field as well."""
    actor.put_source(kept="1", changed="4", new="5")
    actor.edit(**actor.code("two"), maxWorkers=7)


_PRIVATE = {"provision": {"network": {"natGateways": "None"}}}
_CUSTOMER = {
    "endpointManagement": "CUSTOMER",
    "webserverAccessMode": "PRIVATE_ONLY",
    "provision": {"network": {"natGateways": "None"}, "customerEndpoints": {}},
}

SCENARIOS = (
    Scenario(name="create", acts=(Act(apply(), ready),), accepted={CREATE: 1}, cold=True),
    Scenario(name="update", before=_exists(), acts=(Act(edit(maxWorkers=7), ready),), accepted={UPDATE: 1}),
    Scenario(
        name="upgrade",
        before=_exists(airflowVersion="2.10.3"),
        acts=(Act(edit(airflowVersion="2.11.2"), ready),),
        accepted={UPDATE: 1},
    ),
    _failed_and_repaired("failed-update", "rolled_back_update_failed"),
    _failed_and_repaired("failed-update-available", "rolled_back_available"),
    Scenario(
        name="delete-while-creating",
        acts=(Act(apply(), creating), Act(Actor.delete, gone)),
        accepted={CREATE: 1, DELETE: 1},
    ),
    Scenario(
        name="adopt",
        prepare=made_by_another_hand,
        acts=(Act(apply(policies={"adoption": "Adopt"}), ready),),
        accepted={UPDATE: 1},
    ),
    Scenario(name="recreate-vanished", before=_exists(), acts=(Act(vanish, ready),), accepted={CREATE: 1}),
    Scenario(
        name="recreate-failed",
        prepare=lambda actor: actor.script("create", "create_failed"),
        acts=(Act(apply(policies={"createFailed": "Recreate"}), ready),),
        accepted={CREATE: 2, DELETE: 1},
    ),
    Scenario(
        name="artifacts",
        before=(Act(code, ready),),
        acts=(Act(change_code, ready),),
        accepted={UPDATE: 1},
        drawn=4,
    ),
    Scenario(
        name="artifacts-first",
        prepare=lambda actor: actor.put_source(kept="1", changed="2"),
        acts=(Act(lambda actor: actor.apply(**actor.code("one")), ready),),
        accepted={CREATE: 1},
        cold=True,
        drawn=2,
    ),
    Scenario(
        name="provision",
        acts=(Act(_provisioned(), ready),),
        accepted={CREATE: 1},
        cold=True,
        drawn=1,
        own_account=True,
    ),
    Scenario(
        name="provision-fewer-gateways",
        before=_is_provisioned(),
        acts=(Act(edit(provision={"network": {"natGateways": "Single"}}), ready),),
        accepted={},
        drawn=1,
        own_account=True,
    ),
    Scenario(
        name="provision-delete",
        before=_is_provisioned(),
        acts=(Act(Actor.delete, gone),),
        accepted={DELETE: 1},
        drawn=1,
        own_account=True,
    ),
    Scenario(
        name="provision-abandoned",
        before=(Act(provision_in_vain, denied),),
        acts=(Act(Actor.delete, gone),),
        accepted={},
        drawn=1,
        own_account=True,
    ),
    Scenario(
        name="provision-private",
        acts=(Act(_provisioned(**_PRIVATE), ready),),
        accepted={CREATE: 1},
        cold=True,
        drawn=1,
        own_account=True,
    ),
    Scenario(
        name="provision-endpoints",
        before=(Act(_provisioned(**_CUSTOMER), creating),),
        acts=(Act(nothing, ready),),
        accepted={},
        drawn=1,
        own_account=True,
    ),
    Scenario(
        name="provision-endpoints-delete",
        before=_is_provisioned(**_CUSTOMER),
        acts=(Act(Actor.delete, gone),),
        accepted={DELETE: 1},
        drawn=1,
        own_account=True,
    ),
)
