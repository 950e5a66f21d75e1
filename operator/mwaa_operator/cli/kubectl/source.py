"""The object that a command is about: one in the cluster, or one in a file that may never have been applied."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import KIND
from mwaa_operator.api.types import ObjectName
from mwaa_operator.cli.kubectl.cluster import Cluster
from mwaa_operator.cli.kubectl.endings import MissingError, ProblemError

_STANDARD_INPUT = "-"
PATIENCE_SECONDS = 5
"""For a cluster that a file may or may not have been applied to."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """An object as it is, or as it would be after an apply of the file. `live` says whether the cluster has it."""

    body: Mapping[str, Any]
    found: MwaaEnvironment
    live: bool
    cluster_name: str = ""
    """What the operator calls the cluster in tags; empty where that could not be found out."""
    notes: tuple[str, ...] = ()
    same_code: bool = False
    """Whether the object in the cluster takes its code from the same places and puts it into the same bucket."""


def source_of(cluster: Cluster, *, name: str | None, file: str | None, offline: bool) -> Source:
    """Read it. Raises ProblemError."""
    if (name is None) == (file is None):
        raise ProblemError("It takes either the NAME of a MwaaEnvironment or -f FILE.", "`-h` explains both.")
    if file is not None:
        return _from_file(cluster, file, offline=offline)
    if offline:
        raise ProblemError("--offline is for files: an object has to be fetched from its cluster.", "Name one with -f.")
    body = cluster.environment(str(name)).json()
    return Source(body=body, found=_read(body, str(name)), live=True, cluster_name=_cluster_name(cluster, body))


def _from_file(cluster: Cluster, path: str, *, offline: bool) -> Source:
    file = "standard input" if path == _STANDARD_INPUT else path
    document = _document(path, file)
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise ProblemError(f"The MwaaEnvironment in {file} has no metadata.name.", "Give it one.")
    try:
        TypeAdapter(ObjectName).validate_python(metadata["name"])
    except ValidationError:
        raise ProblemError(
            f"Kubernetes takes no object with the name {metadata['name']}, which the one in {file} has.",
            "Lower-case letters, digits, hyphens and dots are possible. spec.name may be another name, for AWS.",
        ) from None
    _read(document, file)
    cluster = replace(cluster, namespace=cluster.namespace or metadata.get("namespace"))
    if offline:
        return _unapplied(document, cluster, file)
    try:
        live = cluster.environment(metadata["name"], patience=PATIENCE_SECONDS).json()
    except MissingError:
        return _unapplied(document, cluster, file, cluster_name=_cluster_name(cluster, {}))
    except ProblemError as error:
        note = f"Judged as if it were not in any cluster: {error.args[0]}"
        return _unapplied(document, cluster, file, notes=(note,))
    return _applied(document, live, file, _cluster_name(cluster, live))


def _unapplied(
    document: Mapping[str, Any], cluster: Cluster, file: str, *, notes: tuple[str, ...] = (), cluster_name: str = ""
) -> Source:
    metadata = {"namespace": cluster.namespace or "default", "uid": "", "generation": 1, **document["metadata"]}
    body = {**document, "metadata": {**metadata, "namespace": metadata["namespace"] or "default"}}
    return Source(body=body, found=_read(body, file), live=False, cluster_name=cluster_name, notes=notes)


def _applied(document: Mapping[str, Any], live: Mapping[str, Any], file: str, cluster_name: str) -> Source:
    """The live object with the file's spec. The generation is the next one if that is another spec."""
    wanted = _read(document, file)
    body = deepcopy(dict(live))
    body["spec"] = document.get("spec")
    try:
        there = MwaaEnvironment.from_object(dict(live)).spec
    except ValidationError:
        there = None
    if there != wanted.spec:
        body["metadata"]["generation"] = live["metadata"]["generation"] + 1
    annotations = {**(live["metadata"].get("annotations") or {}), **(document["metadata"].get("annotations") or {})}
    body["metadata"]["annotations"] = annotations
    same_code = there is not None and _code(there) == _code(wanted.spec)
    return Source(body=body, found=_read(body, file), live=True, cluster_name=cluster_name, same_code=same_code)


def _code(spec: EnvironmentSpec) -> tuple[Any, ...]:
    paths = (spec.dag_s3_path, spec.requirements_s3_path, spec.plugins_s3_path, spec.startup_script_s3_path)
    return (spec.artifacts, spec.source_bucket_arn, spec.provision.bucket, spec.airflow_version, *paths)


def _document(path: str, file: str) -> dict[str, Any]:
    import yaml

    from mwaa_operator.cli.kubectl.kubernetes_yaml import read

    try:
        text = sys.stdin.read() if path == _STANDARD_INPUT else Path(path).read_text(encoding="utf-8")
        documents = list(_single(read(text)))
    except OSError as error:
        raise ProblemError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ProblemError(f"{file} is not UTF-8 text.") from None
    except (yaml.YAMLError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise ProblemError(
            f"{file}{line} is not valid YAML: {getattr(error, 'problem', None) or 'it cannot be read'}."
        ) from None
    found = [each for each in documents if each.get("kind") == KIND]
    if len(found) != 1:
        raise ProblemError(
            f"There {'is' if len(found) == 1 else 'are'} {len(found) or 'no'} {KIND}{'' if len(found) == 1 else 's'} in {file}.",
            "Give a file with exactly one.",
        )
    return found[0]


def _single(documents: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The objects, those of lists one by one: `kubectl get` and `kubectl mwaa import` write lists."""
    for each in documents:
        if isinstance(each, dict) and each.get("kind") == "List":
            yield from _single(each.get("items") or ())
        elif isinstance(each, dict):
            yield each


def _read(body: Mapping[str, Any], where: str) -> MwaaEnvironment:
    try:
        return MwaaEnvironment.from_object(dict(body))
    except ValidationError as error:
        mistakes = "".join(f"\n  {mistake}" for mistake in explain(error))
        raise ProblemError(f"{where} is not a MwaaEnvironment that can be applied:{mistakes}") from None


def _cluster_name(cluster: Cluster, body: Mapping[str, Any]) -> str:
    """The operator's name of the cluster: as it has tagged the environment, else its default, else unknown."""
    from mwaa_operator.api.names import TAG_CLUSTER, TAG_NAME
    from mwaa_operator.cli.kubectl.view import member

    tags = member(body, "status.environment.tags") or {}
    if tags.get(TAG_CLUSTER) and tags.get(TAG_NAME) == body["metadata"]["name"]:
        return str(tags[TAG_CLUSTER])
    try:
        return cluster.ask("get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}").text()
    except ProblemError:
        return ""
