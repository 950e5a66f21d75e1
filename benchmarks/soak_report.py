"""The figures of a soak."""

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from soak_checks import carried_out

if TYPE_CHECKING:
    from soak import Soak


def table(soak: "Soak", options: argparse.Namespace, stalled: Sequence[str]) -> str:
    accepted: Counter[str] = Counter()
    for operations in carried_out(soak.calls).values():
        accepted += operations
    refused = Counter(call.error_code or "no answer" for call in soak.calls if call.status != 200)
    minutes = max(soak.calls[-1].time - soak.calls[0].time, 1) * options.scale / 60 if soak.calls else 1
    memory = [sample for samples in soak.stage.memory for sample in samples] or [0.0]
    last = soak.stage.memory[-1] or [0.0]
    rows = [
        ("what was done", _counted(soak.actions.done)),
        (
            "calls to MWAA",
            f"{len(soak.calls):,}, {len(soak.calls) / minutes / options.environments:.2f} an environment and minute of AWS's time",
        ),
        ("of them carried out", _counted(accepted)),
        ("of them failed", _counted(refused)),
        ("operator processes", f"{soak.stage.operators}"),
        ("resident memory of the last one: first, last, highest", f"{last[0]:.0f}, {last[-1]:.0f}, {max(last):.0f} MB"),
        ("highest of all", f"{max(memory):.0f} MB"),
        (
            "stalled at the end, saying why, and mended by an edit",
            _counted(Counter(stalled)) or "none",
        ),
        ("checks that failed", f"{len(soak.problems)}"),
    ]
    head = (
        f"{options.environments} environments for {options.minutes:g} minutes at {options.scale:g} times our time, seed "
        f"{options.seed}: all faults at random, the operator killed and the API server restarted again and again. Then everything "
        "works again, all has to come to rest as the specs say, or a condition says why not, and everything is deleted."
    )
    lines = [head, "", "| figure | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join([*lines, *(f"\n- {problem}" for problem in soak.problems)]) + "\n"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
