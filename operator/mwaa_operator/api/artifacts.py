"""Code that the operator puts into the source bucket: `spec.artifacts`."""

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field, Strict, StringConstraints

from mwaa_operator.api.enums import ArtifactsVerification
from mwaa_operator.api.model import SpecModel, rule
from mwaa_operator.api.types import BucketName, Flag, ObjectName, SecretKey

MAX_DAG_SOURCES = 16

GitUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2048, pattern=r"^(https://|ssh://|[a-zA-Z0-9._-]+@)[!-~]+$"),
]
GitRef = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[a-zA-Z0-9_][a-zA-Z0-9_.+@/-]*$")]
"""Of what git allows in a name (git-check-ref-format) only what no command line takes for an option."""
GitPath = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[^/\x00-\x1f][^\x00-\x1f]*$")]
S3Prefix = Annotated[str, StringConstraints(max_length=1024)]
S3Key = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Seconds = Annotated[int, Strict(), Ge(5), Le(86400)]
InlineText = Annotated[str, StringConstraints(min_length=1, max_length=65536)]
"""Longer files belong into a ConfigMap: the object as a whole has to fit into etcd."""


class SecretReference(SpecModel):
    """A Secret in the same namespace."""

    name: ObjectName
    """The name of the Secret."""


class ConfigMapFolder(SpecModel):
    """A ConfigMap in the same namespace, whose keys are files."""

    name: ObjectName
    """The name of the ConfigMap."""


class ConfigMapFile(SpecModel):
    """A file in a ConfigMap in the same namespace."""

    name: ObjectName
    """The name of the ConfigMap."""
    key: SecretKey
    """The key in its data or binaryData."""


class ConfigMapFileOrFolder(SpecModel):
    """A ConfigMap in the same namespace: one of its keys, or all of them as files of a folder."""

    name: ObjectName
    """The name of the ConfigMap."""
    key: SecretKey | None = None
    """The key that holds the file. Left out: all keys are files of a folder."""


class GitSource(SpecModel):
    """A file or a folder in a git repository."""

    url: GitUrl
    """Where the repository is: https://..., ssh://... or git@host:path. Credentials go into a Secret, not into the address."""
    ref: GitRef | None = None
    """A branch, a tag or a commit. Left out: the repository's own default branch."""
    path: GitPath | None = None
    """The file or folder in the repository. Left out: all of it."""
    secret_ref: SecretReference | None = None
    """The Secret with the credentials, with keys as Kubernetes' own types of Secrets have them: username and password, or token alone,
    for https, and ca.crt where its certificate is signed by nobody whom all know; ssh-privatekey and known_hosts for ssh.
    """
    interval_seconds: Seconds = 60
    """How often the repository is looked at, in seconds."""

    @rule(
        "!has(self.path) || !self.path.split('/').exists(part, part == '..')",
        field="path",
        message="path leads out of the repository. Write it from the top of the repository, without a .. in it.",
    )
    def _path_stays_inside(self) -> bool:
        return self.path is None or ".." not in self.path.split("/")

    @rule(
        "!self.url.matches('^https://[^/]*@')",
        field="url",
        message="Whoever may read this object reads the credentials in this address. Put them into a Secret and name it in secretRef.",
        reason="FieldValueForbidden",
    )
    def _address_has_no_credentials(self) -> bool:
        host = self.url.partition("://")[2].partition("/")[0]
        return not (self.url.startswith("https://") and "@" in host)


class GitFile(GitSource):
    """A file in a git repository."""

    path: GitPath
    """The file in the repository."""


class S3Folder(SpecModel):
    """The objects below a prefix of another bucket."""

    bucket: BucketName
    """The bucket."""
    prefix: S3Prefix = ""
    """What the keys begin with; the rest of each is the file's path. A / is added where it has none. Left out: the whole bucket."""
    interval_seconds: Seconds = 60
    """How often the bucket is looked at, in seconds."""


class S3File(SpecModel):
    """An object of another bucket."""

    bucket: BucketName
    """The bucket."""
    key: S3Key
    """The object's key."""
    interval_seconds: Seconds = 60
    """How often the bucket is looked at, in seconds."""


class S3FileOrFolder(SpecModel):
    """An object of another bucket, or the objects below a prefix as files of a folder."""

    bucket: BucketName
    """The bucket."""
    key: S3Key | None = None
    """The object's key."""
    prefix: S3Prefix | None = None
    """What the keys begin with; the rest of each is the file's path."""
    interval_seconds: Seconds = 60
    """How often the bucket is looked at, in seconds."""

    @rule(
        "has(self.key) != has(self.prefix)",
        field="key",
        message="Give either key, one object, or prefix, the objects of a folder.",
        reason="FieldValueRequired",
    )
    def _file_or_folder(self) -> bool:
        return (self.key is None) != (self.prefix is None)


class DagSource(SpecModel):
    """Where DAG files come from: one of configMap, git and s3."""

    config_map: ConfigMapFolder | None = None
    """A ConfigMap in the same namespace: its keys are files."""
    git: GitSource | None = None
    """A folder in a git repository."""
    s3: S3Folder | None = None
    """The objects below a prefix of another bucket."""

    @rule(
        "[has(self.configMap), has(self.git), has(self.s3)].filter(given, given).size() == 1",
        message="Files come from one place: give exactly one of configMap, git and s3. Add another entry for another source.",
        reason="FieldValueRequired",
    )
    def _comes_from_one_place(self) -> bool:
        return _one_of(self.config_map, self.git, self.s3)


class FileSource(SpecModel):
    """Where a file comes from: one of inline, configMap, git and s3."""

    inline: InlineText | None = None
    """The text of the file itself."""
    config_map: ConfigMapFile | None = None
    """A key of a ConfigMap in the same namespace."""
    git: GitFile | None = None
    """A file in a git repository."""
    s3: S3File | None = None
    """An object of another bucket."""

    @rule(
        "[has(self.inline), has(self.configMap), has(self.git), has(self.s3)].filter(given, given).size() == 1",
        message="A file comes from one place: give exactly one of inline, configMap, git and s3.",
        reason="FieldValueRequired",
    )
    def _comes_from_one_place(self) -> bool:
        return _one_of(self.inline, self.config_map, self.git, self.s3)


class PluginsSource(SpecModel):
    """Where the plugins come from, as a zip file or as a folder that is zipped: one of configMap, git and s3."""

    config_map: ConfigMapFileOrFolder | None = None
    """A ConfigMap in the same namespace."""
    git: GitSource | None = None
    """A zip file or a folder in a git repository."""
    s3: S3FileOrFolder | None = None
    """An object of another bucket, or those below a prefix."""

    @rule(
        "[has(self.configMap), has(self.git), has(self.s3)].filter(given, given).size() == 1",
        message="Plugins come from one place: give exactly one of configMap, git and s3.",
        reason="FieldValueRequired",
    )
    def _come_from_one_place(self) -> bool:
        return _one_of(self.config_map, self.git, self.s3)


class Artifacts(SpecModel):
    """Code that the operator puts into the source bucket. What is left out is not looked after."""

    dags: tuple[DagSource, ...] | None = Field(default=None, min_length=1, max_length=MAX_DAG_SOURCES)
    """Where the DAG files come from. All of them are put into the folder dagS3Path, within seconds and without an update of the
    environment.
    """
    requirements: FileSource | None = None
    """The requirements file. It is put at requirementsS3Path, or at requirements.txt."""
    plugins: PluginsSource | None = None
    """The plugins archive. It is put at pluginsS3Path, or at plugins.zip."""
    startup_script: FileSource | None = None
    """The startup script. It is put at startupScriptS3Path, or at startup.sh."""
    prune: Flag = True
    """Whether DAG files that this object has put into the bucket are removed once they have left their source. Nobody else's file
    ever is.
    """
    verify: ArtifactsVerification = ArtifactsVerification.SYNTAX
    """What is checked before anything is put into the bucket. Syntax: DAG files compile, requirements can be read. Airflow: the DAGs
    are imported by the Airflow version of the environment as well, in a Job beside this object. None: nothing.
    """


def _one_of(*sources: object) -> bool:
    return sum(source is not None for source in sources) == 1
