"""The metadata database of a new Airflow: SQLite, migrated, and for Airflow 2 with a user for each role."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mwaa_sandbox.airflow.seam import Role
from mwaa_sandbox.process import clean_environment

FILE = "airflow.db"
_SECONDS = 600

_USERS_OF_2 = """
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

with get_application_builder() as builder:
    security = builder.sm
    security.sync_roles()
    for name in ROLES:
        if not security.add_user(name, name, "MWAA", f"{name}@mwaa.invalid", security.find_role(name), password=name):
            raise SystemExit(f"there is no user {name}")
"""


class DatabaseError(RuntimeError):
    """Airflow could not migrate its database; the message holds the end of what it said."""


def prepare(python: Path, folder: Path, version: str) -> None:
    """Make `airflow.db` in a folder.

    Raises:
        DatabaseError: when Airflow fails.
    """
    variables = clean_environment(
        AIRFLOW_HOME=str(folder / "home"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{folder / FILE}",
    )
    commands = [["-m", "airflow", "db", "migrate"]]
    if version.startswith("2."):
        roles = [role.value for role in Role]
        commands.append(["-c", f"ROLES = {roles!r}\n{_USERS_OF_2}"])
    for command in commands:
        ended = subprocess.run(
            [str(python), *command],
            check=False,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
        )
        if ended.returncode != 0:
            raise DatabaseError(ended.stdout[-4000:])
