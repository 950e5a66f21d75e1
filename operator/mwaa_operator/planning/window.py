"""Update windows: times of the week, in UTC, in which updates may start."""

from datetime import datetime, timedelta

from mwaa_operator.api.policies import UpdateWindow

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_WEEK = timedelta(days=7)


def is_open(window: UpdateWindow, now: datetime) -> bool:
    """Whether an update may start now. A window may reach over midnight, and over the end of the week."""
    day, hours, minutes = window.start.split(":")
    start = timedelta(days=_DAYS.index(day), hours=int(hours), minutes=int(minutes))
    into_week = timedelta(days=now.weekday(), hours=now.hour, minutes=now.minute, seconds=now.second)
    return (into_week - start) % _WEEK < timedelta(hours=window.duration_hours)
