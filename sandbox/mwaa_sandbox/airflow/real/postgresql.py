"""Metadata in a PostgreSQL server that is there already: a database for each environment, copied from one for each version.

The sandbox has no client of PostgreSQL; Airflow's Python has one.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from mwaa_sandbox.airflow.real.database import migrate, run_python

if TYPE_CHECKING:
    from mwaa_sandbox.airflow.real.installation import Installation

_STATEMENTS = """
import os, psycopg2
connection = psycopg2.connect(os.environ["SERVER"])
connection.autocommit = True
with connection.cursor() as cursor:
    for statement in os.environ["STATEMENTS"].split(";"):
        cursor.execute(statement)
        print(cursor.fetchone() if cursor.description else "")
"""
_copying = threading.Lock()
"""Templates are made once, and nobody may be connected to one that is copied."""


class PostgresqlDatabase:
    """A `Database` (see `database`) of a server.

    `server` is a URL (`postgresql://user:password@host:5432/postgres`) of somebody who may make databases; `name` is the name
    of this one, in lower case.
    """

    many_at_once = True

    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self._name = name
        self._installation: Installation | None = None

    @property
    def url(self) -> str:
        return self._url_of(self._name)

    def make(self, installation: Installation) -> None:
        self._installation = installation
        if self._has(self._name):
            return
        template = f"mwaa_sandbox_{installation.folder.name}".replace(".", "_").replace("-", "_")
        with _copying:
            if not self._has(template):
                self._make_template(template, installation)
            self._run(f'CREATE DATABASE "{self._name}" TEMPLATE "{template}"')

    def _make_template(self, template: str, installation: Installation) -> None:
        draft = f"{template}_{secrets.token_hex(4)}"
        self._run(f'CREATE DATABASE "{draft}"')
        with tempfile.TemporaryDirectory() as home:
            migrate(installation.python, Path(home), self._url_of(draft), installation.version)
        if self._has(template):  # somebody else's sandbox was faster
            self._run(f'DROP DATABASE "{draft}"')
        else:
            self._run(f'ALTER DATABASE "{draft}" RENAME TO "{template}"')

    def remove(self) -> None:
        if self._installation is not None:
            self._run(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def _has(self, name: str) -> bool:
        return "1" in self._run(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'")

    def _run(self, statements: str) -> str:
        if self._installation is None:
            raise RuntimeError("no statement is run before a database is made")
        variables = {"SERVER": self._server, "STATEMENTS": statements}
        return run_python(self._installation.python, "-c", _STATEMENTS, variables=variables)

    def _url_of(self, name: str) -> str:
        parts = urlsplit(self._server)
        return urlunsplit(("postgresql+psycopg2", parts.netloc, f"/{name}", parts.query, ""))
