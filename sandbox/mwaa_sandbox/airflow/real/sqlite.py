"""Metadata in a file of SQLite: needs nothing, and is made by copying. Airflow 2 runs one task at a time with it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mwaa_sandbox.airflow.real.database import migrate

if TYPE_CHECKING:
    from mwaa_sandbox.airflow.real.installation import Installation

FILE = "airflow.db"


def prepare(python: Path, folder: Path, version: str) -> None:
    """Make an empty, migrated database in a folder.

    Raises:
        DatabaseError: when Airflow fails.
    """
    migrate(python, folder / "home", f"sqlite:///{folder / FILE}", version)
    shutil.rmtree(folder / "home", ignore_errors=True)


class SqliteDatabase:
    """A `Database` (see `database`) in the folder of the environment."""

    many_at_once = False

    def __init__(self, home: Path) -> None:
        self._file = home / FILE

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    def make(self, installation: Installation) -> None:
        if not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(installation.database, self._file)

    def remove(self) -> None:
        for path in self._file.parent.glob(f"{FILE}*"):
            path.unlink()
