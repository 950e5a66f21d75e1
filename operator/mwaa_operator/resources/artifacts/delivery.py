"""Brings files into the bucket: compares, uploads many at a time, removes, and remembers what it has done before and after.

Blocks, for minutes where there is much to upload. It may end anywhere: the next delivery goes on from what the bucket holds.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

from mwaa_operator.aws import s3_objects, s3_uploads
from mwaa_operator.aws.calls import call
from mwaa_operator.aws.s3_objects import ChangedError, Object
from mwaa_operator.planning.artifacts.files import FilePlan, Listed, Put, Removal, file_plan
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.manifest import Entry, FileVersion, Manifest
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.resources.artifacts.bucket_manifest import BucketManifest
from mwaa_operator.resources.artifacts.progress import Progress, Tally
from mwaa_operator.resources.artifacts.side_by_side import SideBySide, StoppedError

AT_A_TIME = 250
"""After so many files the manifest is written again: a process that dies leaves no more than those to be asked what they are."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be in the bucket, and how. `folder` is that of the DAGs, with a slash at its end."""

    bucket: str
    identity: Identity
    folder: str
    gathered: Gathered
    prune: bool
    adopt: bool


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What is in the bucket now. `versions` are the S3 versions of the files that are read by version, by the AWS name of their path field;
    `foreign` the places at which somebody else's file is in the way.
    """

    versions: Mapping[str, str]
    foreign: tuple[str, ...] = ()
    uploaded: int = 0
    removed: int = 0


_NO_VERSION = frozenset({None, "null"})
"""What S3 says of a version that was put while the bucket kept none (S3 User Guide, versioning)."""


class Delivery:
    """One delivery. `uploads` runs the calls that are made side by side; `stopped` is asked between them, and between parts of files.

    `contents` are the SHA-256 sums of files in the bucket that have been asked for before, by their keys and ETags. Those that this
    delivery asks for take their place.
    """

    def __init__(
        self,
        storage: Any,
        order: Order,
        *,
        uploads: Executor,
        progress: Progress,
        stopped: Callable[[], bool],
        contents: MutableMapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._storage = storage
        self._order = order
        self._calls = SideBySide(uploads, stopped=stopped)
        self._progress = progress
        self._stopped = stopped
        self._contents = {} if contents is None else contents
        gathered = order.gathered
        self._member_of = {gathered.keys[member]: member for member in gathered.files}

    def make(self) -> Delivered:
        """Bring the files into the bucket.

        Raises AwsError, UnreadableManifestError, OSError where a fetched file cannot be read, ChangedError where somebody else changes the
        same files at the same time, and StoppedError.
        """
        order = self._order
        manifest = BucketManifest.read(self._storage, bucket=order.bucket, identity=order.identity)
        # What a process that died was in the middle of; what is written next remembers none of it any more.
        self._calls.all_of(self._abort, list(manifest.now.uploads.items()))
        versions = self._known_versions(manifest.now)
        done = {order.gathered.keys[member] for member in versions}
        wanted = {key: file for key, file in order.gathered.wanted.items() if key not in done}
        # What nothing is done about is remembered as it is: files that are there, and DAGs where the spec names no source of any.
        no_dags = order.gathered.dags is None
        kept = {
            key: entry for key, entry in manifest.now.files.items() if key in done or (no_dags and key not in wanted)
        }
        listed = self._listed({*wanted, *manifest.now.files} - set(kept))
        plan = self._plan(manifest.now.without(kept), wanted, listed)
        plan = replace(plan, manifest=replace(plan.manifest, files={**plan.manifest.files, **kept}))
        # Before anything is done: with all that is about to be.
        manifest.write(plan.manifest)
        versions |= self._put_all(plan.puts, manifest)
        self._remove_all(plan.removals, manifest)
        versions |= self._versions_of_others(set(order.gathered.files) - set(versions), plan, listed, manifest)
        return Delivered(versions=versions, foreign=plan.foreign, uploaded=len(plan.puts), removed=len(plan.removals))

    # Comparing -------------------------------------------------------------------------------------------------------

    def _known_versions(self, manifest: Manifest) -> dict[str, str]:
        """Of the files that are read by version those that were put there once as they are wanted now, even if others came after them."""
        gathered, found = self._order.gathered, {}
        for member, file in gathered.files.items():
            key = gathered.keys[member]
            version = manifest.version_of(key, file.sha256)
            if version and s3_objects.looked_at(self._storage, bucket=self._order.bucket, key=key, version_id=version):
                found[member] = version
        return found

    def _plan(self, manifest: Manifest, wanted: Mapping[str, SourceFile], listed: Mapping[str, Listed]) -> FilePlan:
        contents: dict[str, str] = {}
        while True:
            plan = file_plan(
                wanted, listed, manifest, contents=contents, prune=self._order.prune, adopt=self._order.adopt
            )
            if not plan.unclear:
                break
            contents |= dict(self._calls.all_of(lambda key: (key, self._content(key, listed[key])), plan.unclear))
        self._contents.clear()
        self._contents.update({(key, listed[key].etag): content for key, content in contents.items()})
        return plan

    def _listed(self, keys: set[str]) -> dict[str, Listed]:
        """What there is at these places. The folder is listed, whatever else may lie in it; other places are looked at one by one."""
        bucket, folder = self._order.bucket, self._order.folder
        found: dict[str, Listed] = {}
        lists = self._order.gathered.dags is not None
        if lists:
            for key, there in s3_objects.listed(self._storage, bucket=bucket, prefix=folder):
                if key in keys:
                    found[key] = Listed(etag=there.etag, size=there.size)
        elsewhere = sorted(key for key in keys if not (lists and key.startswith(folder)))
        looks = self._calls.all_of(
            lambda key: (key, s3_objects.looked_at(self._storage, bucket=bucket, key=key)), elsewhere
        )
        return found | {key: Listed(etag=there.etag, size=there.size) for key, there in looks if there is not None}

    def _content(self, key: str, there: Listed) -> str:
        """What an object is: what it says of itself if it is one of ours, else what its content comes to."""
        known = self._contents.get((key, there.etag))
        if known is not None:
            return known
        bucket = self._order.bucket
        found = s3_objects.looked_at(self._storage, bucket=bucket, key=key)
        if found is None or found.etag != there.etag:
            raise ChangedError
        return found.sha256 or s3_objects.content_sha256(self._storage, bucket=bucket, key=key, etag=there.etag)

    # Doing -----------------------------------------------------------------------------------------------------------

    def _put_all(self, puts: Sequence[Put], manifest: BucketManifest) -> dict[str, str]:
        """Put files, and remember each few of them. Gives the versions of those that are read by version."""
        versions: dict[str, str] = {}
        tally = Tally(files=len(puts), size=sum(put.file.size for put in puts), tell=self._progress)

        def put_one(put: Put) -> tuple[Put, Object]:
            return put, self._put(put, manifest.now.uploads.get(put.key), tally)

        for start in range(0, len(puts), AT_A_TIME):
            some = puts[start : start + AT_A_TIME]
            self._begin([put for put in some if put.file.size >= s3_uploads.IN_PARTS_FROM], manifest)
            made, error = self._calls.as_many_as_possible(put_one, some)
            versions |= self._remember(made, manifest)
            if error is not None:
                raise error
        return versions

    def _begin(self, puts: Sequence[Put], manifest: BucketManifest) -> None:
        """Begin uploads in parts, and remember them: whoever comes after a process that dies in one removes its parts."""

        def begun(put: Put) -> tuple[str, str]:
            bucket, sha256 = self._order.bucket, put.file.sha256
            return put.key, s3_uploads.begin_parts(self._storage, bucket=bucket, key=put.key, sha256=sha256)

        if puts:
            uploads, error = self._calls.as_many_as_possible(begun, puts)
            manifest.write(replace(manifest.now, uploads={**manifest.now.uploads, **dict(uploads)}))
            if error is not None:
                raise error

    def _put(self, put: Put, upload: str | None, tally: Tally) -> Object:
        bucket, key, file = self._order.bucket, put.key, put.file

        def told(size: int) -> None:
            tally.add(size=size)
            if self._stopped():
                raise StoppedError

        what: dict[str, Any] = {"file": file.at, "sha256": file.sha256, "replaces": put.replaces}
        if upload is None:
            there = s3_uploads.put_file(self._storage, bucket=bucket, key=key, **what)
            tally.add(files=1, size=file.size)
        else:
            there = s3_uploads.put_in_parts(self._storage, upload, bucket=bucket, key=key, told=told, **what)
            tally.add(files=1)
        return there

    def _abort(self, upload: tuple[str, str]) -> None:
        key, name = upload
        s3_uploads.abort_parts(self._storage, name, bucket=self._order.bucket, key=key)

    def _remember(self, made: Sequence[tuple[Put, Object]], manifest: BucketManifest) -> dict[str, str]:
        """Write down what was put. Gives the versions of what is read by version."""
        versions: dict[str, str] = {}
        files, new = dict(manifest.now.files), manifest.now
        for put, there in made:
            files[put.key] = Entry(sha256=put.file.sha256, etag=there.etag)
            if put.key in self._member_of:
                version = self._version(put.key, there)
                versions[self._member_of[put.key]] = version
                new = new.with_version(put.key, FileVersion(put.file.sha256, version))
        there_now = {put.key for put, _ in made}
        uploads = {key: upload for key, upload in new.uploads.items() if key not in there_now}
        manifest.write(replace(new, files=files, uploads=uploads))
        return versions

    def _remove_all(self, removals: Sequence[Removal], manifest: BucketManifest) -> None:
        removed, error = self._calls.as_many_as_possible(self._remove, removals)
        manifest.write(manifest.now.without(removed))
        if error is not None:
            raise error

    def _remove(self, one: Removal) -> str:
        s3_objects.remove(self._storage, bucket=self._order.bucket, key=one.key, etag=one.etag)
        return one.key

    def _versions_of_others(
        self, members: Iterable[str], plan: FilePlan, listed: Mapping[str, Listed], manifest: BucketManifest
    ) -> dict[str, str]:
        """The versions of files that lie there as they are wanted: somebody else's, or ours of a process that died before it heard them."""
        gathered, found, new = self._order.gathered, {}, manifest.now
        for member in members:
            key = gathered.keys[member]
            if key in plan.foreign:
                continue
            there = s3_objects.looked_at(self._storage, bucket=self._order.bucket, key=key)
            if there is None or there.etag != listed[key].etag:
                raise ChangedError
            if there.version_id in _NO_VERSION and key in new.files and self._keeps_versions():
                # Put there while the bucket did not.
                file = gathered.files[member]
                place = {"bucket": self._order.bucket, "key": key}
                there = s3_uploads.put_file(
                    self._storage, **place, file=file.at, sha256=file.sha256, replaces=there.etag
                )
                new = replace(new, files={**new.files, key: Entry(sha256=file.sha256, etag=there.etag)})
            found[member] = self._version(key, there)
            new = new.with_version(key, FileVersion(gathered.files[member].sha256, found[member]))
        manifest.write(new)
        return found

    def _keeps_versions(self) -> bool:
        return call(self._storage, "GetBucketVersioning", {"Bucket": self._order.bucket}).get("Status") == "Enabled"

    def _version(self, key: str, there: Object) -> str:
        if there.version_id in _NO_VERSION:
            message = (
                f"The bucket {self._order.bucket} is not versioned, which MWAA needs to read {key}. Turn versioning on."
            )
            raise AwsError(kind=FailureKind.MISSING, operation="PutObject", code="NotVersioned", message=message)
        return str(there.version_id)
