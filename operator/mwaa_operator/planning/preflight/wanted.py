"""What an environment is to be like after a call: what the call says, and for the rest what AWS has already."""

from collections.abc import Iterable
from typing import Any

from mwaa_operator.api.airflow_versions import Version, parse, releases
from mwaa_operator.planning.desired import VERSIONED_FILES
from mwaa_operator.planning.preflight.snapshot import Question

SIZES = ("EnvironmentClass", "MinWorkers", "MaxWorkers", "MinWebservers", "MaxWebservers", "Schedulers")
FILES = tuple(VERSIONED_FILES)
VERSIONS_OF_FILES = tuple(VERSIONED_FILES.values())

ALL_MEMBERS = frozenset(
    {
        *("Name", "AirflowVersion", "AirflowConfigurationOptions", "DagS3Path", "EndpointManagement"),
        *("ExecutionRoleArn", "IdentityCenterConfiguration", "KmsKey", "LoggingConfiguration", "NetworkConfiguration"),
        *("SourceBucketArn", "Tags", "Teams", "WebserverAccessMode", "WeeklyMaintenanceWindowStart"),
        *SIZES,
        *FILES,
        *VERSIONS_OF_FILES,
    }
)
"""The members of CreateEnvironment (botocore, mwaa 2020-07-01): for checks that concern every call."""


def wanted(question: Question, member: str) -> Any:
    """What a member is to be; None where neither the call nor AWS names it."""
    asked = question.fields.get(member)
    return (question.current or {}).get(member) if asked is None else asked


def mapping(question: Question, member: str) -> dict[str, Any]:
    """A member that is a map; empty where it is not there."""
    value = wanted(question, member)
    return dict(value) if isinstance(value, dict) else {}


def number(question: Question, member: str) -> int | None:
    """A member that is a number."""
    value = wanted(question, member)
    return value if isinstance(value, int) else None


def airflow_version(question: Question) -> str:
    """The version that the environment is to have: AWS takes the latest where a new one names none (`mwaa-behaviour.md` §3.3)."""
    return str(wanted(question, "AirflowVersion") or releases()[0].version)


def comparable_version(question: Question) -> Version | None:
    """The version as one that can be compared; None for a form that AWS has not used so far."""
    return parse(airflow_version(question))


def is_private(question: Question) -> bool:
    """Whether the web server has no way to the internet (`mwaa-behaviour.md` §3.4)."""
    return str(wanted(question, "WebserverAccessMode")) == "PRIVATE_ONLY"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence, each once: "a", "a and b", "a, b and c"."""
    *most, last = list(dict.fromkeys(names)) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
