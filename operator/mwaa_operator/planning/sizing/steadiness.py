"""Which numbers of a load the status shows. A busy environment has other ones at each look, and the status is no place for what ticks."""

from dataclasses import replace

from mwaa_operator.api.airflow_status import ComponentLoad, LoadStatus
from mwaa_operator.planning.companion import Remark

LOOKS = 4
"""Numbers that differ only a little are shown once so many looks in a row have found the same: an hour, in the usual rhythm."""
_SHARE = 0.2
_FEW_TASKS = 3
_FEW_PERCENT = 5


class Steadied:
    """The load of one environment as it is shown, look by look, beginning with what its status says."""

    def __init__(self, shown: LoadStatus | None) -> None:
        self._shown = shown
        self._latest: LoadStatus | None = None
        self._looks = 0

    def after(self, found: LoadStatus) -> LoadStatus:
        """What is to be shown after a look."""
        self._looks = self._looks + 1 if found == self._latest else 1
        self._latest = found
        if self._shown is None or self._looks >= LOOKS or not is_near(found, self._shown):
            self._shown = found
        return self._shown


def steady(remark: Remark, steadied: Steadied) -> Remark:
    """A remark with the load as it is to be shown."""
    return remark if remark.load is None else replace(remark, load=steadied.after(remark.load))


def is_near(one: LoadStatus, other: LoadStatus) -> bool:
    """Whether one load tells people the same as another.

    Nothing has begun or ended, tasks and workers differ by less than a fifth (or three tasks), CPU and memory by less than five
    percent.
    """
    return (
        _near(one.running_tasks, other.running_tasks, _FEW_TASKS)
        and _near(one.queued_tasks, other.queued_tasks, _FEW_TASKS)
        and _near(one.workers, other.workers, 1)
        and [part.name for part in one.components] == [part.name for part in other.components]
        and all(map(_as_busy, one.components, other.components))
    )


def _near(one: int | None, other: int | None, few: int) -> bool:
    if not one or not other:
        return one == other
    return abs(one - other) < max(few, _SHARE * max(one, other))


def _as_busy(one: ComponentLoad, other: ComponentLoad) -> bool:
    pairs = ((one.cpu_percent, other.cpu_percent), (one.memory_percent, other.memory_percent))
    return all(a == b if a is None or b is None else abs(a - b) < _FEW_PERCENT for a, b in pairs)
