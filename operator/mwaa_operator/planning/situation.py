"""All that a decision about one object rests on, gathered before it is made."""

from dataclasses import dataclass, field
from functools import cached_property

from mwaa_operator.api.enums import OperationOutcome
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus, LastApplied, LastOperation, LikelyCause
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.desired import Desired
from mwaa_operator.planning.diff import Remembered
from mwaa_operator.planning.fingerprint import FingerprintKey
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.observation import AwsEnvironment, Observation
from mwaa_operator.planning.operation import settled
from mwaa_operator.planning.ownership import Identity, Owner, owner_of
from mwaa_operator.planning.parts.foundation import Foundation


@dataclass(frozen=True, kw_only=True)
class Situation:
    """An object, what was seen in AWS, and the moment.

    `status` is what the object remembers. `retry` says that somebody asked for another try since the last pass, and `request` in which
    words, `approved_plan` is the hash of the plan that somebody agreed to.
    """

    identity: Identity
    spec: EnvironmentSpec
    generation: int
    deleting: bool
    retry: bool
    approved_plan: str | None
    status: EnvironmentStatus
    desired: Desired
    observation: Observation
    key: FingerprintKey
    at: Moment
    foundation: Foundation = field(default_factory=Foundation)
    request: str | None = None
    known_causes: tuple[LikelyCause, ...] = ()
    """Why the last operation that failed probably did so."""

    @property
    def environment(self) -> AwsEnvironment | None:
        """What there is in AWS; a tombstone is nothing."""
        return self.observation.environment if self.observation.exists else None

    @cached_property
    def desired_hash(self) -> str:
        """Names the desired state. Tags are left out: they are set apart from updates."""
        return self.key.fingerprint(self.desired.fields)

    @cached_property
    def tags_hash(self) -> str:
        return self.key.fingerprint(self.desired.tags)

    @cached_property
    def options_hash(self) -> str | None:
        return None if self.desired.options is None else self.key.fingerprint(self.desired.options)

    @cached_property
    def operation(self) -> LastOperation | None:
        """The last operation, with its outcome as far as AWS shows it."""
        if self.status.last_operation is None:
            return None
        ours = self.environment is not None and owner_of(self.environment.tags, self.identity) is Owner.US
        return settled(self.status.last_operation, self.environment, ours=ours, at=self.at)

    @property
    def has_just_failed(self) -> bool:
        """Whether it is now that an operation is seen to have failed."""
        before = self.status.last_operation
        return before is not None and before.outcome is None and self._failed

    @property
    def causes(self) -> tuple[LikelyCause, ...]:
        """Why the last operation probably failed; nothing of one that did not."""
        return self.known_causes if self._failed else ()

    @property
    def _failed(self) -> bool:
        return self.operation is not None and self.operation.outcome is OperationOutcome.FAILED

    @property
    def create_is_held_up(self) -> bool:
        """Whether the environment will be created by itself once what it stands on is there: a request is kept until then."""
        holdup = self.foundation.holdup
        return self.environment is None and holdup is not None and holdup.standing is Standing.PROGRESSING

    def repeats(self, operation: LastOperation) -> bool:
        """Whether an operation is another try of one that AWS has answered with no."""
        before = self.status.last_operation
        return (
            before is not None
            and before.error is not None
            and before.accepted_at is None
            and (before.kind, before.hash) == (operation.kind, operation.hash)
        )

    def wished_by(self, operation: LastOperation) -> bool:
        """Whether an operation was for the desired state of now. Without the key of its hash, its generation decides."""
        if self.key.made(operation.hash):
            return operation.hash == self.desired_hash
        return operation.generation == self.generation

    @property
    def owner(self) -> Owner:
        """Whose the environment is. One whose tags somebody removed is still ours if the status knows this very environment."""
        if self.environment is None:
            return Owner.US
        owner = owner_of(self.environment.tags, self.identity)
        # Only what was once in agreement counts: an environment that was merely seen is in the status as well.
        known = self.agreed.created_at is not None
        return Owner.US if owner is Owner.NOBODY and known else owner

    @property
    def agreed(self) -> LastApplied:
        """What is remembered of this very environment. What was applied to another one of its name says nothing about it."""
        applied = self.status.last_applied or LastApplied()
        another = (
            self.environment is not None
            and applied.created_at is not None
            and applied.created_at != self.environment.created_at
        )
        return LastApplied() if another else applied

    @property
    def applied(self) -> LastApplied:
        """What is known to have been applied, an operation that has just succeeded included."""
        applied = self.agreed
        operation = self._just_succeeded
        if operation is None or operation.accepted_at is None:
            # Where no answer was heard, what succeeded may have been somebody else's. If nothing differs, that is remembered next.
            return applied
        return applied.model_copy(
            update={"options_hash": operation.options_hash, "hash": operation.hash, "generation": operation.generation}
        )

    @property
    def remembered(self) -> Remembered:
        applied, operation = self.applied, self._just_succeeded
        # Masked values show no difference: of these an operation of which no answer was heard is taken at its word.
        sent = operation.options_hash if operation is not None and not operation.contested else applied.options_hash
        comparable = self.options_hash is not None and self.key.made(sent)
        return Remembered(
            fields=frozenset(applied.fields),
            tag_keys=frozenset(applied.tag_keys),
            options_current=sent == self.options_hash if comparable else None,
        )

    @property
    def _just_succeeded(self) -> LastOperation | None:
        """The last operation, if it is now that it is seen to have succeeded. Later, what was in agreement since has been remembered."""
        operation, before = self.operation, self.status.last_operation
        if before is None or before.outcome is not None or operation is None:
            return None
        return operation if operation.outcome is OperationOutcome.SUCCEEDED else None
