"""Update windows, in UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.api.policies import UpdateWindow
from mwaa_operator.planning.window import is_open, opens_at

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
A_SECOND = timedelta(seconds=1)


def window(start, hours):
    return UpdateWindow.model_validate({"start": start, "durationHours": hours})


def at(text):
    """Give a moment of the week, written as windows are, with seconds."""
    day, hours, minutes, seconds = text.split(":")
    return MONDAY + timedelta(days=DAYS.index(day), hours=int(hours), minutes=int(minutes), seconds=int(seconds))


@pytest.mark.parametrize(
    ("start", "hours", "moment", "expected"),
    [
        ("TUE:20:00", 4, "TUE:19:59:59", False),
        ("TUE:20:00", 4, "TUE:20:00:00", True),
        ("TUE:20:00", 4, "TUE:23:59:59", True),
        ("TUE:20:00", 4, "WED:00:00:00", False),
        ("TUE:20:00", 4, "WED:21:00:00", False),
        ("TUE:22:30", 4, "WED:02:29:59", True),
        ("TUE:22:30", 4, "WED:02:30:00", False),
        ("SUN:22:00", 4, "MON:01:59:59", True),
        ("SUN:22:00", 4, "MON:02:00:00", False),
        ("FRI:18:00", 60, "SUN:12:00:00", True),
        ("FRI:18:00", 60, "MON:06:00:00", False),
        ("WED:00:00", 168, "WED:00:00:00", True),
        ("WED:00:00", 168, "TUE:23:59:59", True),
    ],
)
def test_a_window_is_open_from_its_start_for_its_duration(start, hours, moment, expected):
    assert is_open(window(start, hours), at(moment)) is expected


WINDOWS = st.builds(
    lambda day, hour, minute, hours: window(f"{day}:{hour:02}:{minute:02}", hours),
    st.sampled_from(DAYS),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(1, 168),
)
MOMENTS = st.integers(0, 366 * 86400).map(lambda seconds: MONDAY + timedelta(seconds=seconds))


@settings(deadline=None)
@given(WINDOWS, MOMENTS)
def test_every_week_is_alike(found, moment):
    assert is_open(found, moment) is is_open(found, moment + timedelta(weeks=1))


@settings(deadline=None)
@given(WINDOWS, MOMENTS)
def test_a_window_opens_within_a_week_at_the_moment_that_is_foretold(found, moment):
    opens = opens_at(found, moment)
    assert moment < opens <= moment + timedelta(weeks=1)
    assert is_open(found, opens)
    assert f"{DAYS[opens.weekday()]}:{opens:%H:%M}" == found.start
    if found.duration_hours < 168:
        assert not is_open(found, opens - A_SECOND)


@settings(deadline=None)
@given(WINDOWS, MOMENTS)
def test_a_window_that_is_closed_stays_so_until_it_opens(found, moment):
    if not is_open(found, moment):
        assert not is_open(found, moment + (opens_at(found, moment) - moment) / 2)
