"""Accounts in which nothing is."""

from __future__ import annotations

import random

import pytest
from mwaa_sandbox.pytest_plugin import SimulatedAccount


@pytest.fixture(scope="module")
def another_account(simulated_aws_server):
    """Make accounts, and let everybody do anything again in the end."""
    made = []

    def make():
        made.append(SimulatedAccount(simulated_aws_server, f"{random.randrange(10**11, 10**12)}"))
        return made[-1]

    yield make
    for account in made:
        account.admin.enforce(account.account)
