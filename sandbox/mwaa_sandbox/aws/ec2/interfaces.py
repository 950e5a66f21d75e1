"""The network interfaces that MWAA has in a customer's subnets while an environment exists, and for a while after it.

They are moto's own, so that DescribeNetworkInterfaces shows them and what depends on them cannot be deleted.
"""

# ruff: noqa: SLF001 - moto has no public way to do it

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.moto_surroundings import MotoSurroundings
from mwaa_sandbox.aws.mwaa import identifiers
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.statuses import Status

LINGER_SECONDS = 60.0
"""AWS-time from DELETED on."""


@dataclass
class _Footprint:
    ec2: Any
    interfaces: list[Any] = field(default_factory=list)
    leaves_at: float | None = None


class Interfaces:
    """A witness of the simulation (`mwaa.simulation.Witness`)."""

    def __init__(self, clock: ScaledClock, lock: threading.RLock, surroundings: MotoSurroundings) -> None:
        self._clock = clock
        self._lock = lock
        self._surroundings = surroundings
        self._footprints: dict[str, _Footprint] = {}

    def __call__(self, before: Environment | None, after: Environment | None) -> None:
        with self._lock:
            if before is None and after is not None:
                self._footprints.pop(after.serial, None)  # from before a reset, which starts counting anew
            if after is None:
                self._leave(before, at=self._clock.now())
            elif after.status is Status.DELETED:
                self._leave(after, at=after.since + LINGER_SECONDS)
            elif after.serial not in self._footprints:
                self._enter(after)
            elif before is not None and before.settings is not after.settings:
                self._change_groups(after)

    def settle(self, now: float, present: set[str]) -> None:
        """Remove what lingers no longer. `present`: the serials of all environments; without the others' footprints are left."""
        for serial, footprint in list(self._footprints.items()):
            if footprint.leaves_at is None and serial not in present:
                footprint.leaves_at = now  # its account was reset
            if footprint.leaves_at is not None and footprint.leaves_at <= now:
                for eni in footprint.interfaces:
                    footprint.ec2.enis.pop(eni.id, None)
                del self._footprints[serial]

    def _enter(self, environment: Environment) -> None:
        network = self._surroundings.network(
            environment.settings, account=environment.account, region=environment.region
        )
        if network is None:
            return
        footprint = _Footprint(network.ec2)
        groups = [group.id for group in network.groups]
        for number, subnet in enumerate(network.subnets):
            if subnet.available_ip_address_count > 0:
                eni = network.ec2.create_network_interface(subnet, None, group_ids=groups)
                eni.requester_managed, eni.status = True, "in-use"
                eni.description = identifiers.task_attachment_arn(environment, number)
                footprint.interfaces.append(eni)
        self._footprints[environment.serial] = footprint

    def _change_groups(self, environment: Environment) -> None:
        footprint = self._footprints[environment.serial]
        wanted = environment.settings["NetworkConfiguration"]["SecurityGroupIds"]
        groups = [footprint.ec2.get_security_group_from_id(group) for group in wanted]
        for eni in footprint.interfaces:
            eni._group_set = [group for group in groups if group is not None]

    def _leave(self, environment: Environment | None, *, at: float) -> None:
        footprint = None if environment is None else self._footprints.get(environment.serial)
        if footprint is not None and footprint.leaves_at is None:
            footprint.leaves_at = at
