"""How large an environment's containers are and how many there may be, from its settings (mwaa-behaviour.md §3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mwaa_sandbox.aws.mwaa.lifecycle import Settings

TASKS_PER_WORKER = {
    "mw1.micro": 3,
    "mw1.small": 5,
    "mw1.medium": 10,
    "mw1.large": 20,
    "mw1.xlarge": 40,
    "mw1.2xlarge": 80,
}

_DATABASE_GIBIBYTES = {
    "mw1.micro": 4,
    "mw1.small": 4,
    "mw1.medium": 8,
    "mw1.large": 8,
    "mw1.xlarge": 32,
    "mw1.2xlarge": 64,
}
_AUTOSCALE = re.compile(r"\s*(\d+)\s*,\s*\d+\s*")


@dataclass(frozen=True)
class Sizes:
    """What an environment has while it runs."""

    tasks_per_worker: int
    min_workers: int
    max_workers: int
    min_webservers: int
    max_webservers: int
    schedulers: int
    database_gibibytes: int


def sizes_of(settings: Settings) -> Sizes:
    """Return the sizes that settings ask for. An unknown class counts as mw1.small."""
    environment_class = str(settings["EnvironmentClass"])
    return Sizes(
        tasks_per_worker=_tasks_per_worker(environment_class, settings),
        min_workers=int(settings["MinWorkers"]),
        max_workers=int(settings["MaxWorkers"]),
        min_webservers=int(settings["MinWebservers"]),
        max_webservers=int(settings["MaxWebservers"]),
        schedulers=int(settings["Schedulers"]),
        database_gibibytes=_DATABASE_GIBIBYTES.get(environment_class, _DATABASE_GIBIBYTES["mw1.small"]),
    )


def _tasks_per_worker(environment_class: str, settings: Settings) -> int:
    """§3.5: celery.worker_autoscale says it, celery.worker_concurrency is ignored."""
    said = _AUTOSCALE.fullmatch(str(settings["AirflowConfigurationOptions"].get("celery.worker_autoscale", "")))
    if said is not None and int(said.group(1)) > 0:
        return int(said.group(1))
    return TASKS_PER_WORKER.get(environment_class, TASKS_PER_WORKER["mw1.small"])
