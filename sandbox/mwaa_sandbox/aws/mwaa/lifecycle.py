"""The state machine of an environment: pure data in, pure data out.

Why lazily: an environment's state is worked out from the clock whenever somebody asks. Nothing runs in the background,
so that ten thousand idle environments cost nothing and a test can move time as it likes. This module has no clock, no
randomness and no I/O, and does not know how long things take (`operations.py`) nor what the members of an environment
mean (`settings.py`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Status, UpdateStatus

Settings = Mapping[str, Any]
"""Members of GetEnvironment that a caller chooses, by AWS's names."""

PENDING_LIMIT_SECONDS = 72 * 3600.0
"""How long AWS waits for a customer's VPC endpoints (§2: "no action in 72 h -> CREATE_FAILED")."""


@dataclass(frozen=True)
class UpdateError:
    """`LastUpdate.Error`. The one code ever seen is INCORRECT_CONFIGURATION (§1.3)."""

    code: str
    message: str


@dataclass(frozen=True)
class LastUpdate:
    """`LastUpdate` of GetEnvironment (§2). `created_at` is the moment of the call, in seconds of the caller's clock."""

    status: UpdateStatus
    created_at: float
    error: UpdateError | None = None
    source: str | None = None
    worker_replacement_strategy: str | None = None


@dataclass(frozen=True)
class Stage:
    """A status that lasts. `seconds` is AWS-time; infinite means that it never ends by itself.

    A stage that `awaits_endpoints` ends well as soon as the customer's VPC endpoints exist, and fails the operation
    when its time is over (§2, create with CUSTOMER endpoints).
    """

    status: Status
    seconds: float
    awaits_endpoints: bool = False


@dataclass(frozen=True)
class Ending:
    """What an operation leaves behind. `status` None: the environment is gone, GetEnvironment answers 404."""

    status: Status | None
    error: UpdateError | None = None


@dataclass(frozen=True)
class Relapse:
    """How an operation fails at the end of its last stage: further stages (a roll back), and the status after them."""

    stages: tuple[Stage, ...]
    status: Status


@dataclass(frozen=True)
class Operation:
    """Something an environment is busy with: the stages to go through (the first is the present one), and the end."""

    kind: OperationKind
    stages: tuple[Stage, ...]
    ending: Ending
    settings: Settings | None = None
    """What the environment will be like if it ends well."""
    if_never_ready: Ending | None = None
    """The ending when a stage that awaits endpoints runs out of time."""
    if_flawed: Relapse | None = None
    """What follows the last stage, in place of the ending, when the surroundings turn out to be flawed at its end."""


@dataclass(frozen=True)
class Environment:
    """One environment at one moment. Times are AWS-time except `created_at` and those of `last_update`."""

    name: str
    account: str
    region: str
    serial: str
    """Distinguishes environments that had the same name one after the other; addresses are made from it."""
    created_at: float
    settings: Settings
    tags: Mapping[str, str]
    status: Status
    since: float
    operation: Operation | None = None
    queued: Operation | None = None
    """An update accepted during MAINTENANCE, to be run after it (§2, operations by status)."""
    last_update: LastUpdate | None = None
    has_network: bool = False
    """Whether the queue and the endpoint services exist yet."""
    has_webserver: bool = False
    """Whether the web server was ever up, so that it has an address."""


EndpointsProbe = Callable[[Environment], bool]
FailureProbe = Callable[[Environment, Settings], UpdateError | None]
"""Tells why an environment cannot come up with these settings as things are now, or None.

Asked at the end of an operation and not at its start: AWS looks while it builds, so mending things meanwhile helps.
"""


def begin(environment: Environment, operation: Operation, *, at: float) -> Environment:
    """Return the environment at the start of `operation`."""
    return dataclasses.replace(environment, operation=operation, status=operation.stages[0].status, since=at)


def history(
    environment: Environment, *, now: float, endpoints_ready: EndpointsProbe, failure: FailureProbe
) -> Iterator[Environment | None]:
    """Yield every state that follows `environment` up to the AWS-time `now`, in order. None: it is gone."""
    present: Environment | None = environment
    while present is not None:
        following = _following(present, now=now, endpoints_ready=endpoints_ready, failure=failure)
        if following is present:
            return
        yield following
        present = following


def _following(
    environment: Environment, *, now: float, endpoints_ready: EndpointsProbe, failure: FailureProbe
) -> Environment | None:
    operation = environment.operation
    if operation is None:
        return environment
    stage = operation.stages[0]
    ends_at = environment.since + stage.seconds
    if stage.awaits_endpoints:
        if now >= ends_at:
            return _end(environment, operation, operation.if_never_ready or operation.ending, at=ends_at)
        if not endpoints_ready(environment):
            return environment
        ends_at = now  # AWS notices when it looks; so do we
    elif now < ends_at:
        return environment
    if len(operation.stages) == 1:
        return _last_stage_over(environment, operation, failure, at=ends_at)
    rest = dataclasses.replace(operation, stages=operation.stages[1:])
    entered = begin(environment, rest, at=ends_at)
    # §5, CUSTOMER mode: in PENDING the caller reads the two endpoint services from GetEnvironment.
    return dataclasses.replace(entered, has_network=entered.has_network or entered.status is Status.PENDING)


def _last_stage_over(
    environment: Environment, operation: Operation, failure: FailureProbe, *, at: float
) -> Environment | None:
    relapse = operation.if_flawed
    error = None if relapse is None else failure(environment, operation.settings or environment.settings)
    if relapse is None or error is None:
        return _end(environment, operation, operation.ending, at=at)
    ending = Ending(relapse.status, error)
    if not relapse.stages:
        return _end(environment, operation, ending, at=at)
    return begin(environment, Operation(operation.kind, relapse.stages, ending), at=at)


def _end(environment: Environment, operation: Operation, ending: Ending, *, at: float) -> Environment | None:
    if ending.status is None:
        return None
    succeeded = ending.error is None
    ended = dataclasses.replace(
        environment,
        status=ending.status,
        since=at,
        operation=None,
        settings=operation.settings if succeeded and operation.settings is not None else environment.settings,
        last_update=_closed(environment, operation, ending),
        has_network=environment.has_network or ending.status is Status.AVAILABLE,
        has_webserver=environment.has_webserver or ending.status is Status.AVAILABLE,
    )
    if operation.kind is OperationKind.MAINTENANCE and environment.queued is not None:
        return begin(dataclasses.replace(ended, queued=None), environment.queued, at=at)
    return ended


def _closed(environment: Environment, operation: Operation, ending: Ending) -> LastUpdate | None:
    """Return LastUpdate at the end of an operation (§2: it is also filled for a failed create)."""
    update = environment.last_update
    if operation.kind is OperationKind.CREATE:
        if ending.error is None:
            return None  # §12.4: what a good create leaves there is unknown; nothing is the least to rely on
        return LastUpdate(UpdateStatus.FAILED, environment.created_at, ending.error)
    if update is None or (operation.kind is OperationKind.MAINTENANCE and environment.queued is not None):
        return update  # the queued update has taken LastUpdate over
    status = UpdateStatus.SUCCESS if ending.error is None else UpdateStatus.FAILED
    return dataclasses.replace(update, status=status, error=ending.error)


FOREVER = math.inf
"""Seconds of a stage that never ends by itself."""
