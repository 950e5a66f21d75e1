"""Puts real Airflows behind the web servers of a simulated AWS, in place of the light ones."""

from __future__ import annotations

import threading
from pathlib import Path

from mwaa_sandbox.airflow import bucket
from mwaa_sandbox.airflow.real.database import Database
from mwaa_sandbox.airflow.real.environments import RealAirflows
from mwaa_sandbox.airflow.real.log_sink import log_sink
from mwaa_sandbox.airflow.real.postgresql import PostgresqlDatabase
from mwaa_sandbox.airflow.real.runner import Means
from mwaa_sandbox.airflow.real.sqlite import SqliteDatabase
from mwaa_sandbox.aws.client_environment import client_environment
from mwaa_sandbox.aws.logs import containers
from mwaa_sandbox.aws.logs.writer import LogWriter
from mwaa_sandbox.aws.moto_surroundings import MotoSurroundings
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.lifecycle import Environment
from mwaa_sandbox.aws.mwaa.simulation import Witness
from mwaa_sandbox.aws.mwaa.statuses import Status
from mwaa_sandbox.cluster.progress import Progress


def serve(
    backends: MwaaBackends,
    moto_lock: threading.RLock,
    *,
    endpoint: str,
    folder: Path,
    progress: Progress,
    postgresql: str | None = None,
) -> RealAirflows:
    """Run an Airflow for each environment that has a web server, until `stop`.

    Their tasks call the simulated AWS at `endpoint`. `folder` is where they live; it must be there. `postgresql` is the URL of
    a server for their metadata, which is in files without one.
    """
    simulation = backends.simulation
    surroundings = MotoSurroundings(simulation.clock, moto_lock)

    def variables_of(environment: Environment) -> dict[str, str]:
        return client_environment(endpoint, account=environment.account, region=environment.region)

    def online(environment: Environment) -> bool:
        settings = environment.settings
        network = surroundings.network(settings, account=environment.account, region=environment.region)
        return network is not None and containers.online("worker", settings, network)

    def database(home: Path, name: str) -> Database:
        return SqliteDatabase(home) if postgresql is None else PostgresqlDatabase(postgresql, name)

    means = Means(
        clock=simulation.clock,
        dag_files=bucket.dag_files(moto_lock),
        objects=bucket.objects(moto_lock),
        sink=log_sink(simulation.clock, moto_lock),
        variables_of=variables_of,
        online=online,
        database=database,
        folder=folder,
        progress=progress,
    )
    airflows = RealAirflows(means)

    def look() -> None:
        with backends.lock:
            for backend in backends.all():
                for _ in backend.present():
                    pass

    with backends.lock:
        simulation.airflow = airflows
        simulation.witnesses = (*map(_silent_on_success, simulation.witnesses), airflows)
    airflows.look_regularly(look)
    return airflows


def _silent_on_success(witness: Witness) -> Witness:
    """Keep the simulated logs of what fails: what succeeds has logs of its own now."""
    if not isinstance(witness, LogWriter):
        return witness

    def wrapped(before: Environment | None, after: Environment | None) -> None:
        if after is None or after.status is not Status.AVAILABLE:
            witness(before, after)

    return wrapped
