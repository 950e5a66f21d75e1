"""The service of one account in one Region: its environments, and what each operation does to them.

Holds state and applies the pure parts (`settings`, `rules`, `operations`, `lifecycle`); knows nothing of HTTP. Callers
hold the lock of `MwaaBackends`.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mwaa_sandbox.airflow.seam import AirflowUser
from mwaa_sandbox.aws.mwaa import identifiers, messages, operations, rules, settings, web_access
from mwaa_sandbox.aws.mwaa.errors import ResourceNotFoundError, ValidationError
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, LastUpdate, Settings, UpdateError, begin, history
from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.simulation import Simulation
from mwaa_sandbox.aws.mwaa.statuses import OperationKind, Status, UpdateStatus

PAGE_SIZE = 25
MAINTENANCE_SOURCE = "MAINTENANCE"
"""`LastUpdate.Source` of a maintenance. The model says that it names internal processes; the values are unknown (§12.4)."""

# §2, operations by status. An update in MAINTENANCE is accepted, a second one is not (strict: unknown).
_BUSY = frozenset({Status.CREATING, Status.UPDATING, Status.DELETING, Status.CREATING_SNAPSHOT, Status.ROLLING_BACK})
_NOT_UPDATABLE = frozenset({Status.CREATE_FAILED, Status.UNAVAILABLE, Status.DELETED})


class MwaaBackend:
    """Amazon MWAA of one account in one Region. Every method raises the modelled errors of its operation."""

    def __init__(self, account: str, region: str, simulation: Simulation) -> None:
        self.account = account
        self.region = region
        self.environments: dict[str, Environment] = {}
        self._simulation = simulation
        self._operations_of: Counter[str] = Counter()

    # ---- operations of the service ----

    def create_environment(self, request: Mapping[str, Any]) -> str:
        """CreateEnvironment: return the ARN."""
        name = request["Name"]
        wanted = settings.initial(request)
        tags = request.get("Tags", {})
        rules.check_new(wanted)
        rules.check_settings(wanted)
        rules.check_tags(tags)
        if self.find(name) is not None:
            raise ValidationError(messages.already_exists(name))
        quota = self._simulation.environments_quota
        if sum(one.status is not Status.DELETED for one in self.present()) >= quota:
            raise ValidationError(messages.quota_exceeded(quota))
        self._judge(wanted)
        script = self._script(OperationKind.CREATE, name)
        rng = self._rng(name)
        operation = operations.plan_create(wanted, script=script, durations=self._simulation.durations, rng=rng)
        environment = Environment(
            name=name,
            account=self.account,
            region=self.region,
            serial=self._serial(name),
            created_at=self._simulation.clock.wall(),
            settings=wanted,
            tags=dict(tags),
            status=Status.CREATING,
            since=self._simulation.clock.now(),
        )
        self._store(begun := begin(environment, operation, at=environment.since))
        self._tell(None, begun)
        return self.arn(name)

    def get_environment(self, name: str) -> Environment:
        """GetEnvironment: DELETED is still found, until the tombstone is gone (§2)."""
        environment = self.find(name)
        if environment is None:
            raise ResourceNotFoundError(messages.not_found(name))
        return environment

    def list_environments(self, *, limit: int | None, token: str | None) -> tuple[list[str], str | None]:
        """ListEnvironments: names in order, and the token of the next page. A tombstone is listed (unknown, §12.3)."""
        names = sorted(one.name for one in self.present())
        after = _decoded_token(token) if token else ""
        rest = [name for name in names if name > after]
        page = rest[: limit or PAGE_SIZE]
        return page, _encoded_token(page[-1]) if len(rest) > len(page) else None

    def update_environment(self, request: Mapping[str, Any]) -> str:
        """UpdateEnvironment: return the ARN. The settings change when the update has succeeded."""
        environment = self.get_environment(request["Name"])
        self._refuse_update_while_busy(environment)
        rules.check_change(environment.settings, request, region=self.region)
        wanted = settings.patched(environment.settings, request)
        rules.check_settings(wanted)
        self._judge(wanted)
        in_maintenance = environment.status is Status.MAINTENANCE
        strategy = request.get("WorkerReplacementStrategy", "FORCED")
        if in_maintenance:
            strategy = "FORCED"  # §2: "strategy is switched GRACEFUL -> FORCED"
        operation = operations.plan_update(
            environment.settings,
            wanted,
            graceful=strategy == "GRACEFUL",
            script=self._script(OperationKind.UPDATE, environment.name),
            durations=self._simulation.durations,
            rng=self._rng(environment.name),
        )
        update = LastUpdate(UpdateStatus.PENDING, self._simulation.clock.wall(), worker_replacement_strategy=strategy)
        environment = dataclasses.replace(environment, last_update=update)
        if in_maintenance:
            self._store(dataclasses.replace(environment, queued=operation))
        else:
            self._store(begin(environment, operation, at=self._simulation.clock.now()))
        return self.arn(environment.name)

    def delete_environment(self, name: str) -> None:
        """DeleteEnvironment. In PENDING it is accepted (§2: "probably yes"), in MAINTENANCE not (unknown: strict)."""
        environment = self.get_environment(name)
        if environment.status is Status.DELETED:
            raise ValidationError(messages.cannot_be_deleted(environment.status))
        if environment.status in _BUSY or environment.status is Status.MAINTENANCE:
            raise ValidationError(messages.busy(environment.status))
        script = self._script(OperationKind.DELETE, name)
        operation = operations.plan_delete(script=script, durations=self._simulation.durations, rng=self._rng(name))
        self._store(begin(environment, operation, at=self._simulation.clock.now()))

    def tag_resource(self, arn: str, tags: Mapping[str, str]) -> None:
        """TagResource: adds and overwrites."""
        environment = self._by_arn(arn)
        merged = {**environment.tags, **tags}
        rules.check_tags(merged)
        self._store(dataclasses.replace(environment, tags=merged))

    def untag_resource(self, arn: str, keys: list[str]) -> None:
        """UntagResource: keys that are not there do no harm."""
        environment = self._by_arn(arn)
        kept = {key: value for key, value in environment.tags.items() if key not in keys}
        self._store(dataclasses.replace(environment, tags=kept))

    def list_tags(self, arn: str) -> dict[str, str]:
        """ListTagsForResource."""
        return dict(self._by_arn(arn).tags)

    def create_token(self, name: str, *, kind: str, user: AirflowUser) -> tuple[str, str]:
        """CreateCliToken and CreateWebLoginToken: return the token and the web server's host name."""
        environment = self.get_environment(name)
        if not web_access.is_up(environment):
            raise ResourceNotFoundError(messages.no_webserver(environment.status))
        token = self._simulation.logins.token(kind, environment, user, now=self._simulation.clock.now())
        return token, identifiers.webserver_host(environment)

    # ---- what happens to environments from outside ----

    def start_maintenance(self, name: str, *, seconds: float | None = None) -> None:
        """Begin a maintenance: only an AVAILABLE environment goes into one (§2)."""
        environment = self.get_environment(name)
        if environment.status is not Status.AVAILABLE:
            raise ValidationError(
                f"only an AVAILABLE environment goes into MAINTENANCE, {name} is {environment.status}"
            )
        operation = operations.plan_maintenance(
            script=Script(seconds=seconds), durations=self._simulation.durations, rng=self._rng(name)
        )
        # The model's text on MAINTENANCE: workers are replaced with the GRACEFUL strategy.
        update = LastUpdate(
            UpdateStatus.PENDING,
            self._simulation.clock.wall(),
            source=MAINTENANCE_SOURCE,
            worker_replacement_strategy="GRACEFUL",
        )
        environment = dataclasses.replace(environment, last_update=update)
        self._store(begin(environment, operation, at=self._simulation.clock.now()))

    def replace(self, environment: Environment) -> None:
        """Put an environment in place as it is, whatever the rules say."""
        self._tell(self.environments.get(environment.name), environment)
        self.environments[environment.name] = environment

    def remove(self, name: str) -> None:
        """Make an environment vanish at once."""
        self._tell(self.get_environment(name), None)
        del self.environments[name]

    # ---- helpers ----

    def arn(self, name: str) -> str:
        return identifiers.environment_arn(self.account, self.region, name)

    def present(self) -> Iterator[Environment]:
        """Yield the environments as they are now."""
        for name in list(self.environments):
            environment = self.find(name)
            if environment is not None:
                yield environment

    def find(self, name: str) -> Environment | None:
        """Return an environment as it is now, or None."""
        environment = self.environments.get(name)
        if environment is None:
            return None
        latest: Environment | None = environment
        for state in history(
            environment,
            now=self._simulation.clock.now(),
            endpoints_ready=self._simulation.surroundings.endpoints_exist,
            failure=self._failure,
        ):
            self._tell(latest, state)
            latest = state
        if latest is None:
            del self.environments[name]
        elif latest is not environment:
            self._store(latest)
        return latest

    def _store(self, environment: Environment) -> None:
        self.environments[environment.name] = environment
        if environment.operation is None or environment.operation.kind is OperationKind.CREATE:
            self._simulation.surroundings.ensure_log_groups(environment)

    def _tell(self, before: Environment | None, after: Environment | None) -> None:
        for witness in self._simulation.witnesses:
            witness(before, after)

    def _refuse_update_while_busy(self, environment: Environment) -> None:
        status = environment.status
        if status in _NOT_UPDATABLE:
            raise ValidationError(messages.cannot_be_updated(status))
        if status in _BUSY or status is Status.PENDING or environment.queued is not None:
            raise ValidationError(messages.busy(status))

    def _judge(self, wanted: Settings) -> None:
        self._simulation.surroundings.judge(
            wanted,
            account=self.account,
            region=self.region,
            role_age_needed=self._simulation.role_propagation_seconds,
        )

    def _script(self, kind: OperationKind, name: str) -> Script:
        return self._simulation.scripts.take(kind, self.account, self.region, name)

    def _failure(self, environment: Environment, wanted: Settings) -> UpdateError | None:
        return self._simulation.surroundings.failure_to_come(wanted, environment=environment)

    def _rng(self, name: str) -> random.Random:
        """Return the chance for one operation: it depends on what is asked, not on which thread came first."""
        self._operations_of[name] += 1
        return random.Random(self._serial(name))

    def _serial(self, name: str) -> str:
        return f"{self._simulation.seed}/{self.account}/{self.region}/{name}/{self._operations_of[name]}"

    def _by_arn(self, arn: str) -> Environment:
        name = arn.rpartition(":environment/")[2]
        if arn != self.arn(name) or (environment := self.find(name)) is None or environment.status is Status.DELETED:
            raise ResourceNotFoundError(messages.resource_not_found(arn))
        return environment


def _encoded_token(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _decoded_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValidationError(messages.bad_next_token()) from None
