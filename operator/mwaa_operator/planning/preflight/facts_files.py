"""What is seen of the files that an environment reads by the version of the object."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen

REQUIREMENTS, PLUGINS, STARTUP_SCRIPT = "RequirementsS3Path", "PluginsS3Path", "StartupScriptS3Path"


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """A file: its key and version as asked for, and, where it exists, its size in bytes and how it begins."""

    key: str
    version: str | None
    exists: bool
    size: int = 0
    beginning: bytes | Unseen = field(default=b"", repr=False)
    """Of requirements and startup scripts the first 64 KiB, of plugins the first four bytes."""

    @property
    def text(self) -> str:
        """How it begins, as text; empty where that may not be seen."""
        return "" if isinstance(self.beginning, Unseen) else self.beginning.decode("utf-8", "replace")


@dataclass(frozen=True, kw_only=True)
class FilesFacts:
    """The files that the spec names, by the member that holds the path."""

    files: Mapping[str, FileFacts | Unseen]


def files_facts(snapshot: Snapshot) -> FilesFacts:
    facts: FilesFacts = snapshot.fact(Subject.FILES)
    return facts


def file_in(snapshot: Snapshot, member: str) -> FileFacts | Unseen | None:
    """A file; None where the spec names none, or it does not exist, which is told by a check of its own."""
    found = files_facts(snapshot).files.get(member)
    return None if isinstance(found, FileFacts) and not found.exists else found
