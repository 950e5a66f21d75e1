"""Metadata in a PostgreSQL server. Needs its programs: skipped where they are not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from mwaa_sandbox.airflow.real import installation
from mwaa_sandbox.airflow.real.database import run_python
from mwaa_sandbox.airflow.real.postgresql import PostgresqlDatabase
from mwaa_sandbox.cluster.ports import free_ports
from mwaa_sandbox.process import ManagedProcess, clean_environment

from .conftest import PATIENCE, TO_INSTALL, VERSIONS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(TO_INSTALL + PATIENCE)]

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
NOT_US = "nobody"  # PostgreSQL does not run as root

COUNT = """
import os, psycopg2
with psycopg2.connect(os.environ["WHERE"]).cursor() as cursor:
    cursor.execute("SELECT (SELECT count(*) FROM dag), (SELECT count(*) FROM ab_user WHERE username = 'Viewer')")
    print(*cursor.fetchone())
"""


def find(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join((os.environ["PATH"], *map(str, PROGRAMS))))


@pytest.fixture(scope="module")
def server():
    """The URL of a server."""
    initdb, postgres = find("initdb"), find("postgres")
    if initdb is None or postgres is None:
        pytest.skip("there is no PostgreSQL here")
    folder = Path(tempfile.mkdtemp(prefix="mwaa-sandbox-postgresql-"))
    drop = []
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, NOT_US)
            drop = ["setpriv", f"--reuid={NOT_US}", "--clear-groups"]
        data, port = folder / "data", free_ports(1)[0]
        made = [
            *drop,
            initdb,
            "--auth=trust",
            "--username=mwaa",
            "--no-sync",
            "--no-locale",
            "--encoding=UTF8",
            "-D",
            data,
        ]
        subprocess.run(made, check=True, env=clean_environment(), cwd=folder, capture_output=True)
        command = [*drop, postgres, "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"]
        with ManagedProcess(command, env=clean_environment(), log_file=folder / "log", cwd=folder) as running:
            running.wait_until(
                lambda: "ready to accept connections" in running.log_text(), PATIENCE, "accept connections"
            )
            yield f"postgresql://mwaa@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_each_environment_has_a_migrated_database_of_its_own_until_it_goes(server):
    installed = installation.installed(VERSIONS[2], progress=print)
    one, other = PostgresqlDatabase(server, "mwaa_sandbox_one"), PostgresqlDatabase(server, "mwaa_sandbox_other")
    for database in (one, other, one):
        database.make(installed)
    where = other.url.replace("+psycopg2", "")
    assert run_python(installed.python, "-c", COUNT, variables={"WHERE": where}).split() == ["0", "1"]
    one.remove()
    other.remove()
    listed = "import os, psycopg2\ncursor = psycopg2.connect(os.environ['WHERE']).cursor()\n"
    listed += "cursor.execute('SELECT datname FROM pg_database')\nprint(*(row[0] for row in cursor))"
    left = run_python(installed.python, "-c", listed, variables={"WHERE": server}).split()
    assert [name for name in left if name.startswith("mwaa_sandbox_")] == [name for name in left if "2_11_2" in name]
    assert len([name for name in left if "2_11_2" in name]) == 1, "the one that others are copied from stays"
