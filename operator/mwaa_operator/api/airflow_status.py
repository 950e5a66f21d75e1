"""What the status says of the Airflow in an environment, and of its load.

Both are as of the last look that found something else than before, and hold nothing that ticks: a load that differs a little is the
same (`planning.sizing.steadiness`).
"""

from pydantic import Field

from mwaa_operator.api.model import StatusModel
from mwaa_operator.api.texts import Word


class AirflowComponent(StatusModel):
    """One of the processes that Airflow is made of."""

    name: Word
    """Scheduler, Triggerer, DagProcessor or MetadataDatabase."""
    status: Word
    """What Airflow says of it: healthy, or another word."""


class BrokenFile(StatusModel):
    """A DAG file that Airflow cannot import."""

    file: Word
    """The file, below the folder of the DAGs."""
    line: int | None = Field(default=None, ge=0)
    """The line in a file where it happens, as far as Airflow tells."""
    error: Word
    """What Airflow says, in one line. Values of Airflow's options are taken out."""


class AirflowStatus(StatusModel):
    """What Airflow says of itself."""

    components: tuple[AirflowComponent, ...] = Field(
        default=(),
        max_length=8,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
    )
    """The processes that Airflow is made of. One that is a part of another, or is switched off, is left out."""
    dags: int | None = Field(default=None, ge=0)
    """How many DAGs there are."""
    dag_capacity: int | None = Field(default=None, ge=0)
    """How many DAGs the environment's class is made for, by AWS's documentation."""
    import_errors: int = Field(default=0, ge=0)
    """How many DAG files cannot be imported."""
    broken_files: tuple[BrokenFile, ...] = Field(default=(), max_length=16)
    """The first of them."""


class ComponentLoad(StatusModel):
    """How busy a part of the environment is."""

    name: Word
    """Scheduler, BaseWorker, AdditionalWorker, WebServer (CloudWatch's clusters), or Database."""
    cpu_percent: int | None = Field(default=None, ge=0)
    """CPU in percent: the mean of the last seven days."""
    memory_percent: int | None = Field(default=None, ge=0)
    """Memory in percent: the mean of the last seven days."""


class LoadStatus(StatusModel):
    """What CloudWatch shows of the environment's load."""

    running_tasks: int | None = Field(default=None, ge=0)
    """How many tasks ran, in the last five minutes that were seen."""
    queued_tasks: int | None = Field(default=None, ge=0)
    """How many tasks waited then."""
    workers: int | None = Field(default=None, ge=0)
    """How many workers there were then."""
    components: tuple[ComponentLoad, ...] = Field(
        default=(),
        max_length=8,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
    )
    """How busy the parts of the environment are."""
