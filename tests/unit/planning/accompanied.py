"""An environment as those see it who accompany it."""

from __future__ import annotations

from mwaa_operator.planning.companion import Accompanied


def accompanied(**changes):
    members = {
        "environment": "env",
        "region": "eu-west-1",
        "version": "3.3.1",
        "environment_class": "mw1.small",
        "min_workers": 1,
        "max_workers": 5,
        "schedulers": 2,
    }
    return Accompanied(**{**members, **changes})
