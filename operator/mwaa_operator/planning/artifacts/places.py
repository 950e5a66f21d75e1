"""Where in the bucket the files belong that `spec.artifacts` names."""

from collections.abc import Mapping
from typing import Final

from mwaa_operator.api.artifacts import Artifacts, FileSource, PluginsSource
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import ArtifactsStatus, ArtifactStatus
from mwaa_operator.planning.parts.bucket_settings import DEFAULT_DAGS

DAGS: Final = "DagS3Path"
REQUIREMENTS: Final = "RequirementsS3Path"
PLUGINS: Final = "PluginsS3Path"
STARTUP_SCRIPT: Final = "StartupScriptS3Path"

_USUAL_KEYS = {REQUIREMENTS: "requirements.txt", PLUGINS: "plugins.zip", STARTUP_SCRIPT: "startup.sh"}
"""The names in the examples of the MWAA User Guide (working-dags)."""


def versioned_sources(artifacts: Artifacts) -> Mapping[str, FileSource | PluginsSource]:
    """The sources of the files that the environment reads by version, by the AWS name of their path field."""
    sources = {
        REQUIREMENTS: artifacts.requirements,
        PLUGINS: artifacts.plugins,
        STARTUP_SCRIPT: artifacts.startup_script,
    }
    return {member: source for member, source in sources.items() if source is not None}


def versioned_keys(spec: EnvironmentSpec) -> Mapping[str, str]:
    """Where those files are put, by the AWS name of their path field."""
    given = {
        REQUIREMENTS: spec.requirements_s3_path,
        PLUGINS: spec.plugins_s3_path,
        STARTUP_SCRIPT: spec.startup_script_s3_path,
    }
    sources = versioned_sources(spec.artifacts) if spec.artifacts else {}
    return {member: given[member] or _USUAL_KEYS[member] for member in sources}


def dag_folder(spec: EnvironmentSpec) -> str:
    """The folder of the DAGs, with a slash at its end, or nothing where they lie at the top of the bucket."""
    return as_folder(spec.dag_s3_path or DEFAULT_DAGS)


def as_folder(path: str) -> str:
    """A path as what the keys below it begin with."""
    bare = path.strip("/")
    return f"{bare}/" if bare else ""


def coming(spec: EnvironmentSpec) -> frozenset[str]:
    """The AWS names of the path fields whose files artifacts puts into the bucket."""
    dags = {DAGS} if spec.artifacts is not None and spec.artifacts.dags else set()
    return frozenset(dags | set(versioned_keys(spec)))


def pins(status: ArtifactsStatus | None, spec: EnvironmentSpec) -> Mapping[str, ArtifactStatus]:
    """The files that the spec has put into the bucket and that are known to be there, by the AWS name of their path field."""
    known = status or ArtifactsStatus()
    there = {REQUIREMENTS: known.requirements, PLUGINS: known.plugins, STARTUP_SCRIPT: known.startup_script}
    return {member: pin for member in versioned_keys(spec) if (pin := there[member]) is not None}
