"""Everything goes wrong at random for a while, then nothing does: does all come to a good end?

    python benchmarks/soak.py [--minutes 20] [--environments 200] [--seed 1] [--scale 60]

Real API server, etcd and operator process, under the ServiceAccount that is shipped; AWS is the simulator, at `--scale` times our time. One
seed means one list of actions. Writes benchmarks/results/soak.md, and ends with code 1 and a list if a check fails.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from installation import ROOT
from mwaa_sandbox.aws.admin_client import RecordedCall
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.cluster.progress import ProgressLine
from soak_actions import Actions
from soak_checks import at_rest, condition, converged, grown, in_aws, is_ready, too_many
from soak_report import table
from soak_stage import Stage

LOGS = ROOT / "build" / "soak"
RESULT = ROOT / "benchmarks" / "results" / "soak.md"
KILLS_UNTIL = 0.6
"""Part of the time after which the operator is killed no more: the last one lives long enough to show whether it grows."""
KILL_EVERY_SECONDS = 45
MENDED_AT_MOST = 6
"""An edit mends whatever is stalled; but AWS may have been told to let several creates or updates of one environment fail."""
SAMPLE_EVERY_SECONDS = 2
ACTION_EVERY_SECONDS = 40
"""Of our time, for each environment."""


@dataclass
class Soak:
    """One run: what it is made of, and what has been seen so far."""

    stage: Stage
    actions: Actions
    progress: ProgressLine
    began: float
    seconds: float
    settle_seconds: float
    calls: list[RecordedCall] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _sampled: float = 0.0

    def tick(self) -> None:
        """Look after the operator, and note AWS's calls before it forgets them."""
        if time.monotonic() - self._sampled < SAMPLE_EVERY_SECONDS:
            return
        self._sampled = time.monotonic()
        self.stage.look_at_operator()
        since = self.calls[-1].sequence if self.calls else 0
        self.calls += self.stage.aws.admin.calls(service="airflow", since=since)

    def rage(self) -> None:
        """Let everything happen, for as long as is wanted."""
        self.actions.begin()
        wait = ACTION_EVERY_SECONDS / len(self.actions.names)
        kill_at = self.began + KILL_EVERY_SECONDS
        end, count = self.began + self.seconds, 0
        while (now := time.monotonic()) < end:
            kill = now > kill_at and now < self.began + KILLS_UNTIL * self.seconds
            kill_at = now + KILL_EVERY_SECONDS if kill else kill_at
            self.actions.next(kill=kill)
            count += 1
            self.tick()
            self.progress(
                f"Soaking: {(end - now) / 60:.1f} minutes left, {count} actions, {len(self.calls)} calls to AWS, "
                f"operator {self.stage.operators} with {self.stage.memory[-1][-1] if self.stage.memory[-1] else 0:.0f} MB"
            )
            time.sleep(max(wait - (time.monotonic() - now), 0))

    def settle(self, what: str, settled: Callable[[], int]) -> None:
        """Wait until nothing is left to wait for, which `settled` counts."""
        end = time.monotonic() + self.settle_seconds
        while (left := settled()) and time.monotonic() < end:
            self.tick()
            self.progress(f"{what}: {left} left, {end - time.monotonic():.0f} s to go at most")
            time.sleep(1)

    def stalled(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [(name, body) for name, body in self.stage.objects().items() if not is_ready(body)]

    def unrest(self) -> int:
        return sum(not at_rest(body) for body in self.stage.objects().values())


def main() -> int:
    options = _options()
    progress = ProgressLine(interval=30)
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with (
        ControlPlane.start(progress=progress) as control_plane,
        SimulatedAws.start(time_scale=options.scale, seed=options.seed, quota=10 * options.environments) as aws,
    ):
        stage = Stage(control_plane, aws, LOGS, scale=options.scale)
        soak = Soak(
            stage=stage,
            actions=Actions(stage, environments=options.environments, seed=options.seed),
            progress=progress,
            began=time.monotonic(),
            seconds=60 * options.minutes,
            settle_seconds=60 * options.settle_minutes,
        )
        soak.actions.tick = soak.tick
        stalled = _run(soak)
        stage.stop_operator()
    progress.finish()
    text = table(soak, options, stalled)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(text)
    print(f"\n{text}")
    for problem in soak.problems:
        print(f"FAILED: {problem}", file=sys.stderr)
    if soak.problems:
        print(f"Logs are in {LOGS}.", file=sys.stderr)
    return 1 if soak.problems else 0


def _run(soak: Soak) -> list[str]:
    """The soak itself; gives the reasons of what stayed stalled."""
    stage, actions = soak.stage, soak.actions
    soak.rage()
    actions.end()
    soak.settle("Everything works again; waiting for rest", soak.unrest)
    soak.problems += converged(stage.objects(), in_aws(stage))
    reasons = [condition(body, "Ready").get("reason", "") for _, body in soak.stalled()]
    for _ in range(MENDED_AT_MOST):
        if not (stalled := soak.stalled()):
            break
        for name, _ in stalled:
            actions.mend(name)
        soak.settle("Mending what is stalled", soak.unrest)
    soak.problems += converged(stage.objects(), in_aws(stage))
    soak.problems += [f"{name} is not Ready although it was mended again and again" for name, _ in soak.stalled()]
    soak.tick()
    minutes = (time.monotonic() - soak.began) * stage.scale / 60
    soak.problems += too_many(soak.calls, actions.causes, minutes=minutes)
    for name in stage.objects():
        stage.delete(name)
    soak.settle("Deleting everything", lambda: len(stage.objects()))
    soak.problems += [
        f"{name} is still held by {body['metadata'].get('finalizers')}" for name, body in stage.objects().items()
    ]
    soak.problems += [f"{name} is left in AWS" for name in in_aws(stage)]
    soak.problems += grown(stage.memory)
    return reasons


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--environments", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=60, help="how fast AWS's time runs")
    parser.add_argument("--settle-minutes", type=float, default=6, help="how long coming to rest may take at most")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
