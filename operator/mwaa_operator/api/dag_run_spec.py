"""What people write: one run of a DAG."""

import json
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen
from pydantic import Field, Strict, StringConstraints, field_validator

from mwaa_operator.api.model import Rule, SpecModel, rule
from mwaa_operator.api.openapi import ANY_CONTENT
from mwaa_operator.api.types import MAX_AWS_INTEGER, Flag, ObjectName

_WORD_OF_AIRFLOW = r"^[\p{L}\p{N}_.-]+$"
"""Airflow's own rule for ids of DAGs and tasks (`airflow.utils.helpers.validate_key`): word characters, dots and hyphens, at most 250."""

DagId = Annotated[str, StringConstraints(min_length=1, max_length=250, pattern=_WORD_OF_AIRFLOW)]
TaskId = Annotated[str, StringConstraints(min_length=1, max_length=250, pattern=_WORD_OF_AIRFLOW)]
XComKey = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Seconds = Annotated[int, Strict(), Ge(1), Le(MAX_AWS_INTEGER)]
SecondsOrNone = Annotated[int, Strict(), Ge(0), Le(MAX_AWS_INTEGER)]

DEEPEST_CONF = 100
"""Levels. JSON can be nested without end; what reads it cannot."""
LARGEST_CONF = 1_250_000
"""Bytes. etcd takes objects of a megabyte and a half, and the status needs some of that."""

RETURN_VALUE = "return_value"
"""Under which Airflow keeps what a task returns."""


class OnDelete(StrEnum):
    """What becomes of a run that has not ended when its object is deleted."""

    CANCEL = "Cancel"
    ORPHAN = "Orphan"


class EnvironmentRef(SpecModel):
    """A MwaaEnvironment of the same namespace."""

    name: ObjectName
    """The name of the MwaaEnvironment object, which is not always that of the environment in AWS."""


class CollectedXCom(SpecModel):
    """A value that a task leaves, to be put into the status."""

    task_id: TaskId
    """The task."""
    key: XComKey = RETURN_VALUE
    """The key of the XCom."""


def _kept(field: str, *, required: bool = False) -> Rule:
    new, old = f"self.{field}", f"oldSelf.{field}"
    same = f"{new} == {old}"
    return Rule(
        cel=same if required else f"has({new}) == has({old}) && (!has({new}) || {same})",
        message=f"{field} cannot be changed: an object is one run, and only timeoutSeconds and ttlSecondsAfterFinished can be. "
        "Create another MwaaDagRun.",
        field=field,
        reason="FieldValueForbidden",
    )


class DagRunSpec(SpecModel):
    """The run as it should be."""

    __more_rules__: ClassVar[tuple[Rule, ...]] = (
        _kept("environmentRef", required=True),
        _kept("dagId", required=True),
        _kept("conf"),
        _kept("unpause"),
        _kept("collect"),
        _kept("onDelete"),
    )

    environment_ref: EnvironmentRef
    """The environment that runs the DAG. It is waited for until it is AVAILABLE."""
    dag_id: DagId
    """The DAG to run."""
    conf: dict[str, Any] | None = Field(default=None, json_schema_extra=ANY_CONTENT, repr=False)
    """What the DAG is given (dag_run.conf, params). Whoever may read this object, or the run in Airflow, can read it: pass the name of
    a secret rather than the secret. The run gets it as it was when Airflow was first asked for the run.
    """
    unpause: Flag = False
    """Whether the DAG is unpaused first. A run of a paused DAG waits until somebody unpauses it."""
    timeout_seconds: Seconds | None = None
    """How long the run may take, in seconds from when it was triggered, its wait in Airflow's queue included. After that the run is set
    to failed in Airflow, which ends its tasks, and the object is Failed. May be changed while it runs.
    """
    collect: Annotated[tuple[CollectedXCom, ...], MaxLen(16)] = ()
    """XComs that are put into status.xcoms at the end, at most 4 KiB of each."""
    on_delete: OnDelete = OnDelete.CANCEL
    """What becomes of a run that has not ended when this object is deleted: Cancel sets it to failed in Airflow, which ends its tasks;
    Orphan leaves it alone.
    """
    ttl_seconds_after_finished: SecondsOrNone | None = None
    """After how many seconds a finished object is deleted; the run in Airflow stays. Left out: never. May be changed."""

    @field_validator("conf")
    @classmethod
    def _can_be_passed_on(cls, conf: dict[str, Any] | None) -> dict[str, Any] | None:
        """No schema of the API server's can say these things. Not recursive, for it may be nested more deeply than Python calls."""
        left: list[tuple[Any, int]] = [(conf, 1)]
        while left:
            value, depth = left.pop()
            if depth > DEEPEST_CONF:
                raise ValueError(f"conf is nested more deeply than {DEEPEST_CONF} levels. Pass it as text.")
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            left.extend((one, depth + 1) for one in inner if isinstance(one, dict | list))
        if len(json.dumps(conf, ensure_ascii=False).encode(errors="replace")) > LARGEST_CONF:
            raise ValueError(
                f"conf is larger than {LARGEST_CONF // 1000} kB, which leaves no room for the status. Pass where it is, not what."
            )
        return conf

    @rule(
        "!has(self.collect) || self.collect.all(one, self.collect.exists_one(other, one.taskId == other.taskId && "
        "(has(one.key) ? one.key : 'return_value') == (has(other.key) ? other.key : 'return_value')))",
        message="collect names an XCom twice. Remove one of the two.",
        field="collect",
    )
    def _collects_each_once(self) -> bool:
        return len({(one.task_id, one.key) for one in self.collect}) == len(self.collect)
