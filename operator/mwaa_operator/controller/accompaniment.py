"""Which companions there are, as the settings have it."""

import random
import time
from concurrent.futures import Executor
from datetime import UTC, datetime

from mwaa_operator.api.conditions import ConditionType
from mwaa_operator.aws.airflows import Airflows
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.controller.airflow_health import AirflowHealth
from mwaa_operator.controller.companions import Companion, Companions, Kick
from mwaa_operator.controller.settings import Settings
from mwaa_operator.controller.sizing import Sizing


def companions_of(
    settings: Settings,
    *,
    clients: Clients,
    airflows: Airflows,
    kick: Kick,
    executor: Executor,
    randomness: random.Random,
) -> Companions:
    """The companions that are not switched off. `kick` asks for a pass."""
    there: list[Companion] = []
    if settings.airflow_health_seconds:
        there.append(
            AirflowHealth(
                airflows,
                kick=kick,
                executor=executor,
                rest_seconds=settings.airflow_health_seconds,
                scale=settings.time_scale,
                clock=time.monotonic,
                randomness=randomness,
            )
        )
    if settings.sizing_seconds:
        there.append(
            Sizing(
                clients,
                kick=kick,
                executor=executor,
                every_seconds=settings.sizing_seconds,
                scale=settings.time_scale,
                clock=time.monotonic,
                now=lambda: datetime.now(UTC),
            )
        )
    all_kinds = {ConditionType.AIRFLOW_HEALTHY, ConditionType.WELL_SIZED}
    return Companions(there, off=frozenset(all_kinds - {one.kind for one in there}))
