"""The variables that an Airflow of MWAA runs with, and which of them win (mwaa-behaviour.md §3.5).

"Precedence: MWAA essential > protected MWAA__*/reserved env > AirflowConfigurationOptions > startup-script exports > MWAA
defaults". Pure: data in, data out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mwaa_sandbox.airflow.real.database import Database
from mwaa_sandbox.airflow.seam import Role
from mwaa_sandbox.aws.fleet.sizes import sizes_of
from mwaa_sandbox.aws.mwaa.lifecycle import Settings

Variables = dict[str, str]

_MOST_AT_ONCE = 32
"""The executor of Airflow 3 has as many processes waiting for tasks as there may be at once."""

_PATIENCE = {
    "core.dagbag_import_timeout": "120",
    "scheduler.scheduler_health_check_threshold": "120",
    "triggerer.triggerer_health_check_threshold": "120",
}
_PATIENCE_2 = {
    "core.dag_file_processor_timeout": "240",
    "webserver.web_server_master_timeout": "600",
    "webserver.web_server_worker_timeout": "600",
}
_PATIENCE_3 = {
    "dag_processor.dag_file_processor_timeout": "240",
    "dag_processor.health_check_threshold": "120",
    "workers.execution_api_timeout": "60",
}
"""Seconds that parts wait for one another before they take them for dead: four times what they are in Airflow, or more. One machine
does here what several do in AWS, and may have much else to do."""

_RESERVED = frozenset(
    {
        "AIRFLOW_HOME",
        "AIRFLOW__API__BASE_URL",
        "AIRFLOW__WEBSERVER__BASE_URL",
        "AIRFLOW_CONN_AWS_DEFAULT",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "HOME",
        "PATH",
        "PWD",
        "PYTHONPATH",
        "SHLVL",
        "_",
    }
)
"""Names that a startup script exports in vain. §3.5 quotes some; the user guide's list is longer."""

_OWN = frozenset(
    {
        "AIRFLOW__API_AUTH__JWT_AUDIENCE",
        "AIRFLOW__API_AUTH__JWT_EXPIRATION_TIME",
        "AIRFLOW__API_AUTH__JWT_PRIVATE_KEY_PATH",
        "AIRFLOW__CORE__AUTH_MANAGER",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
        "AIRFLOW__EXECUTION_API__JWT_EXPIRATION_TIME",
        "AIRFLOW__FAB__CONFIG_FILE",
        "AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS",
        "AIRFLOW__OPERATORS__DEFAULT_QUEUE",
        "AIRFLOW__SCHEDULER__STANDALONE_DAG_PROCESSOR",
        "AIRFLOW__WEBSERVER__COOKIE_SECURE",
    }
)
_OWN_PREFIXES = ("AIRFLOW__METRICS__", "MWAA__")
"""What MWAA says itself, whatever options and scripts say (§3.5), beside what this module does: here Airflow's defaults are right."""

_LOOKING_SECONDS = 30.0
"""How often Airflow looks for new and changed files, in AWS-time: as often as they come from the bucket."""

_READING_SECONDS = 30
"""How often it reads again what has not changed, in real time, which is Airflow's default: reading takes real work."""


@dataclass(frozen=True)
class Place:
    """Where an Airflow is on this machine, where its metadata is, and how fast its AWS-time goes."""

    home: Path
    port: int
    secret: str
    time_scale: float
    database: Database


def variables(settings: Settings, place: Place, exported: Mapping[str, str]) -> Variables:
    """Return the variables of an environment with these settings, of which a startup script has exported some."""
    is_2 = str(settings["AirflowVersion"]).startswith("2.")
    options: Mapping[str, str] = settings["AirflowConfigurationOptions"]
    wanted = {name: value for key, value in options.items() if not _is_mwaas_own(name := _variable(key))}
    allowed = {name: value for name, value in exported.items() if not _is_mwaas_own(name)}
    essential = _essential_2(place) if is_2 else _essential_3(place)
    return {**_defaults(settings, place, is_2=is_2), **allowed, **wanted, **_essential(place), **essential}


def tasks_at_once(settings: Settings) -> int:
    """Return how many tasks run at once: what the most workers have room for, as far as one machine has it, too."""
    sizes = sizes_of(settings)
    return min(sizes.tasks_per_worker * sizes.max_workers, _MOST_AT_ONCE)


def _is_mwaas_own(name: str) -> bool:
    return name in _RESERVED | _OWN or name.startswith(_OWN_PREFIXES)


def _variable(key: str) -> str:
    section, _, name = key.partition(".")
    return f"AIRFLOW__{section.upper()}__{name.upper().replace('.', '_')}"


def _defaults(settings: Settings, place: Place, *, is_2: bool) -> Variables:
    """MWAA's defaults, and how often files are looked for at the speed of this AWS-time, once a second at most."""
    looking = str(max(1, round(_LOOKING_SECONDS / max(place.time_scale, 1))))
    section = "scheduler" if is_2 else "dag_processor"
    listing = ("dag_dir_list_interval",) if is_2 else ("refresh_interval", "bundle_refresh_check_interval")
    return {
        "AIRFLOW__CORE__PARALLELISM": str(tasks_at_once(settings)),
        "AIRFLOW__SCHEDULER__SCHEDULE_AFTER_TASK_EXECUTION": "False",
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "1800",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        **{_variable(key): seconds for key, seconds in {**_PATIENCE, **(_PATIENCE_2 if is_2 else _PATIENCE_3)}.items()},
        _variable(f"{section}.min_file_process_interval"): str(_READING_SECONDS),
        **{_variable(f"{section}.{interval}"): looking for interval in listing},
    }


def _essential(place: Place) -> Variables:
    return {
        "AIRFLOW_HOME": str(place.home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(place.home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(place.home / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__MULTI_TEAM": "False",
        "AIRFLOW__CORE__FERNET_KEY": "",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": place.database.url,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(place.home / "logs"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__METRICS__STATSD_ON": "False",
        "AIRFLOW__TRIGGERER__QUEUES_ENABLED": "False",
        "NO_COLOR": "1",
    }


def _essential_2(place: Place) -> Variables:
    return {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor" if place.database.many_at_once else "SequentialExecutor",
        "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.session",
        "AIRFLOW__SCHEDULER__STANDALONE_DAG_PROCESSOR": "False",
        "AIRFLOW__WEBSERVER__CONFIG_FILE": str(place.home / "webserver_config.py"),
        "AIRFLOW__WEBSERVER__SECRET_KEY": place.secret,
        "AIRFLOW__WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "AIRFLOW__WEBSERVER__WEB_SERVER_PORT": str(place.port),
        "AIRFLOW__WEBSERVER__WORKERS": "1",
    }


def _essential_3(place: Place) -> Variables:
    users = ",".join(f"{role}:{role.lower()}" for role in Role if role is not Role.PUBLIC)
    manager = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
    return {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__AUTH_MANAGER": manager,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(place.home / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{place.port}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(place.port),
        "AIRFLOW__API__SECRET_KEY": place.secret,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": place.secret,
    }
