"""Code from ConfigMaps of the object's own namespace, which are watched: a change acts at once."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path

from mwaa_operator.api.artifacts import ConfigMapFile, ConfigMapFileOrFolder, ConfigMapFolder
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.controller.object_watches import UNREAD, ObjectWatches
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.artifacts.limits import check_size
from mwaa_operator.planning.artifacts.model import Fetched, SourceFile, SourceProblemError

ROLE = "mwaa-operator-config-map-reader"
"""The ClusterRole that whoever owns a namespace binds to the operator there."""

Source = ConfigMapFolder | ConfigMapFile | ConfigMapFileOrFolder


class ConfigMaps:
    """Reads them, and has objects looked at again when what they have read changes.

    All that an object reads is read between `begin` and `end`: what it has not read then is not watched for it any more.
    """

    def __init__(self, kubernetes: Kubernetes, watches: ObjectWatches) -> None:
        self._kubernetes = kubernetes
        self._watches = watches
        self._read: dict[Key, dict[str, str | None]] = {}

    def begin(self, key: Key) -> None:
        self._read[key] = {}

    def end(self, key: Key) -> None:
        self._watches.follow(key, self._read.pop(key, {}))

    def forget(self, key: Key) -> None:
        """An object takes code from no ConfigMap any more."""
        self._read.pop(key, None)
        self._watches.follow(key, {})

    async def fetch(self, key: Key, source: Source, folder: Path) -> Fetched:
        """The files that the source names, in a folder that belongs to it alone. Raises SourceProblemError."""
        read, name = self._read[key], source.name
        # Whatever comes in between, a version to be read is told of.
        read[name] = UNREAD
        try:
            found = await self._kubernetes.config_map(key.namespace, name)
        except KubernetesError as error:
            raise _refused(error, name, key.namespace) from None
        read[name] = found.version if found else None
        if found is None:
            message = f"There is no ConfigMap {name} in namespace {key.namespace}. Create it; it goes on by itself."
            raise SourceProblemError(Reason.SOURCE_NOT_FOUND, message, lasting=True)
        files = _chosen(found.files, source)
        return Fetched(await asyncio.to_thread(_written, files, folder), revision=found.version)


def _chosen(files: Mapping[str, bytes], source: Source) -> Mapping[str, bytes]:
    chosen = getattr(source, "key", None)
    if chosen is None:
        check_size(f"The ConfigMap {source.name}", files=len(files), size=sum(map(len, files.values())))
        return files
    if chosen not in files:
        message = f"The ConfigMap {source.name} has no key {chosen}. Add it; it goes on by itself."
        raise SourceProblemError(Reason.SOURCE_NOT_FOUND, message, lasting=True)
    return {chosen: files[chosen]}


def _written(contents: Mapping[str, bytes], folder: Path) -> dict[str, SourceFile]:
    """Write what is not there yet, each file under the hash of its content, and remove what no file is any more."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for path, content in contents.items():
        digest = hashlib.sha256(content).hexdigest()
        files[path] = SourceFile(path, len(content), digest, folder / digest)
        if not files[path].at.exists():
            unfinished = folder / ".unfinished"
            unfinished.write_bytes(content)
            unfinished.replace(files[path].at)
    for old in set(folder.iterdir()) - {file.at for file in files.values()}:
        old.unlink()
    return files


def _refused(error: KubernetesError, name: str, namespace: str) -> SourceProblemError:
    if error.status == 403:
        message = f"The operator may not read the ConfigMap {name}. Bind it the role {ROLE} in namespace {namespace}."
        return SourceProblemError(Reason.SOURCE_DENIED, message, lasting=True)
    message = f"The ConfigMap {name} cannot be read: {error}. It is tried again by itself."
    return SourceProblemError(Reason.SOURCE_UNREACHABLE, message, lasting=False)
