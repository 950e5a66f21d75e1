"""Importing DAGs with the environment's own Airflow before they go out: the Job that does it, and what its end means.

The Job runs in the namespace of its object, for it runs that namespace's code: as nobody, without a token for the cluster, with bounds of
time and memory. It gets at the code by an address in a Secret that is good for an hour, and says how it went in its termination message.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mwaa_operator.api.airflow_versions import releases
from mwaa_operator.api.names import GROUP, KIND, VERSION
from mwaa_operator.planning.artifacts.checks import python_of
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.ownership import Identity

DAGS, REQUIREMENTS, PLUGINS = "dags/", "requirements.txt", "plugins.zip"
"""Where in the archive the program finds what it verifies."""

DEADLINE_SECONDS = 15 * 60
KEPT_SECONDS = 60 * 60
"""How long a Job that has ended stays to be looked at. It is made anew after that if its code still waits."""

ROLE = "mwaa-operator-verifier"
"""The ClusterRole that whoever owns a namespace binds to the operator there."""

_FOLDER = "/usr/local/airflow"
"""Where MWAA has dags and plugins, which requirements and DAGs may name (MWAA User Guide, working-dags-dependencies)."""
_USER = 50000
"""The user of Airflow's images, who owns what is installed in them (Airflow's documentation, docker-stack)."""
_RESULT = "/dev/termination-log"
_ADDRESS = "address"
_MOST_NAMED = 3
_LONGEST = 300

JOB_NAME = "batch.kubernetes.io/job-name"
"""The label by which Kubernetes says of a pod which Job it is of."""


class Outcome(StrEnum):
    """What has come of a verification."""

    UNDER_WAY = "UnderWay"
    PASSED = "Passed"
    FAILED = "Failed"
    """Something cannot be imported or installed."""
    UNABLE = "Unable"
    """It could not be found out."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """An outcome, as a sentence and what to do about it.

    `dags` is the number of DAGs that could be imported; `hindered` says that the Job waits for something that somebody may have to see to.
    """

    outcome: Outcome
    message: str
    advice: str = ""
    dags: int = 0
    hindered: bool = False


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What is verified: the code by its places in the archive, by which Airflow, and for which object."""

    identity: Identity
    airflow_version: str
    image: str
    files: Mapping[str, SourceFile]

    @property
    def name(self) -> str:
        """The name of the Job and of its Secret: there is one for each content, version and image."""
        total = hashlib.sha256(f"{self.identity.uid}\0{self.airflow_version}\0{self.image}\n".encode())
        for path in sorted(self.files):
            total.update(f"{path}\0{self.files[path].sha256}\n".encode())
        return f"mwaa-verify-{total.hexdigest()[:24]}"

    @property
    def archive_key(self) -> str:
        """Where in the bucket the archive is put for the time of the verification: one for an object, so that none is forgotten."""
        return f"{self._place}.verification.zip"

    @property
    def record_key(self) -> str:
        """Where in the bucket it is remembered which verification of the object was the last to pass."""
        return f"{self._place}.verified"

    @property
    def _place(self) -> str:
        return f".mwaa-operator/{self.identity.namespace}.{self.identity.name}"


def image_of(template: str, airflow_version: str) -> str:
    """The image of an Airflow version, on MWAA's Python, or the newest Python on record for a version that is not."""
    known = python_of(airflow_version) or python_of(str(releases()[0].version)) or (3, 12)
    return template.format(version=airflow_version, python=".".join(map(str, known)))


def job_of(verified: Verified, *, program: str, sha256: str) -> dict[str, Any]:
    """The manifest of the Job. `program` is the text of what it runs, `sha256` that of the archive."""
    identity, labels = verified.identity, {f"{GROUP}/verification": "true"}
    owner = {"apiVersion": f"{GROUP}/{VERSION}", "kind": KIND, "name": identity.name, "uid": identity.uid}
    variables = {"SHA256": sha256, "FOLDER": _FOLDER, "RESULT": _RESULT}
    environment = [
        *({"name": f"MWAA_OPERATOR_{name}", "value": value} for name, value in variables.items()),
        {
            "name": "MWAA_OPERATOR_ARCHIVE",
            "valueFrom": {"secretKeyRef": {"name": verified.name, "key": _ADDRESS}},
        },
        {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
    ]
    container = {
        "name": "airflow",
        "image": verified.image,
        # Not the image's entry point, which waits for a database.
        "command": ["python", "-c", program],
        "env": environment,
        "workingDir": _FOLDER,
        "terminationMessagePath": _RESULT,
        "terminationMessagePolicy": "File",
        "resources": {
            "requests": {"cpu": "250m", "memory": "1Gi"},
            "limits": {"memory": "2Gi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "work", "mountPath": _FOLDER}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - of a pod
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "work", "emptyDir": {"sizeLimit": "8Gi"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "2Gi"}},
        ],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": verified.name, "labels": labels, "ownerReferences": [owner]},
        "spec": {
            "backoffLimit": 0,
            # A pod that had to make room for another has found nothing out.
            "podFailurePolicy": {
                "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
            },
            "activeDeadlineSeconds": DEADLINE_SECONDS,
            "ttlSecondsAfterFinished": KEPT_SECONDS,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def secret_of(verified: Verified, *, job: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The manifest of the Secret with the address of the archive. It goes with its Job."""
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": verified.name, "uid": job["metadata"]["uid"]}
    return {
        "metadata": {
            "name": verified.name,
            "labels": {f"{GROUP}/verification": "true"},
            "ownerReferences": [owner],
        },
        "stringData": {_ADDRESS: address},
        "immutable": True,
    }


def has_ended(job: Mapping[str, Any]) -> bool:
    return _ending(job) is not None


def verdict_of(job: Mapping[str, Any], pods: Iterable[Mapping[str, Any]]) -> Verdict:
    """What a Job and its pods come to."""
    name, ending = job["metadata"]["name"], _ending(job)
    pods = sorted(pods, key=lambda pod: str(pod["metadata"].get("creationTimestamp")))
    if ending is None:
        waits = _waits_for(pods)
        message = f"The Job {name}, which imports the code, {'waits' if waits else 'is under way'}{waits}."
        return Verdict(outcome=Outcome.UNDER_WAY, message=message, hindered=bool(waits))
    for pod in reversed(pods):
        terminated = _of_container(pod).get("state", {}).get("terminated")
        if terminated is not None:
            return _said(name, terminated)
    if ending.get("reason") == "DeadlineExceeded":
        why = f"has not ended within {DEADLINE_SECONDS // 60} minutes{_waits_for(pods)}"
        return _unable(name, why, "See that its image can be had and that the namespace has room for a pod of 1 Gi.")
    return _unable(
        name, f"has ended and left no pod: {ending.get('message') or ending.get('reason') or 'no reason given'}"
    )


def _ending(job: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The condition that says how a Job has ended, None while it has not."""
    for condition in job.get("status", {}).get("conditions") or ():
        if condition["type"] in {"Complete", "Failed"} and condition["status"] == "True":
            found: Mapping[str, Any] = condition
            return found
    return None


def _of_container(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    statuses = pod.get("status", {}).get("containerStatuses") or [{}]
    found: Mapping[str, Any] = statuses[0]
    return found


def _waits_for(pods: Iterable[Mapping[str, Any]]) -> str:
    """Why the newest pod does not run, in brackets, where Kubernetes says so."""
    for pod in reversed(list(pods)):
        waiting = _of_container(pod).get("state", {}).get("waiting") or {}
        unscheduled = [
            condition
            for condition in pod.get("status", {}).get("conditions") or ()
            if condition["type"] == "PodScheduled" and condition["status"] == "False"
        ]
        reason = waiting.get("reason") or (unscheduled[0].get("reason") if unscheduled else None)
        text = waiting.get("message") or (unscheduled[0].get("message") if unscheduled else None)
        if reason not in {None, "ContainerCreating", "PodInitializing"}:
            return f" ({reason}{f': {text[:_LONGEST]}' if text else ''})"
    return ""


def _said(name: str, terminated: Mapping[str, Any]) -> Verdict:
    """What the program has said, and where it could not, what ended it."""
    try:
        found = json.loads(terminated.get("message") or "")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not ({"problem", "errors"} & found.keys()):
        if terminated.get("reason") == "OOMKilled":
            return _unable(
                name, "needs more than 2 Gi of memory", "Have the DAG files do less while they are imported."
            )
        return _unable(
            name,
            f"has ended with exit code {terminated.get('exitCode')} ({terminated.get('reason') or 'no reason given'}) and no result",
            f"kubectl logs job/{name} says more.",
        )
    if "problem" in found:
        return _unable(name, f"could not import anything: {found['problem']}", f"kubectl logs job/{name} says more.")
    return _judged(name, found)


def _judged(name: str, found: Mapping[str, Any]) -> Verdict:
    version, dags = found.get("airflow"), int(found.get("dags") or 0)
    errors = list(found["errors"])
    if not errors:
        return Verdict(outcome=Outcome.PASSED, message=f"Airflow {version} has imported {dags} DAGs.", dags=dags)
    count = len(errors) + int(found.get("more") or 0)
    shown = "; ".join(_error(error) for error in errors[:_MOST_NAMED])
    more = f"; and {count - _MOST_NAMED} more" if count > _MOST_NAMED else ""
    by = f"Airflow {version}" if version else "Its Airflow"
    return Verdict(
        outcome=Outcome.FAILED,
        message=f"{by} cannot import the code: {shown}{more}.",
        advice=f"Correct what is named; kubectl logs job/{name} has the tracebacks.",
        dags=dags,
    )


def _error(error: Mapping[str, Any]) -> str:
    line = f", line {error['line']}" if error.get("line") else ""
    place = f"{error['file']}{line}: " if error.get("file") else ""
    return f"{place}{str(error.get('error'))[:_LONGEST].rstrip('.')}"


def _unable(name: str, why: str, advice: str = "") -> Verdict:
    again = f"Delete the Job to have it tried again at once; it is made anew {KEPT_SECONDS // 3600} hour after its end."
    return Verdict(outcome=Outcome.UNABLE, message=f"The Job {name} {why}.", advice=f"{advice} {again}".strip())
