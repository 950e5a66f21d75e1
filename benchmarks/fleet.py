"""How the operator copes with a fleet: environments applied at once, waited for, edited, and found again after a restart.

    python benchmarks/fleet.py [--environments 300] [--create-seconds 120] [--spread 0.3] [--latency 0.05] [--window 420]

Everything is real but AWS: API server, operator process (with the defaults that are shipped, under the ServiceAccount that is shipped) and
kubectl; AWS is the simulator, in real time, answering after `--latency` seconds. Writes a table and a plot into benchmarks/results/.
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml
from installation import ROOT, installed
from machine import usage_of
from mwaa_sandbox.aws.prerequisites import Prerequisites, make_prerequisites
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.operator_process import OperatorProcess
from objects import ReadyWatch, annotate, patch_spec, reasons
from report import Figures, write

NAMESPACE = "fleet"
EDITS = 60


@dataclass(frozen=True)
class Setup:
    """The parts that are running."""

    control_plane: ControlPlane
    aws: SimulatedAws
    folder: Path
    kubeconfig: Path

    def operator(self) -> OperatorProcess:
        return OperatorProcess.start(
            kubeconfig=self.kubeconfig, aws_environment=self.aws.environment(), log_file=self.folder / "operator.log"
        )


def main() -> None:
    options = _options()
    with (
        tempfile.TemporaryDirectory(prefix="mwaa-bench-") as folder,
        ControlPlane.start(progress=_say) as control_plane,
        SimulatedAws.start(time_scale=1, quota=10 * options.environments) as aws,
    ):
        setup = _prepared(control_plane, aws, Path(folder), options)
        # In a new checkout Python compiles what it imports, which an image has done: that would count as 85 MB and a second.
        setup.operator().stop()
        with setup.operator() as operator:
            figures = _fleet(setup, operator, options)
        write(figures, ROOT / "benchmarks" / "results")


def _fleet(setup: Setup, operator: OperatorProcess, options: argparse.Namespace) -> Figures:
    documents = setup.folder / "fleet.yaml"
    needs = make_prerequisites(setup.aws.client, name="fleet", bucket="fleet-bucket", role_name="fleet")
    documents.write_text(yaml.safe_dump_all(_environment(number, needs) for number in range(options.environments)))
    setup.aws.admin.set_latency(options.latency)
    setup.aws.admin.clear_calls()
    idle_before = usage_of(operator.process.pid)
    with ReadyWatch(setup.control_plane.kubeconfig, NAMESPACE) as watch:
        began = time.time()
        _say(f"applying {options.environments} environments")
        setup.control_plane.kubectl("apply", "-n", NAMESPACE, "-f", str(documents), timeout=300)
        applied = time.time() - began
        _say(f"applied in {applied:.1f} s; waiting until all are Ready")
        while watch.count() < options.environments:
            if time.time() > began + options.window:
                raise SystemExit(f"only {watch.count()} environments became Ready; see {setup.folder / 'operator.log'}")
            operator.process.raise_if_ended()
            watch.wait_for_news(timeout=5)
            _say(f"{watch.count()} Ready after {time.time() - began:.0f} s", replace=True)
        available = _available_times(setup.aws)
        ready = watch.ready_at()
    _say(f"all Ready; measuring the rest of the window of {options.window:g} s")
    time.sleep(max(began + options.window - time.time(), 0))
    within = [call for call in setup.aws.admin.calls() if call.time <= began + options.window]
    calls = [call for call in within if call.service == "airflow"]
    after = usage_of(operator.process.pid)
    edits = _edits(setup, options)
    requests, pauses = _requests(setup, options), _pauses(setup, options)
    restart = _restart(setup, operator, options)
    creates = [call.time for call in calls if call.operation == "CreateEnvironment"]
    return Figures(
        environments=options.environments,
        create_seconds=options.create_seconds,
        spread=options.spread,
        latency=options.latency,
        window=options.window,
        began=began,
        apply_seconds=applied,
        creates=creates,
        checks=len(within) - len(calls),
        looks=[call.time for call in calls if call.operation == "GetEnvironment"],
        available=available,
        ready=ready,
        idle_before=idle_before,
        after=after,
        edit_seconds=edits,
        request_seconds=requests,
        pause_seconds=pauses,
        restart_seconds=restart,
    )


def _edits(setup: Setup, options: argparse.Namespace) -> list[float]:
    """From sending an edit to the API server to the arrival of UpdateEnvironment at AWS, one at a time."""
    seconds = []
    for name in _some(options):
        sent = patch_spec(setup.control_plane.kubeconfig, NAMESPACE, name, {"maxWorkers": 11})
        seconds.append(_arrival(setup, "UpdateEnvironment", name, sent) - sent)
    _say(f"edits measured: {statistics.median(seconds) * 1000:.0f} ms")
    return seconds


def _requests(setup: Setup, options: argparse.Namespace) -> list[float]:
    """From asking for a look by annotation to the arrival of GetEnvironment at AWS, one at a time, of environments at rest."""
    seconds = []
    for name in _some(options, last=True):
        sent = annotate(setup.control_plane.kubeconfig, NAMESPACE, name, "reconcile-requested-at", str(time.time()))
        seconds.append(_arrival(setup, "GetEnvironment", name, sent) - sent)
    _say(f"requests measured: {statistics.median(seconds) * 1000:.0f} ms")
    return seconds


def _pauses(setup: Setup, options: argparse.Namespace) -> list[float]:
    """From pausing by annotation to being able to read in the status that nothing is done any more, one at a time."""
    seconds, where = [], (setup.control_plane.kubeconfig, NAMESPACE)
    for name in _some(options, last=True):
        sent = annotate(*where, name, "paused", "true")
        while reasons(*where, name).get("Synced") != "Paused":
            if time.time() > sent + 30:
                raise SystemExit(f"{name} was not Paused within 30 s")
        seconds.append(time.time() - sent)
        annotate(*where, name, "paused", None)
    _say(f"pauses measured: {statistics.median(seconds) * 1000:.0f} ms")
    return seconds


def _some(options: argparse.Namespace, *, last: bool = False) -> list[str]:
    """The names that single changes are measured with: the first of the fleet, or the last ones."""
    names = [f"env-{number:04d}" for number in range(options.environments)]
    return names[-EDITS:] if last else names[:EDITS]


def _arrival(setup: Setup, operation: str, name: str, sent: float) -> float:
    """When the first such call after `sent` arrived at AWS, in real time."""
    while True:
        found = setup.aws.admin.calls(service="airflow", operation=operation, environment=name)
        arrived = next((call.time for call in found if call.time >= sent), None)
        if arrived is not None:
            return arrived
        if time.time() > sent + 30:
            raise SystemExit(f"no {operation} of {name} within 30 s")


def _restart(setup: Setup, operator: OperatorProcess, options: argparse.Namespace) -> float:
    """From starting the process anew (after SIGKILL) to having looked at every environment."""
    operator.kill()
    setup.aws.admin.clear_calls()
    began = time.time()
    with setup.operator():
        while True:
            looked = {
                call.environment: call.time
                for call in reversed(setup.aws.admin.calls(service="airflow", operation="GetEnvironment"))
            }
            if len(looked) >= options.environments:
                return max(looked.values()) - began
            if time.time() > began + 120:
                raise SystemExit(f"only {len(looked)} environments were looked at within 120 s of a restart")


def _available_times(aws: SimulatedAws) -> dict[str, float]:
    """When AWS made each environment AVAILABLE, as real time (the simulator's clock runs as ours here)."""
    documents, wall = aws.admin.environments(), aws.admin.clock().wall
    return {document["name"]: wall - document["secondsInStatus"] for document in documents}


def _prepared(control_plane: ControlPlane, aws: SimulatedAws, folder: Path, options: argparse.Namespace) -> Setup:
    kubeconfig = installed(control_plane, NAMESPACE)
    aws.admin.set_durations(create={"meanSeconds": options.create_seconds, "spread": options.spread})
    return Setup(control_plane=control_plane, aws=aws, folder=folder, kubeconfig=kubeconfig)


def _environment(number: int, needs: Prerequisites) -> dict[str, object]:
    return {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "metadata": {"name": f"env-{number:04d}", "namespace": NAMESPACE},
        "spec": {
            "environmentClass": "mw1.small",
            "airflowVersion": "3.3.1",
            "sourceBucketArn": needs.bucket_arn,
            "dagS3Path": "dags",
            "executionRoleArn": needs.role_arn,
            "networkConfiguration": {
                "subnetIds": list(needs.subnet_ids),
                "securityGroupIds": list(needs.security_group_ids),
            },
            "maxWorkers": 10,
            "tags": {"team": "bench"},
        },
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=int, default=300)
    parser.add_argument("--create-seconds", type=float, default=120, help="mean of the simulated creates")
    parser.add_argument("--spread", type=float, default=0.3, help="of the creates' durations, as a part of the mean")
    parser.add_argument("--latency", type=float, default=0.05, help="of every answer of AWS, in seconds")
    parser.add_argument("--window", type=float, default=420, help="seconds over which calls and CPU are counted")
    return parser.parse_args()


def _say(message: str, *, replace: bool = False) -> None:
    terminal = sys.stderr.isatty()
    if replace and not terminal:
        return
    sys.stderr.write(
        f"\r\x1b[K{message}" if replace else f"{chr(10) if terminal else ''}{message}{'' if terminal else chr(10)}"
    )
    sys.stderr.flush()


if __name__ == "__main__":
    main()
