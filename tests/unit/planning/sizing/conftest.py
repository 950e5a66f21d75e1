"""Environments and their load, told briefly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.planning.accompanied import accompanied

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def about():
    def make(**changes):
        return accompanied(**{"created_at": NOW - timedelta(days=100), **changes})

    return make


@pytest.fixture
def points():
    """Points that end now, one each `period` seconds."""

    def make(*values, period=300):
        begin = NOW - timedelta(seconds=period * len(values))
        return [(begin + timedelta(seconds=period * number), value) for number, value in enumerate(values)]

    return make
