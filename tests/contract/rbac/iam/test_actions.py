"""With its policies the operator can make every call; without any one action of them a call is refused, and the error names the action."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.permissions.model import Policy

from . import lives


def asked_for(*which):
    """Give all actions of policies that are not optional, and that the simulated AWS asks for."""
    grants = [grant for one in which for grant in lives.firm(one)]
    return sorted({action for grant in grants for action in grant.actions if action not in (grant.unproved or {})})


@pytest.fixture(scope="module")
def among_what_is_there(another_account):
    return lives.among_what_is_there(another_account())


@pytest.fixture(scope="module")
def with_all_it_makes(another_account):
    return lives.with_all_it_makes(another_account())


@pytest.fixture(scope="module")
def with_code(another_account, tmp_path_factory):
    return lives.with_code(another_account(), tmp_path_factory.mktemp("code"))


@pytest.mark.parametrize("action", asked_for(Policy.OPERATOR, Policy.KEY))
def test_environment_among_what_is_there_needs(action, among_what_is_there):
    assert among_what_is_there[action].kind is FailureKind.DENIED


@pytest.mark.parametrize("action", asked_for(Policy.PROVISIONING))
def test_what_the_operator_makes_needs(action, with_all_it_makes):
    assert with_all_it_makes[action].kind is FailureKind.DENIED


@pytest.mark.parametrize("action", asked_for(Policy.ARTIFACTS))
def test_code_needs(action, with_code):
    assert with_code[action].kind is FailureKind.DENIED
