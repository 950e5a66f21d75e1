"""Checks of the Airflow version: whether AWS has it, whether it can be reached, and what needs a later one (`mwaa-behaviour.md` §3.3)."""

from mwaa_operator.api.airflow_versions import Version, find
from mwaa_operator.planning.preflight.model import Outcome, check, error, warning
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot
from mwaa_operator.planning.preflight.wanted import airflow_version, comparable_version, mapping, wanted
from mwaa_operator.planning.upgrade import way_around

_VERSIONS = "airflow-versions.html"
_FIRST_WITH_BOTH_ACCESS_MODES = Version(3, 2, 1)
_FIRST_WITH_TEAMS = Version(3, 3, 1)


def _running(question: Question) -> str | None:
    running = (question.current or {}).get("AirflowVersion")
    return None if running is None else str(running)


def _moves(question: Question) -> bool:
    """Whether the call makes an environment of this version, or brings one to it. One that has it already may keep it."""
    return bool(question.fields.get("AirflowVersion")) and question.fields["AirflowVersion"] != _running(question)


@check("AirflowVersionKnown", judges=["AirflowVersion"], page=_VERSIONS)
def airflow_version_known(snapshot: Snapshot) -> Outcome:
    """The version is one that MWAA is on record to have."""
    asked = airflow_version(snapshot.question)
    if find(asked) is not None or not _moves(snapshot.question):
        return None
    return warning(
        f"Airflow {asked} is not on the operator's record. AWS may have it, if it is newer than the operator.",
        "Look it up on the page of the versions.",
    )


@check("AirflowVersionSupported", judges=["AirflowVersion"], page=_VERSIONS)
def airflow_version_supported(snapshot: Snapshot) -> Outcome:
    """AWS still makes environments of this version, and moves them to it."""
    question = snapshot.question
    release = find(airflow_version(question))
    if release is None or release.support_ended is None or not _moves(question):
        return None
    if question.today is not None and question.today < release.support_ended:
        return warning(
            f"AWS supports Airflow {release.version} until {release.support_ended}, and not after that.",
            "Choose a later airflowVersion.",
        )
    return error(
        f"AWS has ended its support of Airflow {release.version} on {release.support_ended}: no environment can be created with it "
        "or moved to it.",
        "Choose a later airflowVersion.",
    )


@check("VersionWithinReach", judges=["AirflowVersion"], page="upgrading-environment.html")
def version_within_reach(snapshot: Snapshot) -> Outcome:
    """The version can be reached from the one that runs: between Airflow 2 and 3 only by way of the latest 2.11."""
    running, asked = _running(snapshot.question), airflow_version(snapshot.question)
    by_way_of = None if running is None else way_around(running, asked)
    if by_way_of is None:
        return None
    return error(
        f"From Airflow {running} to {asked} the way is by {by_way_of}.",
        f"Set airflowVersion to {by_way_of} first, and to {asked} when that has succeeded.",
    )


@check("PythonStays", judges=["AirflowVersion"], page="upgrading-environment.html")
def python_stays(snapshot: Snapshot) -> Outcome:
    """A change of the version does not change Python's under requirements that were written for it."""
    question = snapshot.question
    running = find(_running(question) or "")
    then = find(airflow_version(question))
    files = [path for path in ("RequirementsS3Path", "PluginsS3Path") if wanted(question, path)]
    if running is None or then is None or not files or None in {running.python, then.python}:
        return None
    if running.python == then.python:
        return None
    return warning(
        f"Airflow {running.version} runs on Python {running.python} and {then.version} on Python {then.python}. Requirements and "
        "plugins that do not fit make the update fail and be rolled back, which takes hours.",
        f"Try the requirements with Python {then.python} and the constraints of Airflow {then.version} first.",
    )


@check("AccessModeFitsVersion", judges=["AirflowVersion", "WebserverAccessMode"], page="configuring-networking.html")
def access_mode_fits_version(snapshot: Snapshot) -> Outcome:
    """PUBLIC_AND_PRIVATE is asked of Airflow 3.2.1 or later."""
    question = snapshot.question
    version = comparable_version(question)
    if wanted(question, "WebserverAccessMode") != "PUBLIC_AND_PRIVATE":
        return None
    if version is None or version >= _FIRST_WITH_BOTH_ACCESS_MODES:
        return None
    return error(
        f"PUBLIC_AND_PRIVATE needs Airflow {_FIRST_WITH_BOTH_ACCESS_MODES}, and the environment has {version}.",
        "Raise airflowVersion, or choose PUBLIC_ONLY or PRIVATE_ONLY.",
    )


@check("TeamsFitVersion", judges=["AirflowVersion", "Teams"], page="managing-teams.html")
def teams_fit_version(snapshot: Snapshot) -> Outcome:
    """Teams are asked of a version of Airflow that is known to have them."""
    version = comparable_version(snapshot.question)
    if not mapping(snapshot.question, "Teams") or version is None or version >= _FIRST_WITH_TEAMS:
        return None
    return warning(
        f"Teams are known to work from Airflow {_FIRST_WITH_TEAMS} on, and the environment has {version}.",
        f"Raise airflowVersion to {_FIRST_WITH_TEAMS} or later, or remove teams.",
    )
