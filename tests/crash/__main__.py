"""`make crash`: every point of every scenario at which the operator's death may end in a way of its own.

With `--every-call` that is every call, the dozens with which it looks at what it has made and makes its checks included. Points beyond the
calls of the undisturbed run are tried as well, until one is not reached: how often AWS is polled differs from run to run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial

from mwaa_sandbox.cluster import ControlPlane, ensure_assets
from mwaa_sandbox.cluster.progress import ProgressLine
from mwaa_sandbox.proxy import Side

from . import report
from .points import Point, changes_something, points_of, stands_apart
from .scenarios import SCENARIOS, Scenario
from .trials import LANES, Trial, Trials, trials
from .world import ROOT, world

LOGS = ROOT / "build" / "crash"
RESULTS = ROOT / "docs" / "results" / "crash.md"


def main() -> int:
    options = _options()
    progress = ProgressLine(interval=30)
    began = time.monotonic()
    scenarios = [scenario for scenario in SCENARIOS if not options.scenario or scenario.name in options.scenario]
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with (
        ControlPlane.start(assets=ensure_assets(progress), progress=progress) as control_plane,
        world(control_plane, LOGS) as made,
        trials(made, scenarios, count=options.lanes) as running,
    ):
        progress("Running every scenario undisturbed")
        undisturbed = {scenario.name: running.undisturbed(scenario) for scenario in scenarios}
        tried = _try_all(running, scenarios, progress, options)
    progress.finish()
    failed = [trial for trials_ in tried.values() for trial in trials_ if trial.problems]
    text = report.table(undisturbed, tried, seconds=time.monotonic() - began, every_call=options.every_call)
    if not options.scenario and not options.changes:
        report.write(text, RESULTS)
    print(f"\n{text}")  # noqa: T201 - the command's output
    if failed:
        print(f"Logs are in {LOGS}.")  # noqa: T201 - the command's output
    return 1 if failed else 0


def _try_all(
    running: Trials, scenarios: Sequence[Scenario], progress: ProgressLine, options: argparse.Namespace
) -> dict[str, list[Trial]]:
    """Try all points that are asked for, first those at calls that change something."""
    waiting: dict[Future[Trial], Scenario] = {}
    for changing in (True,) if options.changes else (True, False):
        for scenario in scenarios:
            calls = [
                call
                for call in running.undisturbed(scenario).calls
                if changes_something(call) is changing and (options.every_call or stands_apart(call))
            ]
            for point in points_of(scenario.name, calls):
                waiting[running.submit(scenario, point)] = scenario
    found: dict[str, list[Trial]] = {scenario.name: [] for scenario in scenarios}
    began = time.monotonic()
    for done, future in enumerate(as_completed(waiting), start=1):
        trial = future.result()
        found[waiting[future].name].append(trial)
        if trial.problems:
            progress.finish()
            print(trial, flush=True)  # noqa: T201 - the command's output
        failed = sum(bool(trial.problems) for trials_ in found.values() for trial in trials_)
        left = (time.monotonic() - began) / done * (len(waiting) - done)
        progress(f"Killing the operator: {done} of {len(waiting)} points, {failed} failed, {_minutes(left)} left")
    if options.changes:
        return found
    progress("Killing the operator beyond the calls of the undisturbed runs")
    with ThreadPoolExecutor(len(scenarios)) as pool:
        for scenario, more in zip(scenarios, pool.map(partial(_beyond, running), scenarios), strict=True):
            found[scenario.name] += more
    return found


def _beyond(running: Trials, scenario: Scenario) -> list[Trial]:
    """Go on from the last call of the undisturbed run until there is no such call."""
    ordinal = len(running.undisturbed(scenario).calls)
    found: list[Trial] = []
    while not found or any(trial.killed_at for trial in found[-2:]):
        ordinal += 1
        futures = [running.submit(scenario, Point(scenario.name, ordinal, side)) for side in Side]
        found += [future.result() for future in futures]
    return found


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make crash", description="Kill the operator at every call it makes.")
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--scenario", choices=names, action="append", help="only this one; may be given several times")
    parser.add_argument("--changes", action="store_true", help="only at calls that change something")
    parser.add_argument(
        "--every-call", action="store_true", help="also at each of the looks at parts and of the checks"
    )
    parser.add_argument("--lanes", type=int, default=LANES, help=f"runs at once (default: {LANES})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
