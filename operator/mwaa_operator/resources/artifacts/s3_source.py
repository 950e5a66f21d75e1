"""Code from another bucket: the objects below a prefix, or one of them."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from mwaa_operator.api.artifacts import S3File, S3FileOrFolder, S3Folder
from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.s3_downloads import download
from mwaa_operator.aws.s3_objects import Object, listed, looked_at
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.artifacts.circles import prefix_of
from mwaa_operator.planning.artifacts.limits import MOST_FILES, check_path, check_size
from mwaa_operator.planning.artifacts.model import Fetched, SourceFile, SourceProblemError
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.resources.artifacts.progress import Progress, Tally
from mwaa_operator.resources.artifacts.remembering import recall, remember
from mwaa_operator.resources.artifacts.room import Fits

_AT_A_TIME = 8
"""Downloads side by side: thousands of small files would else take as many round trips."""

_UNFINISHED = ".unfinished-"

Source = S3Folder | S3File | S3FileOrFolder


def fetch_s3(
    clients: Clients,
    region: str | None,
    source: Source,
    folder: Path,
    fits: Fits = lambda _: None,
    *,
    progress: Progress = lambda _: None,
) -> Fetched:
    """The files that the source names, in a folder that belongs to it alone and may be given again to fetch less the next time.

    The bucket is listed; objects whose ETags have been seen before are not fetched again. Raises SourceProblemError, and what was
    fetched before is left as it is, and OSError where there is no room for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    what = _name(source)
    try:
        storage = clients.client("s3", region)
        found = _found(storage, source, what)
        check_size(what, files=len(found), size=sum(there.size for _, there in found.values()))
        revision = _revision(found)
        asked = {"bucket": source.bucket, "place": what, "revision": revision}
        known = recall(folder, asked)
        if known is not None:
            return known
        fetched = Fetched(
            _downloaded(storage, source.bucket, found, folder / "contents", fits=fits, progress=progress),
            revision=revision,
        )
    except AwsError as error:
        raise _problem(error, what) from None
    remember(folder, asked, fetched)
    return fetched


def _name(source: Source) -> str:
    key = getattr(source, "key", None)
    return f"s3://{source.bucket}/{key if key is not None else prefix_of(source)}"


def _found(storage: Any, source: Source, what: str) -> dict[str, tuple[str, Object]]:
    """The objects, with their keys, by the paths of the files that they are."""
    key = getattr(source, "key", None)
    if key is not None:
        there = looked_at(storage, bucket=source.bucket, key=key)
        if there is None:
            message = f"There is no object {what}. Upload it, or change key."
            raise SourceProblemError(Reason.SOURCE_NOT_FOUND, message, lasting=False)
        return {_checked(what, key.rpartition("/")[2]): (key, there)}
    prefix = prefix_of(source)
    found = {}
    for name, there in listed(storage, bucket=source.bucket, prefix=prefix):
        # The console makes a folder by an object that is empty and whose name ends so.
        if not name.endswith("/"):
            found[_checked(what, name.removeprefix(prefix))] = (name, there)
        if len(found) > MOST_FILES:
            break
    return found


def _checked(what: str, path: str) -> str:
    check_path(what, path)
    return path


def _revision(found: Mapping[str, tuple[str, Object]]) -> str:
    """A hash of all paths and ETags, short enough to be read."""
    lines = "".join(f"{path}\0{there.etag}\n" for path, (_, there) in sorted(found.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _downloaded(
    storage: Any,
    bucket: str,
    found: Mapping[str, tuple[str, Object]],
    folder: Path,
    *,
    fits: Fits,
    progress: Progress,
) -> dict[str, SourceFile]:
    """Fetch the objects that are not there yet, and remove those that no file is any more.

    Each is named by a hash of its key and its ETag, and by the SHA-256 of its content, so that it need not be read again.
    """
    folder.mkdir(exist_ok=True)
    for unfinished in folder.glob(f"{_UNFINISHED}*"):
        unfinished.unlink()
    there = {path.name.partition("-")[0]: path for path in folder.iterdir()}
    names = {path: hashlib.sha256(f"{key}\0{one.etag}".encode()).hexdigest() for path, (key, one) in found.items()}
    missing = [path for path, name in names.items() if name not in there]
    size = sum(found[path][1].size for path in missing)
    fits(size)
    tally = Tally(files=len(missing), size=size, tell=progress)

    def fetch(path: str) -> tuple[str, Path]:
        key, one = found[path]
        name, unfinished = names[path], folder / f"{_UNFINISHED}{names[path]}"
        digest = download(
            storage, bucket=bucket, key=key, etag=one.etag, to=unfinished, told=lambda more: tally.add(size=more)
        )
        tally.add(files=1)
        return name, unfinished.rename(folder / f"{name}-{digest}")

    with ThreadPoolExecutor(max_workers=_AT_A_TIME, thread_name_prefix="s3-source") as downloads:
        try:
            there |= dict(downloads.map(fetch, missing))
        except AwsError:
            downloads.shutdown(cancel_futures=True)
            raise
    for name in there.keys() - set(names.values()):
        with suppress(FileNotFoundError):
            there[name].unlink()
    return {
        path: SourceFile(
            path=path,
            size=found[path][1].size,
            sha256=there[name].name.partition("-")[2],
            at=there[name],
        )
        for path, name in names.items()
    }


def _problem(error: AwsError, what: str) -> SourceProblemError:
    if error.kind in {FailureKind.DENIED, FailureKind.CREDENTIALS}:
        message = f"The operator may not read {what}. Allow its role s3:ListBucket on the bucket and s3:GetObject on the objects."
        return SourceProblemError(Reason.SOURCE_DENIED, message, lasting=True)
    if error.kind is FailureKind.GONE:
        message = f"There is no bucket of the name that {what} has, or what was in it has just gone. Correct the spec, or make it."
        return SourceProblemError(Reason.SOURCE_NOT_FOUND, message, lasting=False)
    if error.code in {"PreconditionFailed", "412"}:
        message = f"{what} was changed while it was read. It is read again by itself."
    else:
        message = f"{what} cannot be read: {error.code}: {error.message} It is tried again by itself."
    return SourceProblemError(Reason.SOURCE_UNREACHABLE, message, lasting=False)
