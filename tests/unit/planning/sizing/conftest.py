"""Environments and their load, told briefly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from mwaa_operator.planning.companion import Accompanied

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def about():
    def make(**changes):
        members = {
            "environment": "env",
            "region": "eu-west-1",
            "version": "3.3.1",
            "environment_class": "mw1.small",
            "min_workers": 1,
            "max_workers": 5,
            "schedulers": 2,
            "created_at": NOW - timedelta(days=100),
        }
        return Accompanied(**{**members, **changes})

    return make


@pytest.fixture
def points():
    """Points that end now, one each `period` seconds."""

    def make(*values, period=300):
        begin = NOW - timedelta(seconds=period * len(values))
        return [(begin + timedelta(seconds=period * number), value) for number, value in enumerate(values)]

    return make
