"""Update windows: times of the week, in UTC, in which updates may start."""

from datetime import datetime, timedelta

from mwaa_operator.api.policies import UpdateWindow

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_WEEK = timedelta(days=7)


def is_open(window: UpdateWindow, now: datetime) -> bool:
    """Whether an update may start now. A window may reach over midnight, and over the end of the week."""
    return _since_opening(window, now) < timedelta(hours=window.duration_hours)


def opens_at(window: UpdateWindow, now: datetime) -> datetime:
    """When the window opens next, up to a week ahead. One that is open opens again a week after it did."""
    return now + (_WEEK - _since_opening(window, now))


def _since_opening(window: UpdateWindow, now: datetime) -> timedelta:
    day, hours, minutes = window.start.split(":")
    start = timedelta(days=_DAYS.index(day), hours=int(hours), minutes=int(minutes))
    into_week = timedelta(
        days=now.weekday(), hours=now.hour, minutes=now.minute, seconds=now.second, microseconds=now.microsecond
    )
    return (into_week - start) % _WEEK
