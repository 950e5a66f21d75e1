"""What an update does to workers with running tasks: GRACEFUL where AWS can, FORCED otherwise, with the reason.

AWS's default is FORCED, which kills tasks; ours is GRACEFUL, which lets them run on for up to 12 hours. Source: `mwaa-behaviour.md` §3.6.
"""

from dataclasses import dataclass

from mwaa_operator.api.airflow_versions import parse
from mwaa_operator.api.enums import WorkerReplacementStrategy
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.observation import AwsEnvironment

OLDEST_GRACEFUL = (2, 4, 3)
REGIONS_WITHOUT_GRACEFUL = frozenset({"ca-west-1", "ap-southeast-5"})


@dataclass(frozen=True)
class Replacement:
    """The strategy of an update, and why it is FORCED where GRACEFUL would have been wished for."""

    strategy: WorkerReplacementStrategy
    why_forced: str | None = None

    @property
    def words(self) -> str:
        """What it means for running tasks, as a sentence."""
        if self.strategy is WorkerReplacementStrategy.GRACEFUL:
            return "Running tasks may finish, for up to 12 hours (GRACEFUL)."
        return f"Running tasks are stopped (FORCED): {self.why_forced or 'policies.update asks for it'}."


def replacement_for(
    environment: AwsEnvironment, found: Difference, wished: WorkerReplacementStrategy | None
) -> Replacement:
    """Choose the strategy of an update of `environment`."""
    if wished is WorkerReplacementStrategy.FORCED:
        return Replacement(WorkerReplacementStrategy.FORCED)
    why = _why_forced(environment, found)
    return Replacement(WorkerReplacementStrategy.FORCED if why else WorkerReplacementStrategy.GRACEFUL, why)


def _why_forced(environment: AwsEnvironment, found: Difference) -> str | None:
    version = parse(str(environment.document.get("AirflowVersion", "")))
    if "AirflowVersion" in found.update:
        return "a change of the Airflow version stops all tasks in any case"
    if version is not None and version < OLDEST_GRACEFUL:
        return f"GRACEFUL needs Airflow 2.4.3, and this is {version}"
    region = (environment.arn or "").split(":")[3:4]
    if REGIONS_WITHOUT_GRACEFUL.intersection(region):
        return f"GRACEFUL is not available in {region[0]}"
    if environment.status == "MAINTENANCE":
        return "AWS makes every update FORCED that is asked for during maintenance"
    return None
