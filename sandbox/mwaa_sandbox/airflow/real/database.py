"""The metadata database of an environment: SQLite, or one of a PostgreSQL server."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mwaa_sandbox.airflow.seam import Role
from mwaa_sandbox.process import clean_environment

if TYPE_CHECKING:
    from mwaa_sandbox.airflow.real.installation import Installation

_SECONDS = 600.0

_USERS_OF_2 = """
try:
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
except ImportError:
    from airflow.utils.cli_app_builder import get_application_builder

with get_application_builder() as builder:
    security = builder.sm
    security.sync_roles()
    for name in ROLES:
        if not security.add_user(name, name, "MWAA", f"{name}@mwaa.invalid", security.find_role(name), password=name):
            raise SystemExit(f"there is no user {name}")
"""


class DatabaseError(RuntimeError):
    """There is no database for Airflow; the message holds the end of what was said about it."""


class Database(Protocol):
    """Where one environment's Airflow keeps its metadata. Methods raise DatabaseError."""

    @property
    def url(self) -> str:
        """As SQLAlchemy has it."""

    @property
    def many_at_once(self) -> bool:
        """Whether Airflow 2 can run several tasks at once with it."""

    def make(self, installation: Installation) -> None:
        """Have a migrated database with a user for each role of MWAA's (Airflow 2), unless there is one."""

    def remove(self) -> None:
        """Be rid of it; the next `make` makes an empty one."""


def migrate(python: Path, home: Path, url: str, version: str) -> None:
    """Bring the database at `url` to the state of this version, with a user for each role in Airflow 2. `home` is for its files.

    Raises:
        DatabaseError: when Airflow fails.
    """
    variables = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
    }
    run_python(python, "-m", "airflow", "db", "migrate", variables=variables)
    if version.startswith("2."):
        roles = [role.value for role in Role]
        run_python(python, "-c", f"ROLES = {roles!r}\n{_USERS_OF_2}", variables=variables)


def run_python(python: Path, *arguments: str, variables: Mapping[str, str]) -> str:
    """Run a program of an installation's Python and return what it said.

    Raises:
        DatabaseError: when it fails.
    """
    try:
        ended = subprocess.run(
            [str(python), *arguments],
            check=False,
            env=clean_environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise DatabaseError(str(error)) from None
    if ended.returncode != 0:
        raise DatabaseError(ended.stdout[-4000:])
    return ended.stdout
