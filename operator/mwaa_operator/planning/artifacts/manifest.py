"""What an object has put into the bucket, remembered in the bucket itself: `.mwaa-operator/<namespace>.<name>.json`.

It is written before files are put, with what is about to be put, and afterwards. So whatever becomes of the process in between, the next
one knows which files are this object's: those whose ETag is the remembered one, and those that say of themselves that they are what was
about to be put.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mwaa_operator.planning.ownership import Identity

FOLDER = ".mwaa-operator/"
MOST_VERSIONS = 20
"""Of a file that is read by version, so many of its last states are remembered: going back to one of them uploads nothing."""
_FORM = 1


class UnreadableManifestError(ValueError):
    """What lies at the manifest's place is not one that this operator reads."""


@dataclass(frozen=True)
class Entry:
    """A file of ours: the SHA-256 of what was put there last and S3's ETag of it, and the SHA-256 of what is about to be put."""

    sha256: str | None
    etag: str | None
    coming: str | None = None


@dataclass(frozen=True)
class FileVersion:
    """A state of a file that is read by version."""

    sha256: str
    version_id: str


@dataclass(frozen=True)
class Manifest:
    """The files by their keys, and the states of those that are read by version, the newest last.

    `uploads` are the ids of uploads in parts that were begun, by the keys that they are for: S3 keeps the parts of one that nobody ends,
    and charges for them.
    """

    files: Mapping[str, Entry] = field(default_factory=dict)
    versions: Mapping[str, tuple[FileVersion, ...]] = field(default_factory=dict)
    uploads: Mapping[str, str] = field(default_factory=dict)

    def version_of(self, key: str, sha256: str) -> str | None:
        """The S3 version of a state of a file that was put there once."""
        known = self.versions.get(key, ())
        return next((one.version_id for one in reversed(known) if one.sha256 == sha256), None)

    def with_version(self, key: str, version: FileVersion) -> "Manifest":
        """Remember a state as the newest."""
        others = [one for one in self.versions.get(key, ()) if one.sha256 != version.sha256]
        return replace(self, versions={**self.versions, key: (*others, version)[-MOST_VERSIONS:]})

    def without(self, keys: Iterable[str]) -> "Manifest":
        """Forget files."""
        gone = set(keys)
        return replace(self, files={key: entry for key, entry in self.files.items() if key not in gone})


def place_of(identity: Identity) -> str:
    """The manifest's key in the bucket. Neither a namespace nor, with one before it, a name can be taken for another's."""
    return f"{FOLDER}{identity.namespace}.{identity.name}.json"


def written(manifest: Manifest, identity: Identity) -> bytes:
    """What the bucket holds. The same for the same manifest."""
    document = {
        "form": _FORM,
        "object": _names(identity),
        "files": {key: _entry(entry) for key, entry in manifest.files.items()},
        "versions": {
            key: [{"sha256": one.sha256, "versionId": one.version_id} for one in known]
            for key, known in manifest.versions.items()
        },
        **({"uploads": dict(manifest.uploads)} if manifest.uploads else {}),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def read(text: bytes, identity: Identity) -> Manifest:
    """What was written. Raises UnreadableManifestError, also where another cluster's object of that name has written it."""
    try:
        document = json.loads(text)
        form, names = document["form"], document["object"]
        files = {
            str(key): Entry(sha256=one.get("sha256"), etag=one.get("etag"), coming=one.get("coming"))
            for key, one in document["files"].items()
        }
        versions = {
            str(key): tuple(FileVersion(sha256=one["sha256"], version_id=one["versionId"]) for one in known)
            for key, known in document["versions"].items()
        }
        uploads = {str(key): str(upload) for key, upload in document.get("uploads", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnreadableManifestError("it is not the operator's record of files") from None
    if form != _FORM:
        raise UnreadableManifestError("another version of the operator has written it")
    if names != _names(identity):
        raise UnreadableManifestError(
            f"MwaaEnvironment {names.get('namespace')}/{names.get('name')} of cluster {names.get('cluster')} has written it"
        )
    return Manifest(files=files, versions=versions, uploads=uploads)


def _entry(entry: Entry) -> dict[str, Any]:
    members = {"sha256": entry.sha256, "etag": entry.etag, "coming": entry.coming}
    return {name: value for name, value in members.items() if value is not None}


def _names(identity: Identity) -> dict[str, str]:
    """Without the uid: an object that was restored from Git or a backup finds its files again."""
    return {"cluster": identity.cluster, "namespace": identity.namespace, "name": identity.name}
