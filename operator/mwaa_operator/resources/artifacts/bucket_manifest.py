"""The manifest as it lies in the bucket."""

from dataclasses import dataclass
from typing import Any

from mwaa_operator.aws import s3_objects
from mwaa_operator.planning.artifacts import manifest
from mwaa_operator.planning.artifacts.manifest import Manifest
from mwaa_operator.planning.ownership import Identity


@dataclass
class BucketManifest:
    """The manifest of one object in one bucket: what was read, and what is written in its place.

    Raises AwsError, UnreadableManifestError, and `s3_objects.ChangedError` where another process has written it meanwhile.
    """

    storage: Any
    bucket: str
    identity: Identity
    now: Manifest
    _text: bytes | None
    _etag: str | None

    @classmethod
    def read(cls, storage: Any, *, bucket: str, identity: Identity) -> "BucketManifest":
        """The manifest, an empty one where there is none yet."""
        found = s3_objects.text(storage, bucket=bucket, key=manifest.place_of(identity))
        if found is None:
            return cls(storage, bucket, identity, Manifest(), None, None)
        text, etag = found
        return cls(storage, bucket, identity, manifest.read(text, identity), text, etag)

    def write(self, new: Manifest) -> None:
        """Write it, unless that is what is there; an empty one is not begun."""
        self.now = new
        text = manifest.written(new, self.identity)
        if text == self._text or (self._text is None and new == Manifest()):
            return
        key = manifest.place_of(self.identity)
        self._etag = s3_objects.put_text(self.storage, bucket=self.bucket, key=key, content=text, replaces=self._etag)
        self._text = text
