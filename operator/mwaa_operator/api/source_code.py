"""Where the code is that an environment runs. All of it lies in one bucket (mwaa-behaviour.md §3.4)."""

from mwaa_operator.api.artifacts import Artifacts
from mwaa_operator.api.model import SpecModel, rule
from mwaa_operator.api.types import BucketArn, S3ObjectVersion, S3Path


class SourceCode(SpecModel):
    """Where the code is that an environment runs."""

    source_bucket_arn: BucketArn | None = None
    """The bucket with DAGs, plugins and requirements, as an ARN. It must be versioned and block public access. Left out where
    provision.bucket makes it.
    """
    dag_s3_path: S3Path | None = None
    """The folder of the DAGs in the bucket, for example dags. It may be left out, and is dags then, where provision.bucket makes
    the bucket.
    """
    plugins_s3_path: S3Path | None = None
    """The plugins archive in the bucket, for example plugins.zip."""
    plugins_s3_object_version: S3ObjectVersion | None = None
    """The S3 version of the plugins archive. Left out: the newest one, which is followed."""
    requirements_s3_path: S3Path | None = None
    """The requirements file in the bucket, for example requirements.txt."""
    requirements_s3_object_version: S3ObjectVersion | None = None
    """The S3 version of the requirements file. Left out: the newest one, which is followed."""
    startup_script_s3_path: S3Path | None = None
    """The startup script in the bucket, for example startup.sh."""
    startup_script_s3_object_version: S3ObjectVersion | None = None
    """The S3 version of the startup script. Left out: the newest one, which is followed."""
    artifacts: Artifacts | None = None
    """Code that the operator puts into the bucket. Left out: somebody else does."""

    @rule(
        "!has(self.pluginsS3ObjectVersion) || has(self.pluginsS3Path)",
        field="pluginsS3ObjectVersion",
        message="pluginsS3ObjectVersion is the version of a file that is not named. Set pluginsS3Path as well, or "
        "remove it.",
    )
    def _plugins_version_has_a_path(self) -> bool:
        return self.plugins_s3_object_version is None or self.plugins_s3_path is not None

    @rule(
        "!has(self.requirementsS3ObjectVersion) || has(self.requirementsS3Path)",
        field="requirementsS3ObjectVersion",
        message="requirementsS3ObjectVersion is the version of a file that is not named. Set requirementsS3Path as "
        "well, or remove it.",
    )
    def _requirements_version_has_a_path(self) -> bool:
        return self.requirements_s3_object_version is None or self.requirements_s3_path is not None

    @rule(
        "!has(self.startupScriptS3ObjectVersion) || has(self.startupScriptS3Path)",
        field="startupScriptS3ObjectVersion",
        message="startupScriptS3ObjectVersion is the version of a file that is not named. Set startupScriptS3Path "
        "as well, or remove it.",
    )
    def _startup_script_version_has_a_path(self) -> bool:
        return self.startup_script_s3_object_version is None or self.startup_script_s3_path is not None

    @rule(
        "!has(self.pluginsS3ObjectVersion) || !has(self.artifacts) || !has(self.artifacts.plugins)",
        field="pluginsS3ObjectVersion",
        message="The version of the plugins follows from artifacts.plugins, which puts it into the bucket. Remove one of them.",
        reason="FieldValueForbidden",
    )
    def _plugins_version_comes_from_one_place(self) -> bool:
        return self.plugins_s3_object_version is None or self.artifacts is None or self.artifacts.plugins is None

    @rule(
        "!has(self.requirementsS3ObjectVersion) || !has(self.artifacts) || !has(self.artifacts.requirements)",
        field="requirementsS3ObjectVersion",
        message="The version of the requirements follows from artifacts.requirements, which puts it into the bucket. Remove one of them.",
        reason="FieldValueForbidden",
    )
    def _requirements_version_comes_from_one_place(self) -> bool:
        return (
            self.requirements_s3_object_version is None or self.artifacts is None or self.artifacts.requirements is None
        )

    @rule(
        "!has(self.startupScriptS3ObjectVersion) || !has(self.artifacts) || !has(self.artifacts.startupScript)",
        field="startupScriptS3ObjectVersion",
        message="The version of the startup script follows from artifacts.startupScript, which puts it there. Remove one of them.",
        reason="FieldValueForbidden",
    )
    def _startup_script_version_comes_from_one_place(self) -> bool:
        return (
            self.startup_script_s3_object_version is None
            or self.artifacts is None
            or self.artifacts.startup_script is None
        )
