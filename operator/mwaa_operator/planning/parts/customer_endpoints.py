"""The VPC endpoints that an environment with endpointManagement CUSTOMER waits for (`mwaa-behaviour.md` §5).

Once its status is PENDING, AWS names the endpoint services of the environment's database and, where the web server can be reached
privately, of the web server. Each gets an Interface endpoint in the environment's two subnets; then the environment goes on by itself.
Their private names are off: MWAA's endpoint services have none, and EC2 refuses to turn them on. The endpoints stay for as long as the
environment, which lives on them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.provision import CustomerEndpoints
from mwaa_operator.planning.parts.model import Call, PartContext, PartPlan
from mwaa_operator.planning.parts.network_endpoints import created, mended
from mwaa_operator.planning.parts.network_removal import Dismantling
from mwaa_operator.planning.parts.network_site import SeenNetwork
from mwaa_operator.planning.parts.network_things import Thing, ThingKind, ec2, shown, tagged

GROUP = "environment-endpoint-security-group"
SERVICES = {
    "environment-endpoint-database": "DatabaseVpcEndpointService",
    "environment-endpoint-webserver": "WebserverVpcEndpointService",
}
"""The endpoints, and where GetEnvironment names their services."""
PORTS = (443, 5432)
"""The web server's, and the database's."""
LOOK_AFTER = 10.0
_NO_USE = frozenset({"DELETING", "DELETED", "CREATE_FAILED"})
"""An environment of these statuses goes nowhere, endpoints or not."""
_SETTLED = frozenset({"PENDING", "AVAILABLE", "UPDATE_FAILED"})
"""In these, what GetEnvironment no longer names is not needed any more."""


@dataclass(frozen=True, kw_only=True)
class SeenEndpoints:
    """What was seen: endpoints and security group of ours, wherever they are, and the VPC of the environment's subnets."""

    ours: tuple[Thing, ...] = ()
    vpc_id: str | None = None

    @property
    def of_part(self) -> tuple[Thing, ...]:
        return tuple(thing for thing in self.ours if thing.part in {*SERVICES, GROUP})


@dataclass(frozen=True)
class _Scene:
    """An environment, and which of the things seen serve it."""

    context: PartContext
    spec: CustomerEndpoints
    seen: SeenEndpoints
    environment: Mapping[str, Any]

    @cached_property
    def services(self) -> Mapping[str, str]:
        """The endpoint services that AWS names, by part."""
        named = {part: self.environment.get(member) for part, member in SERVICES.items()}
        return {part: service for part, service in named.items() if service}

    @property
    def network(self) -> Mapping[str, list[str]]:
        return self.environment.get("NetworkConfiguration") or {}

    def endpoint(self, part: str) -> Thing | None:
        """The endpoint to the service that is named now, and not to that of an environment before."""
        return self._first(
            t for t in self.seen.of_part if t.part == part and t.document.get("ServiceName") == self.services.get(part)
        )

    @cached_property
    def group(self) -> Thing | None:
        """The security group that was made."""
        return self._first(t for t in self.seen.of_part if t.part == GROUP and t.vpc_id == self.seen.vpc_id)

    @property
    def needs_group(self) -> bool:
        return not self.spec.security_group_ids

    @property
    def unneeded(self) -> list[Thing]:
        needed = [self.endpoint(part) for part in self.services]
        return [
            thing
            for thing in self.seen.of_part
            if thing not in needed and not (self.needs_group and thing is self.group)
        ]

    @staticmethod
    def _first(things: Iterator[Thing]) -> Thing | None:
        return min((t for t in things if t.alive), key=lambda thing: (not thing.available, thing.id), default=None)


def plan_customer_endpoints(context: PartContext, spec: CustomerEndpoints, seen: SeenEndpoints) -> PartPlan:
    """What to do now to have the endpoints that the environment waits for."""
    resources = shown(seen.of_part)
    environment = context.environment
    if not are_due(context) or environment is None:
        return PartPlan(
            reason=Reason.WAITING_FOR_ENVIRONMENT,
            message="There is nothing to do yet: the endpoints are made once AWS waits for them (PENDING).",
            ready=True,
            resources=resources,
        )
    scene = _Scene(context, spec, seen, environment.document)
    if seen.vpc_id is None:
        return PartPlan(
            reason=Reason.PROVISIONING,
            message=f"The environment's subnets {', '.join(scene.network.get('SubnetIds', ()))} are not to be found, so there is no "
            "place for its endpoints. In a shared VPC its owner has to make them.",
            stalled=True,
            resources=resources,
        )
    taken_down = Dismantling(scene.unneeded if environment.status in _SETTLED else [], SeenNetwork(ours=seen.ours))
    calls = (*_group_calls(scene), *_endpoint_calls(scene), *taken_down.calls)
    if calls:
        message = "The endpoints of the environment's database and web server are being made."
        return PartPlan(reason=Reason.PROVISIONING, message=message, calls=calls, resources=resources)
    waits = (*_unfinished(scene), *taken_down.waits_for)
    if waits:
        message = f"The environment's endpoints: waiting for {', '.join(waits)}."
        return PartPlan(reason=Reason.PROVISIONING, message=message, look_after=LOOK_AFTER, resources=resources)
    names = " and ".join(part.rpartition("-")[2] for part in scene.services)
    message = f"The environment has its endpoints: {names}."
    return PartPlan(reason=Reason.PROVISIONED, message=message, ready=True, resources=resources)


def plan_customer_endpoints_removal(seen: SeenEndpoints) -> PartPlan:
    """What to do now to have none of the endpoints left, and no security group. For when the environment is gone."""
    dismantling = Dismantling(seen.of_part, SeenNetwork(ours=seen.ours))
    if not dismantling.left:
        return PartPlan(reason=Reason.REMOVING, message="Nothing is left of the environment's endpoints.", gone=True)
    waits = ", ".join(dismantling.waits_for)
    return PartPlan(
        reason=Reason.REMOVING,
        message=f"The environment's endpoints: waiting for {waits}."
        if waits
        else "The environment's endpoints are being removed.",
        calls=dismantling.calls,
        look_after=LOOK_AFTER,
        resources=shown(dismantling.left),
    )


def are_due(context: PartContext) -> bool:
    """Whether there is an environment for which AWS has named endpoint services."""
    environment = context.environment
    if environment is None or environment.status in _NO_USE:
        return False
    return any(environment.document.get(member) for member in SERVICES.values())


def _group_calls(scene: _Scene) -> Iterator[Call]:
    if not scene.needs_group:
        return
    if scene.group is None:
        yield ec2(
            "CreateSecurityGroup",
            made="GroupId",
            VpcId=scene.seen.vpc_id,
            GroupName=f"mwaa-{scene.context.name}-endpoints",
            Description=f"Endpoints of the Airflow environment {scene.context.name}",
            **tagged(scene.context, ThingKind.SECURITY_GROUP, GROUP),
        )
        return
    wanted = {(port, group) for port in PORTS for group in scene.network.get("SecurityGroupIds", ())}
    present = _admitted(scene.group)
    if missing := sorted(wanted - present):
        rules = _rules(missing)
        yield ec2("AuthorizeSecurityGroupIngress", GroupId=scene.group.id, IpPermissions=rules)
    if stale := sorted(present - wanted):
        # A group that is referred to cannot be deleted by its owner.
        yield ec2("RevokeSecurityGroupIngress", GroupId=scene.group.id, IpPermissions=_rules(stale), gone_is_fine=True)


def _rules(admitted: list[tuple[int, str]]) -> list[dict[str, Any]]:
    return [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group}]}
        for port, group in admitted
    ]


def _admitted(group: Thing) -> set[tuple[int, str]]:
    """The rules of the kind that the operator makes: a port, and a group that may use it."""
    return {
        (rule["FromPort"], pair["GroupId"])
        for rule in group.document.get("IpPermissions") or ()
        if rule.get("IpProtocol") == "tcp" and rule.get("FromPort") == rule.get("ToPort") and rule["FromPort"] in PORTS
        for pair in rule.get("UserIdGroupPairs") or ()
        if "GroupId" in pair
    }


def _endpoint_calls(scene: _Scene) -> Iterator[Call]:
    groups = list(scene.spec.security_group_ids) or ([] if scene.group is None else [scene.group.id])
    if not groups:
        return
    wanted = {"SubnetIds": list(scene.network.get("SubnetIds", ())), "SecurityGroupIds": groups}
    for part, service in scene.services.items():
        present = scene.endpoint(part)
        if present is not None:
            made = None if scene.needs_group or scene.group is None else scene.group.id
            yield from mended(present, wanted, unwanted_group=made)
            continue
        parameters = {
            "VpcId": scene.seen.vpc_id,
            "ServiceName": service,
            "VpcEndpointType": "Interface",
            **wanted,
            "PrivateDnsEnabled": False,
        }
        yield created(scene.context, part, parameters, scene.seen.ours)


def _unfinished(scene: _Scene) -> tuple[str, ...]:
    endpoints = [scene.endpoint(part) for part in scene.services]
    return tuple(
        f"the endpoint {endpoint.id} to become available ({endpoint.state} now)"
        for endpoint in endpoints
        if endpoint is not None and not endpoint.available
    )
