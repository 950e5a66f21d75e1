"""Stands between callers and moto: looks at a call before moto does, and at what moto made of it."""

# ruff: noqa: SLF001 - moto has no public way to do it

from __future__ import annotations

import re
import threading
from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.ec2.answers import Refusal
from mwaa_sandbox.aws.ec2.dependencies import violation
from mwaa_sandbox.aws.ec2.interfaces import Interfaces
from mwaa_sandbox.aws.ec2.slow import SlowThings
from mwaa_sandbox.aws.ec2.tokens import ClientTokens
from mwaa_sandbox.aws.judging.network import security_groups_of, subnets_of
from mwaa_sandbox.aws.logs.writer import LogWriter
from mwaa_sandbox.aws.moto_surroundings import MotoSurroundings
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.view import endpoint_services

# What environments are judged by. They are brought up to date before it changes, so that one which was complete by then
# is not judged by what came later, and before what they leave in it is read.
_LOOKED_AT = frozenset({"ec2", "logs", "iam", "kms", "s3"})
_WITH_TRACES = frozenset({"ec2", "logs"})
_READS = ("Describe", "Get", "List", "Head", "Filter")
_OF_AN_ENVIRONMENT = re.compile(r"(?:cn\.)?com\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-.*")


class Front:
    """What comes before moto and after it, for the services that environments live in."""

    def __init__(
        self, clock: ScaledClock, lock: threading.RLock, backends: MwaaBackends, surroundings: MotoSurroundings
    ) -> None:
        self._clock = clock
        self._lock = lock
        self._backends = backends
        self._surroundings = surroundings
        self._slow = SlowThings()
        self._tokens = ClientTokens()
        self._interfaces = Interfaces(clock, lock, surroundings)
        backends.simulation.witnesses += (self._interfaces, LogWriter(clock, lock, surroundings))

    def catch_up(self, call: Call) -> None:
        """Bring the account's environments up to date. Not under moto's lock: MWAA's own comes first, always."""
        if call.service not in _LOOKED_AT:
            return
        if call.service not in _WITH_TRACES and call.operation.startswith(_READS):
            return
        with self._backends.lock:
            for backend in self._backends.all():
                if backend.account == call.account:
                    for _ in backend.present():
                        pass
            serials = {one.serial for backend in self._backends.all() for one in backend.environments.values()}
        if call.service == "ec2":
            with self._lock:
                self._interfaces.settle(self._clock.now(), serials)

    def refusal(self, call: Call) -> Answer | None:
        """Return the answer to a call that moto would carry out and AWS would not, or not once more. Under moto's lock."""
        if call.service != "ec2":
            return None
        self._slow.settle(self._clock.now())
        repeated = self._tokens.answer(call)
        if repeated is not None:
            return repeated
        ec2 = self._ec2(call)
        refused = (
            violation(ec2, call.operation, call.parameters)
            or self._unknown_service(call)
            or _unknown_addition(ec2, call)
        )
        return None if refused is None else refused.answer()

    def before(self, call: Call) -> Any:
        """Return what has to be remembered for `after`. Under moto's lock."""
        if call.operation != "DeleteVpcEndpoints" or call.service != "ec2":
            return None
        ec2 = self._ec2(call)
        named = [value for name, value in call.parameters.items() if name.startswith("VpcEndpointId")]
        endpoints = [ec2.vpc_end_points[one] for one in named if one in ec2.vpc_end_points]
        return [
            (endpoint, [ec2.enis[eni] for eni in endpoint.network_interface_ids if eni in ec2.enis])
            for endpoint in endpoints
        ]

    def after(self, call: Call, remembered: Any, content: bytes) -> bytes:
        """Make moto's state, and its answer to a call that it carried out, what they would be in AWS. Under moto's lock."""
        if call.service != "ec2":
            return content
        ec2, now = self._ec2(call), self._clock.now()
        if call.operation == "CreateNatGateway" and (found := re.search(rb"<natGatewayId>(nat-\w+)<", content)):
            self._slow.nat_created(ec2, found[1].decode(), now=now)
            # Padded: the length stands in the headers already.
            return content.replace(b"<state>available</state>", b"<state>pending</state>  ")
        if call.operation == "DeleteNatGateway":
            self._slow.nat_deleted(ec2, call.parameters["NatGatewayId"], now=now)
        elif call.operation == "CreateVpcEndpoint" and (found := re.search(rb"<vpcEndpointId>(vpce-\w+)<", content)):
            self._slow.endpoint_created(ec2, ec2.vpc_end_points[found[1].decode()])
        elif call.operation == "ModifyVpcEndpoint":
            endpoint = ec2.vpc_end_points[call.parameters["VpcEndpointId"]]
            self._slow.endpoint_modified(ec2, endpoint, private_dns=call.parameters.get("PrivateDnsEnabled"))
        elif call.operation == "DeleteVpcEndpoints":
            for endpoint, interfaces in remembered:
                self._slow.endpoint_deleted(ec2, endpoint, interfaces, now=now)
        elif call.operation == "DeleteSubnet":
            _forget_associations(ec2, call.parameters["SubnetId"])
        elif call.operation == "DeleteVpc":
            _forget_acls(ec2, call.parameters["VpcId"])
        return content

    def carried_out(self, call: Call, answer: Answer) -> None:
        """Remember what a call that moto carried out was answered. Under moto's lock."""
        self._tokens.keep(call, answer)

    def _unknown_service(self, call: Call) -> Refusal | None:
        """§5: "The Vpc Endpoint Service '...' does not exist", for all but the accounts that an environment serves."""
        service = str(call.parameters.get("ServiceName", ""))
        if call.operation != "CreateVpcEndpoint" or not _OF_AN_ENVIRONMENT.fullmatch(service):
            return None
        for backend in self._backends.all():
            for environment in list(backend.environments.values()) if backend.region == call.region else []:
                if service in endpoint_services(environment) and call.account in self._served(environment):
                    return None
        return Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")

    def _served(self, environment: Environment) -> set[str]:
        """Return the accounts that see an environment's endpoint services: its own, and the owner of a shared VPC."""
        account = environment.account
        network = self._surroundings.network(environment.settings, account=account, region=environment.region)
        return {account} if network is None else {account, network.ec2.account_id}

    def _ec2(self, call: Call) -> Any:
        return get_backend("ec2")[call.account][call.region]


def _unknown_addition(ec2: Any, call: Call) -> Refusal | None:
    """What moto adds to an endpoint without looking whether it is there."""
    if call.operation != "ModifyVpcEndpoint":
        return None
    subnets, groups = subnets_of(ec2), security_groups_of(ec2)
    for name, value in call.parameters.items():
        if name.startswith("AddSubnetId") and value not in subnets:
            return Refusal("InvalidSubnetID.NotFound", f"The subnet ID '{value}' does not exist")
        if name.startswith("AddSecurityGroupId") and value not in groups:
            return Refusal("InvalidGroup.NotFound", f"The security group '{value}' does not exist")
    return None


def _forget_associations(ec2: Any, subnet_id: str) -> None:
    """AWS ends a subnet's associations with it; moto keeps them, and then will not delete the route table."""
    for table in ec2.route_tables.values():
        for association in [key for key, subnet in table._associations.items() if subnet == subnet_id]:
            del table._associations[association]
    for acl in ec2.network_acls.values():
        for association in [key for key, one in acl._associations.items() if one.subnet_id == subnet_id]:
            del acl._associations[association]


def _forget_acls(ec2: Any, vpc_id: str) -> None:
    for acl in [acl_id for acl_id, acl in ec2.network_acls.items() if acl.vpc_id == vpc_id]:
        del ec2.network_acls[acl]
