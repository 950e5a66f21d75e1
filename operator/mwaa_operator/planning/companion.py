"""What is said beside a plan about an environment that runs: by those who look after it without ever changing it, or whether it is Ready.

A remark has a condition of its own and a part of the status of its own. It is kept as it was said until another one takes its place, or
the environment is no more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mwaa_operator.api.airflow_status import AirflowStatus, LoadStatus
from mwaa_operator.api.conditions import Condition, ConditionType, Reason
from mwaa_operator.api.enums import ConditionStatus, ManagementPolicy
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.planning.conditions import condition, with_conditions
from mwaa_operator.planning.observation import as_datetime
from mwaa_operator.planning.ownership import Owner
from mwaa_operator.planning.situation import Situation

_PART_OF_STATUS = {ConditionType.AIRFLOW_HEALTHY: "airflow", ConditionType.WELL_SIZED: "load"}


@dataclass(frozen=True, kw_only=True)
class Accompanied:
    """An environment that runs, as a pass has just seen it: AWS's values, not the spec's.

    `dags` and `load` are what the status says, `said` its conditions by type. `hide` takes the values of Airflow's options out of a text.
    """

    environment: str
    region: str
    version: str
    environment_class: str
    min_workers: int
    max_workers: int
    schedulers: int
    created_at: datetime | None = None
    has_triggerer: bool = True
    only_observed: bool = False
    """Nothing of AWS may be changed for it, not even a session be begun."""
    dags: int | None = None
    load: LoadStatus | None = None
    said: Mapping[str, Condition] = field(default_factory=dict)
    hide: Callable[[str], str] = field(default=str, repr=False)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What one of them has to say. `status` None is Unknown. `again`: seconds of AWS's time until its next look."""

    kind: ConditionType
    status: bool | None
    reason: Reason
    message: str
    again: float
    airflow: AirflowStatus | None = None
    load: LoadStatus | None = None

    def is_news(self, said: Mapping[str, Condition]) -> bool:
        """Whether people should hear of it before the next pass. A message alone is no news: numbers in it change all the time."""
        known = said.get(self.kind)
        return known is None or (known.status, known.reason) != (_STATUS[self.status], self.reason)


@dataclass(frozen=True)
class Remarks:
    """What there is to say. Of the types in `none`, nothing is to stand in the status any more."""

    said: tuple[Remark, ...] = ()
    none: frozenset[ConditionType] = frozenset()


_STATUS = {True: ConditionStatus.TRUE, False: ConditionStatus.FALSE, None: ConditionStatus.UNKNOWN}


def accompanied(situation: Situation, *, region: str, hide: Callable[[str], str]) -> Accompanied | None:
    """The environment, if it is one to look after: it is AVAILABLE, and ours or to be observed."""
    environment = situation.environment
    if environment is None or environment.status != "AVAILABLE" or situation.deleting:
        return None
    if situation.owner is not Owner.US and situation.spec.policies.management is not ManagementPolicy.OBSERVE:
        return None
    document = environment.document
    options = document.get("AirflowConfigurationOptions") or {}
    airflow = situation.status.airflow
    return Accompanied(
        environment=situation.desired.name,
        region=region,
        version=str(document.get("AirflowVersion", "")),
        environment_class=str(document.get("EnvironmentClass", "")),
        min_workers=int(document.get("MinWorkers") or 1),
        max_workers=int(document.get("MaxWorkers") or 1),
        schedulers=int(document.get("Schedulers") or 1),
        created_at=as_datetime(document.get("CreatedAt")),
        only_observed=situation.spec.policies.management is ManagementPolicy.OBSERVE,
        has_triggerer=str(options.get("mwaa.triggerer_enabled", "True")).lower() != "false",
        dags=None if airflow is None else airflow.dags,
        load=situation.status.load,
        said={known.type: known for known in situation.status.conditions},
        hide=hide,
    )


def remarked(status: EnvironmentStatus, remarks: Remarks, *, generation: int, now: datetime) -> EnvironmentStatus:
    """A status with what there is to say beside the plan."""
    conditions = with_conditions(
        status.conditions,
        [
            condition(one.kind, one.status, reason=one.reason, message=one.message, generation=generation, now=now)
            for one in remarks.said
        ],
        removed=remarks.none,
    )
    parts: dict[str, object] = {_PART_OF_STATUS[kind]: None for kind in remarks.none}
    for one in remarks.said:
        part = _PART_OF_STATUS[one.kind]
        parts[part] = getattr(one, part)
    return status.model_copy(update={"conditions": conditions, **parts})
