"""What is to be delivered for an object."""

from collections.abc import Mapping
from dataclasses import dataclass

from mwaa_operator.api.airflow_versions import releases
from mwaa_operator.api.artifacts import Artifacts
from mwaa_operator.api.enums import AdoptionPolicy, ManagementPolicy, WebserverAccessMode
from mwaa_operator.planning.artifacts.places import as_folder, dag_folder, versioned_keys
from mwaa_operator.planning.ownership import Identity, Owner
from mwaa_operator.planning.situation import Situation


@dataclass(frozen=True, kw_only=True)
class Wish:
    """All that a delivery of code follows from, beside what the sources hold. Another wish asks for another delivery.

    `running_folder` is the folder that AWS reads DAGs from now: what lies in it is not removed before AWS reads another one.
    """

    generation: int
    artifacts: Artifacts
    identity: Identity
    region: str | None
    bucket: str
    folder: str
    keys: Mapping[str, str]
    adopt: bool
    airflow_version: str | None
    private: bool
    running_folder: str | None

    @property
    def prune(self) -> bool:
        return self.artifacts.prune and self.running_folder in {None, self.folder}


def wish_of(situation: Situation, *, bucket_arn: str, region: str | None) -> Wish | None:
    """What is to be delivered for an object, None if nothing is: it is only observed, or its environment is not its own."""
    spec, environment = situation.spec, situation.environment
    adopts = spec.policies.adoption is AdoptionPolicy.ADOPT
    theirs = situation.owner is Owner.ANOTHER or (situation.owner is Owner.NOBODY and not adopts)
    if spec.artifacts is None or situation.deleting or theirs or spec.policies.management is ManagementPolicy.OBSERVE:
        return None
    document = environment.document if environment else {}
    # Private is AWS's default (MWAA API reference, CreateEnvironment).
    access = spec.webserver_access_mode or document.get("WebserverAccessMode") or WebserverAccessMode.PRIVATE_ONLY
    running = document.get("DagS3Path")
    return Wish(
        generation=situation.generation,
        artifacts=spec.artifacts,
        identity=situation.identity,
        region=region,
        bucket=bucket_arn.rpartition(":")[2],
        folder=dag_folder(spec),
        keys=versioned_keys(spec),
        adopt=adopts,
        airflow_version=spec.airflow_version or document.get("AirflowVersion") or str(releases()[0].version),
        private=access == WebserverAccessMode.PRIVATE_ONLY,
        running_folder=None if running is None else as_folder(str(running)),
    )
