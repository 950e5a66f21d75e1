"""How code gets into buckets where there is much of it: 5,000 DAG files of 1 GB, from a bucket and from git, and single large files.

    python benchmarks/artifacts.py [--files 5000] [--megabytes 990] [--large 400] [--latency 0.02] [--only large-s3 --only large-git]

Everything is real but AWS: API server, operator process (with the defaults that are shipped, under the ServiceAccount that is shipped), git
and kubectl; AWS is the simulator, in real time, answering after `--latency` seconds. Each set has an operator process of its own, so that
its memory is its own, and while it is fetched and uploaded, other environments are edited. Writes a table into benchmarks/results/.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answers import answers_of
from artifacts_neighbours import Neighbours
from artifacts_report import Round, write
from code_sets import CodeSet, in_bucket, in_repository, large_files
from installation import OPERATOR, ROOT, installed
from machine import usage_of
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.operator_process import OperatorProcess
from objects import annotate, asked_to_look, status_of
from tree import disk_of, highest_of

NAMESPACE = "code"
READERS = ("mwaa-operator-config-map-reader", "mwaa-operator-secret-reader")
MEGABYTE = 10**6


@dataclass(frozen=True)
class Setup:
    """The parts that are running."""

    control_plane: ControlPlane
    aws: SimulatedAws
    folder: Path
    kubeconfig: Path
    options: argparse.Namespace

    @contextlib.contextmanager
    def operator(self, temporary: Path) -> Iterator[OperatorProcess]:
        """An operator whose temporary files lie where they can be counted."""
        temporary.mkdir()
        with OperatorProcess.start(
            kubeconfig=self.kubeconfig,
            aws_environment={**self.aws.environment(), "TMPDIR": str(temporary)},
            log_file=self.folder / "operator.log",
        ) as running:
            yield running

    def status(self, name: str) -> dict[str, Any]:
        return status_of(self.control_plane.kubeconfig, NAMESPACE, name)

    def asked(self, name: str) -> bool:
        """Ask for a look, since the operator expects AWS to take half an hour; gives whether there still is such an object."""
        return asked_to_look(self.control_plane.kubeconfig, NAMESPACE, name)

    def until(self, what: str, holds: Callable[[], bool], *, within: float = 1200) -> None:
        deadline = time.time() + within
        while not holds():
            if time.time() > deadline:
                raise SystemExit(f"not within {within:g} s: {what}; see {self.folder / 'operator.log'}")
            time.sleep(0.1)


def main() -> None:
    options = _options()
    sys.path.insert(0, str(ROOT))
    with (
        tempfile.TemporaryDirectory(prefix="mwaa-bench-") as folder,
        ControlPlane.start(progress=_say) as control_plane,
        SimulatedAws.start(time_scale=1, quota=50) as aws,
    ):
        setup = _prepared(control_plane, aws, Path(folder), options)
        neighbours = Neighbours(control_plane, aws, NAMESPACE)
        rounds = []
        for name, made in _sets(setup).items():
            if not options.only or name in options.only:
                _say(f"{name}: making the set")
                with made() as code:
                    rounds.append(_round(setup, code, neighbours))
                write(rounds, options, ROOT / "benchmarks" / "results")


def _sets(setup: Setup) -> dict[str, Callable[[], contextlib.AbstractContextManager[CodeSet]]]:
    options, aws = setup.options, setup.aws
    files, size = options.files, options.megabytes * MEGABYTE

    def bucket(name: str, files: int, size: int) -> contextlib.AbstractContextManager[CodeSet]:
        return contextlib.nullcontext(in_bucket(aws, name, files=files, size=size))

    return {
        "small-s3": lambda: bucket("small-s3", files // 100, size // 100),
        "large-s3": lambda: bucket("large-s3", files, size),
        "large-git": lambda: in_repository(
            setup.control_plane, setup.folder, "large-git", namespace=NAMESPACE, files=files, size=size
        ),
        "large-files": lambda: contextlib.nullcontext(large_files(aws, "large-files", size=options.large * MEGABYTE)),
    }


def _round(setup: Setup, code: CodeSet, neighbours: Neighbours) -> Round:
    control_plane, temporary = setup.control_plane, setup.folder / f"tmp-{code.name}"
    with setup.operator(temporary) as operator:
        neighbours.settle()
        idle = usage_of(operator.process.pid)
        needs = make_prerequisites(
            setup.aws.client, name=code.name, bucket=f"airflow-{code.name}", role_name=f"mwaa-{code.name}"
        )
        said: list[tuple[float, str]] = []
        setup.aws.admin.set_latency(setup.options.latency, service="s3")
        setup.aws.admin.clear_calls()
        began = time.time()
        with (
            highest_of(operator.process.pid, temporary) as highest,
            answers_of(operator) as answers,
            neighbours.edited() as edited,
        ):
            neighbours.apply(code.name, needs, artifacts=code.looked_at_every(setup.options.interval))
            setup.until(f"code of {code.name}", lambda: _arrived(setup, code.name, began, said))
            ready = time.time() - began
        first = _calls(setup, code, began)
        _say(f"{code.name}: {ready:.1f} s, {dict(first)}")
        setup.until(f"Ready of {code.name}", lambda: setup.asked(code.name) and _is_true(setup, code.name, "Ready"))
        _say(f"{code.name}: waiting for a look at what has not changed")
        _until_quiet(setup)
        since = time.time()
        time.sleep(setup.options.interval * 1.1)
        unchanged = _calls(setup, code, since)
        at_rest, disk = usage_of(operator.process.pid), disk_of(temporary)
        _say(f"{code.name}: changing a file")
        before = _revisions(setup, code.name)
        changed = time.time()
        code.change()
        annotate(control_plane.kubeconfig, NAMESPACE, code.name, "reconcile-requested-at", str(changed))
        setup.until(f"change of {code.name}", lambda: _revisions(setup, code.name) != before)
        seconds = time.time() - changed
        after_change = _calls(setup, code, changed)
        setup.aws.admin.set_latency(0, service="s3")
        _say(f"{code.name}: changed within {seconds:.1f} s; removing it")
        control_plane.kubectl("delete", "-n", NAMESPACE, f"mwaaenvironment/{code.name}", "--wait=false")
        setup.until(f"end of {code.name}", lambda: not setup.asked(code.name))
        setup.until("disk given back", lambda: disk_of(temporary) < disk / 2 or disk < 1, within=60)
        left = disk_of(temporary)
        _emptied(setup.aws, needs)
    return Round(
        name=code.name,
        seconds=ready,
        idle=idle,
        at_rest=at_rest,
        highest_mb=highest.memory_mb,
        disk_highest_mb=highest.disk_mb,
        disk_mb=disk,
        disk_left_mb=left,
        calls=first,
        unchanged=unchanged,
        change_seconds=seconds,
        change=after_change,
        said=said,
        answers=answers,
        edits=edited.edits,
        deliveries=edited.deliveries,
    )


def _arrived(setup: Setup, name: str, began: float, said: list[tuple[float, str]]) -> bool:
    """Whether the code is there; what the condition says meanwhile is noted."""
    condition = _condition(setup, name, "ArtifactsReady")
    message = condition.get("message", "")
    if message and (not said or said[-1][1] != message):
        said.append((time.time() - began, message))
    if condition.get("reason") not in {None, "Uploading", "Uploaded"}:
        raise SystemExit(f"{name}: {condition}")
    return condition.get("status") == "True"


def _condition(setup: Setup, name: str, kind: str) -> dict[str, str]:
    conditions = setup.status(name).get("conditions", [])
    return next((condition for condition in conditions if condition["type"] == kind), {})


def _is_true(setup: Setup, name: str, kind: str) -> bool:
    return _condition(setup, name, kind).get("status") == "True"


def _revisions(setup: Setup, name: str) -> Any:
    return setup.status(name).get("artifacts", {}).get("dags", {}).get("sha256")


def _calls(setup: Setup, code: CodeSet, since: float) -> Counter[str]:
    """Calls about this set since that time, by operation and bucket: all of S3 that the operator has made."""
    names = {f"airflow-{code.name}": "", code.bucket: " of the source"}
    found: Counter[str] = Counter()
    for call in setup.aws.admin.calls(service="s3"):
        bucket = dict(call.parameters).get("Bucket")
        if call.time >= since and bucket in names and "mwaa-operator" in call.user_agent:
            found[f"{call.operation}{names[bucket]}"] += 1
    return found


def _until_quiet(setup: Setup) -> None:
    """Until what was asked for has been answered: no call to S3 in ten seconds."""
    counted, since = -1, time.time()
    while time.time() < since + 10:
        now = sum(setup.aws.admin.counters(service="s3").operations.get("s3", {}).values())
        if now != counted:
            counted, since = now, time.time()
        time.sleep(0.5)


def _emptied(aws: SimulatedAws, needs: Prerequisites) -> None:
    """Take the files of a set out of the simulator's memory."""
    storage, bucket = aws.client("s3"), needs.bucket_arn.rpartition(":")[2]
    for page in storage.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        which = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        if which:
            storage.delete_objects(Bucket=bucket, Delete={"Objects": which, "Quiet": True})


def _prepared(control_plane: ControlPlane, aws: SimulatedAws, folder: Path, options: argparse.Namespace) -> Setup:
    kubeconfig = installed(control_plane, NAMESPACE)
    for role in READERS:
        account = f"--serviceaccount={':'.join(OPERATOR)}"
        control_plane.kubectl("create", "rolebinding", role, "-n", NAMESPACE, f"--clusterrole={role}", account)
    kinds = ("create", "update", "gracefulUpdate", "rollback", "delete")
    aws.admin.set_durations(**{kind: {"meanSeconds": 10, "spread": 0.1} for kind in kinds})
    return Setup(control_plane=control_plane, aws=aws, folder=folder, kubeconfig=kubeconfig, options=options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=5000, help="of the large sets; the small one has a hundredth")
    parser.add_argument(
        "--megabytes", type=int, default=990, help="of the large sets, of 10^6 bytes; 1,000 are the most"
    )
    parser.add_argument("--large", type=int, default=400, help="megabytes of each of the two single large files")
    parser.add_argument("--latency", type=float, default=0.02, help="of every answer of S3, in seconds")
    parser.add_argument("--interval", type=int, default=60, help="at which sources are looked at, in seconds")
    parser.add_argument("--only", action="append", help="a set, by its name")
    return parser.parse_args()


def _say(message: str, *, replace: bool = False) -> None:
    if not replace:
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {message}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    main()
