"""Random sequences of whatever can happen, each held to what the operator promises (docs/architecture.md, rules of reconciliation).

A failure prints the sequence, and a line to put above the test that runs it again.
"""

from __future__ import annotations

import os
import sys
import time

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Sequence, counted

HUNTING = "MODEL_TEST_SEQUENCES" in os.environ
"""Somebody looks for something new. Else it is the same sequences each time: a change should fail by its own fault only."""
SEQUENCES = int(os.environ.get("MODEL_TEST_SEQUENCES", "160"))
"""How many sequences to try. The default takes 40 seconds of one core; a night's run sets thousands."""
STEPS = 40
LONG = SEQUENCES > 1000


@pytest.mark.slow
@pytest.mark.timeout(0 if LONG else 900)  # a failure is made as short as can be, which takes a while
def test_operator_keeps_its_promises_through_anything_that_happens() -> None:
    started = time.monotonic()
    try:
        run_state_machine_as_test(
            Sequence,
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=not HUNTING,
                # The printed line repeats what failed: no state is left in the checkout.
                database=None,
                print_blob=True,
                phases=[Phase.reuse, Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        minutes = (time.monotonic() - started) / 60
        sys.stdout.write(
            f"{counted['sequences']} sequences: {counted['steps'] / minutes:,.0f} steps, {counted['passes'] / minutes:,.0f} passes "
            f"and {counted['calls'] / minutes:,.0f} calls to AWS a minute\n"
        )
