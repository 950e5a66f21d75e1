"""What a caller chooses about an environment: the defaults AWS fills in, and what an update makes of it.

Pure functions from (present settings, request) to settings; whether the result is allowed is decided in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.aws.mwaa import versions
from mwaa_sandbox.aws.mwaa.lifecycle import Settings

LOG_MODULES = ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")
MICRO = "mw1.micro"
DEFAULT_CLASS = "mw1.small"
"""§3.2: not stated in the model; historically mw1.small."""

# §12.7 leaves open what is returned for modules nobody configured. All five with a level is what makes ACK send updates
# without end, so that is what a client has to cope with here. Terraform's documentation has the task logs on by default
# and the others off.
_DEFAULT_LOGGING: Mapping[str, Mapping[str, Any]] = {
    module: {"Enabled": module == "TaskLogs", "LogLevel": "INFO"} for module in LOG_MODULES
}

_NOT_SETTINGS = frozenset({"Name", "Tags", "WorkerReplacementStrategy"})
_FILES = ("Plugins", "Requirements", "StartupScript")


def initial(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a new environment: the request over AWS's defaults (§3.2, §12.7)."""
    environment_class = request.get("EnvironmentClass", DEFAULT_CLASS)
    micro = environment_class == MICRO
    workers = (1, 1) if micro else (1, 10)
    others = 1 if micro else 2
    defaults: dict[str, Any] = {
        "AirflowVersion": versions.LATEST,
        "AirflowConfigurationOptions": {},
        "EnvironmentClass": environment_class,
        "MinWorkers": workers[0],
        "MaxWorkers": workers[1],
        "MinWebservers": others,
        "MaxWebservers": others,
        "Schedulers": others,
        "WebserverAccessMode": "PRIVATE_ONLY",
        "EndpointManagement": "SERVICE",
        "WeeklyMaintenanceWindowStart": "SUN:03:30",  # AWS picks one; which is unknown
    }
    chosen = {key: value for key, value in request.items() if key not in _NOT_SETTINGS}
    logging = _with_logging(_DEFAULT_LOGGING, request.get("LoggingConfiguration", {}))
    return {**defaults, **chosen, "LoggingConfiguration": logging}


def patched(present: Settings, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings after UpdateEnvironment (§3.1): a patch; options as a whole; teams as a delta."""
    wanted = {**present, **{key: value for key, value in request.items() if key not in _NOT_SETTINGS}}
    if "NetworkConfiguration" in request:
        groups = request["NetworkConfiguration"]["SecurityGroupIds"]
        wanted["NetworkConfiguration"] = {**present["NetworkConfiguration"], "SecurityGroupIds": groups}
    wanted["LoggingConfiguration"] = _with_logging(
        present["LoggingConfiguration"], request.get("LoggingConfiguration", {})
    )
    if "Teams" in request:
        wanted["Teams"] = _with_teams(present.get("Teams", {}), request["Teams"])
        if not wanted["Teams"]:
            del wanted["Teams"]
    for file in _FILES:
        # A path without its version is refused by the rules, which must see that the version was not named anew.
        if f"{file}S3Path" in request and f"{file}S3ObjectVersion" not in request:
            wanted.pop(f"{file}S3ObjectVersion", None)
    return wanted


def file_members() -> list[tuple[str, str]]:
    """Return the pairs (path member, version member) of the files that need an object version (§3.4)."""
    return [(f"{file}S3Path", f"{file}S3ObjectVersion") for file in _FILES]


def _with_logging(present: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    return {module: dict(request.get(module) or present[module]) for module in LOG_MODULES}


def _with_teams(present: Mapping[str, Any], delta: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: team for name, team in present.items() if name not in delta.get("Remove", [])}
    return {**kept, **delta.get("AddOrUpdate", {})}
