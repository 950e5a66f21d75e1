"""Checks of requirements, plugins and startup script (`mwaa-behaviour.md` §3.4).

What MWAA does with bad contents is not documented, so they are only warned of.
"""

import re

from mwaa_operator.api.airflow_versions import Version, find
from mwaa_operator.planning.preflight.facts_files import (
    PLUGINS,
    REQUIREMENTS,
    STARTUP_SCRIPT,
    FileFacts,
    file_in,
    files_facts,
)
from mwaa_operator.planning.preflight.model import Finding, Outcome, check, error, untold, warning
from mwaa_operator.planning.preflight.requirements_file import PINNED_BY_MWAA, Requirements, parse
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import (
    FILES,
    VERSIONS_OF_FILES,
    airflow_version,
    comparable_version,
    is_private,
    listed,
)

_NEEDS = (Subject.FILES,)
_ALL = (*FILES, *VERSIONS_OF_FILES)
_REQUIREMENTS = ("RequirementsS3Path", "RequirementsS3ObjectVersion", "AirflowVersion")
_SCRIPT = ("StartupScriptS3Path", "StartupScriptS3ObjectVersion")
_DEPENDENCIES = "best-practices-dependencies.html"
_GIGABYTE = 10**9
_FORCES_CONSTRAINTS = Version(2, 7, 2)
_ZIP_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
_INSTALLS = re.compile(r"\b(pip3?\s+install|yum\s+install|dnf\s+install|curl\s|wget\s)")


@check("FilesExist", judges=_ALL, needs=_NEEDS, page="mwaa-s3-bucket.html")
def files_exist(snapshot: Snapshot) -> Outcome:
    """Requirements, plugins and startup script are in the bucket, in the versions that are asked for."""
    seen = files_facts(snapshot).files.values()
    missing = [_named(found) for found in seen if isinstance(found, FileFacts) and not found.exists]
    if missing:
        return error(
            f"The bucket {snapshot.question.bucket} has no {listed(missing)}.",
            "Upload it, or name a version that is there.",
        )
    unseen = next((found for found in seen if isinstance(found, Unseen)), None)
    return None if unseen is None else untold(unseen)


def _named(found: FileFacts) -> str:
    return found.key if found.version is None else f"{found.key} of version {found.version}"


@check("FilesSmall", judges=_ALL, needs=_NEEDS, page="configuring-dag-import-plugins.html")
def files_small(snapshot: Snapshot) -> Outcome:
    """No file is larger than the gigabyte that AWS advises."""
    seen = files_facts(snapshot).files.values()
    large = [found.key for found in seen if isinstance(found, FileFacts) and found.size > _GIGABYTE]
    if not large:
        return None
    return warning(
        f"{listed(large)} is larger than 1 GB, so that containers take long to start.", "Move what is large out of it."
    )


@check(
    "PluginsZipped",
    judges=["PluginsS3Path", "PluginsS3ObjectVersion"],
    needs=_NEEDS,
    page="configuring-dag-import-plugins.html",
)
def plugins_zipped(snapshot: Snapshot) -> Outcome:
    """The plugins are a zip archive."""
    found = _beginning(snapshot, PLUGINS)
    if not isinstance(found, FileFacts) or found.beginning in _ZIP_BEGINNINGS:
        return found if isinstance(found, Finding) else None
    return warning(f"{found.key} is not a zip archive.", "Upload the plugins as one, with the modules at its top.")


def _beginning(snapshot: Snapshot, member: str) -> FileFacts | Finding | None:
    """A file whose beginning was seen; what to say where it was not; None where there is no such file."""
    found = file_in(snapshot, member)
    if isinstance(found, Unseen):
        return untold(found)
    return untold(found.beginning) if found is not None and isinstance(found.beginning, Unseen) else found


def _requirements(snapshot: Snapshot) -> Requirements | Finding | None:
    found = _beginning(snapshot, REQUIREMENTS)
    return parse(found.text) if isinstance(found, FileFacts) else found


@check("RequirementsConstrained", judges=_REQUIREMENTS, needs=_NEEDS, page=_DEPENDENCIES)
def requirements_constrained(snapshot: Snapshot) -> Outcome:
    """The requirements name the constraints file that they were tried with."""
    found, version = _requirements(snapshot), comparable_version(snapshot.question)
    if not isinstance(found, Requirements):
        return found
    if found.constrained or found.commented_constraint or not found.packages:
        return None
    if version is not None and version < _FORCES_CONSTRAINTS:
        what = "pip takes the newest versions, which may break Airflow."
    else:
        what = "MWAA takes those of its image, and what does not fit them is not installed."
    return warning(
        f"The requirements name no constraints file: {what}",
        "Begin the file with a line --constraint, and the address of the constraints of the Airflow version.",
    )


@check("ConstraintInForce", judges=_REQUIREMENTS, needs=_NEEDS, page=_DEPENDENCIES)
def constraint_in_force(snapshot: Snapshot) -> Outcome:
    """The line that names the constraints file is not commented out: MWAA takes it for one that is there."""
    found = _requirements(snapshot)
    if not isinstance(found, Requirements) or not found.commented_constraint:
        return found if isinstance(found, Finding) else None
    return warning(
        "The --constraint line of the requirements is commented out. MWAA takes it for one that is there, and adds none of its own: "
        "pip takes the newest versions, which may break Airflow.",
        "Take the # away, or remove the line.",
    )


@check("ConstraintsFitVersion", judges=_REQUIREMENTS, needs=_NEEDS, page=_DEPENDENCIES)
def constraints_fit_version(snapshot: Snapshot) -> Outcome:
    """The constraints file is the one for this version of Airflow and of Python."""
    found, version = _requirements(snapshot), airflow_version(snapshot.question)
    if not isinstance(found, Requirements):
        return found
    release = find(version)
    for airflow, python in found.constraints:
        if airflow != version:
            return warning(
                f"The requirements name the constraints of Airflow {airflow}, and the environment has {version}.",
                f"Name those of Airflow {version}.",
            )
        if release is not None and release.python not in {None, python}:
            return warning(
                f"The requirements name constraints for Python {python}, and Airflow {version} runs on Python {release.python}.",
                f"Name those for Python {release.python}.",
            )
    return None


@check("RequirementsLeaveAirflow", judges=_REQUIREMENTS, needs=_NEEDS, page=_DEPENDENCIES)
def requirements_leave_airflow(snapshot: Snapshot) -> Outcome:
    """The requirements pin nothing that MWAA pins itself."""
    found = _requirements(snapshot)
    if not isinstance(found, Requirements):
        return found
    pinned = sorted(found.pinned & PINNED_BY_MWAA)
    if not pinned:
        return None
    return warning(
        f"The requirements pin {listed(pinned)}, of which MWAA has a version of its own. Another one makes the installation fail.",
        "Remove it from the requirements.",
    )


@check(
    "RequirementsAreWheels",
    judges=[*_REQUIREMENTS, "WebserverAccessMode"],
    needs=_NEEDS,
    page="configuring-networking.html",
)
def requirements_are_wheels(snapshot: Snapshot) -> Outcome:
    """A private web server, which reaches no package index, finds its requirements as wheels."""
    found = _requirements(snapshot) if is_private(snapshot.question) else None
    if not isinstance(found, Requirements) or not found.from_index:
        return found if isinstance(found, Finding) else None
    return warning(
        f"The web server is private and reaches no package index, and the requirements want {listed(found.from_index[:5])}"
        f"{' and more' if len(found.from_index) > 5 else ''} from one.",
        "Put wheels into the plugins archive, and --find-links /usr/local/airflow/plugins and --no-index before the packages.",
    )


@check("StartupScriptUnix", judges=_SCRIPT, needs=_NEEDS, page="using-startup-script.html")
def startup_script_unix(snapshot: Snapshot) -> Outcome:
    """The lines of the startup script end as the shell wants it."""
    found = _beginning(snapshot, STARTUP_SCRIPT)
    if not isinstance(found, FileFacts) or "\r\n" not in found.text:
        return found if isinstance(found, Finding) else None
    return warning(
        f"The lines of {found.key} end as on Windows, which the shell takes for a part of the last word.",
        "Save it with Unix line ends and upload it again.",
    )


@check("StartupScriptOffline", judges=[*_SCRIPT, "WebserverAccessMode"], needs=_NEEDS, page="using-startup-script.html")
def startup_script_offline(snapshot: Snapshot) -> Outcome:
    """The startup script fetches nothing on a private web server, which reaches nothing of the internet."""
    found = _beginning(snapshot, STARTUP_SCRIPT) if is_private(snapshot.question) else None
    if not isinstance(found, FileFacts):
        return found
    lines = [line for line in found.text.splitlines() if not line.lstrip().startswith("#")]
    if not any(_INSTALLS.search(line) for line in lines) or "MWAA_AIRFLOW_COMPONENT" in found.text:
        return None
    return warning(
        f"The web server is private and reaches nothing of the internet, and {found.key} fetches something on it.",
        'Do that only where "$MWAA_AIRFLOW_COMPONENT" is not "webserver".',
    )
