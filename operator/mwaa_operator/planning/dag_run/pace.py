"""When a run is looked at again. All times are seconds of AWS's time."""

from mwaa_operator.planning.dag_run.model import RunSituation

SHORTEST = 5.0
LONGEST = 60.0
_SHARE = 0.1
"""Looks come at a tenth of the time that a run has taken: its end is noticed that much late at most, whether it takes minutes or hours."""
SECONDS_FOR_EACH_NEIGHBOUR = 0.8
"""A look is two calls; all runs of an environment together make two and a half calls a second, half of what the operator allows itself."""

_CLOSEST = 1.0
"""Before a deadline. Waits are spread, so a look may come a little too early, and the next would come ever sooner."""

WAITING = 60.0
"""While an environment is waited for; its own news come sooner."""
DAG_MISSING = 15.0
"""While a DAG is waited for. MWAA synchronises DAGs every 30 seconds (mwaa-behaviour.md §3.4)."""


def next_look(it: RunSituation) -> float:
    """Until the next look at a run that Airflow has."""
    elapsed = it.at.seconds_since(it.status.triggered_at) if it.status.triggered_at else 0.0
    wait = max(min(max(elapsed * _SHARE, SHORTEST), LONGEST), it.neighbours * SECONDS_FOR_EACH_NEIGHBOUR)
    left = it.seconds_left
    return wait if left is None or left <= 0 else min(wait, max(left, _CLOSEST))
