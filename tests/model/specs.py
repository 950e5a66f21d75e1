"""What people write: specs and edits of them, most of them good, some of which AWS refuses."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .statements import CANARY

BASE: dict[str, Any] = {
    "sourceBucketArn": "arn:aws:s3:::airflow-bucket",
    "dagS3Path": "dags",
    "executionRoleArn": "arn:aws:iam::111122223333:role/airflow",
    "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
}
MASKED_OPTION = "smtp.smtp_password"
SECRET = ("passwords", "smtp")

_values = st.integers(1, 3).map(lambda number: f"{CANARY}-{number}")
_options = st.dictionaries(
    # The last one is refused by AWS, the one before it is shown as ***.
    st.sampled_from(["core.parallelism", "core.dag_concurrency", "webserver.secret_key", "core.multi_team"]),
    _values,
    max_size=3,
)
_logging = st.dictionaries(
    st.sampled_from(["taskLogs", "workerLogs", "schedulerLogs"]),
    st.fixed_dictionaries({"enabled": st.booleans(), "logLevel": st.sampled_from(["INFO", "ERROR"])}),
    max_size=2,
)
_windows = st.sampled_from([{"start": "WED:02:00", "durationHours": 48}, {"start": "SUN:20:00", "durationHours": 30}])
_updates = st.fixed_dictionaries(
    {},
    optional={
        "approval": st.sampled_from(["Automatic", "Manual"]),
        "window": _windows,
        "workerReplacementStrategy": st.sampled_from(["GRACEFUL", "FORCED"]),
    },
)
policies = st.fixed_dictionaries(
    {},
    optional={
        "deletion": st.sampled_from(["Delete", "Delete", "Retain"]),
        "management": st.sampled_from(["Manage", "Manage", "Observe"]),
        "adoption": st.sampled_from(["Never", "Adopt"]),
        "drift": st.sampled_from(["Correct", "Report"]),
        "createFailed": st.sampled_from(["Keep", "Recreate"]),
        "update": _updates,
    },
)
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "maxWorkers": st.sampled_from([1, 3, 5, 8, 40]),  # 40 is more than AWS gives
    "minWorkers": st.sampled_from([1, 2, 3]),
    "schedulers": st.sampled_from([2, 3]),
    "environmentClass": st.sampled_from(["mw1.small", "mw1.medium", "mw1.micro", "mw9.unheard-of"]),
    "airflowVersion": st.sampled_from(["2.10.3", "2.11.2", "3.2.1", "3.3.1", "9.9.9"]),
    "webserverAccessMode": st.sampled_from(["PRIVATE_ONLY", "PUBLIC_ONLY", "PUBLIC_AND_PRIVATE"]),
    "weeklyMaintenanceWindowStart": st.sampled_from(["SUN:14:00", "MON:03:30"]),
    "loggingConfiguration": _logging,
    "airflowConfigurationOptions": _options,
    "airflowConfigurationSecrets": st.just({MASKED_OPTION: {"name": SECRET[0], "key": SECRET[1]}}),
    "requirementsS3Path": st.just("requirements.txt"),
    "pluginsS3Path": st.just("plugins.zip"),
    "tags": st.dictionaries(st.sampled_from(["team", "cost centre"]), st.sampled_from(["data", "web"]), max_size=2),
    "networkConfiguration": st.sampled_from(["sg-1", "sg-2"]).map(
        lambda group: {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": [group]}
    ),
}
ON_CREATION = st.fixed_dictionaries({}, optional={"endpointManagement": st.just("CUSTOMER")})

_rarely = st.integers(0, 3).map(lambda number: number == 0)


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """Fields to set; None takes one out."""
    names = draw(st.lists(st.sampled_from(sorted(_FIELDS)), min_size=1, max_size=3, unique=True))
    unset = {name for name in names if name != "networkConfiguration" and draw(_rarely)}
    return {name: None if name in unset else draw(_FIELDS[name]) for name in names}


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A whole new spec."""
    spec = edited(BASE, draw(edits()))
    if draw(_rarely):
        spec |= draw(ON_CREATION)
    if draw(st.booleans()):
        spec["policies"] = draw(policies)
    return spec


def edited(spec: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**spec, **changes}.items() if value is not None}


drifts = st.sampled_from(
    [
        {"MaxWorkers": 9},
        {"MinWorkers": 1, "MaxWorkers": 2},
        {"Schedulers": 4},
        {"WeeklyMaintenanceWindowStart": "TUE:01:00"},
        {"WebserverAccessMode": "PUBLIC_ONLY"},
        {"AirflowConfigurationOptions": {"core.parallelism": f"{CANARY}-9"}},
        {"NetworkConfiguration": {"SecurityGroupIds": ["sg-9"]}},
        {"LoggingConfiguration": {"TaskLogs": {"Enabled": True, "LogLevel": "DEBUG"}}},
    ]
)
