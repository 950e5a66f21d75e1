"""Each check of the network in a world that is broken for it alone, and in good ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .network_flaws import CASES
from .network_world import ALL, NETWORK_CHECKS, behind_nat, group, judged, question, with_endpoints


@pytest.mark.parametrize("world", [behind_nat, with_endpoints])
def test_good_network_gives_no_check_anything_to_say(world):
    assert judged(world()) == {}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_flaw_is_found_by_its_own_check_alone(case):
    found = judged(case.break_it(case.world()), question(**case.fields))
    assert {name: finding.verdict for name, finding in found.items()} == {case.check: case.verdict}
    assert case.says in found[case.check].found
    assert found[case.check].advice.endswith(".")


def test_all_subnets_that_are_missing_are_named():
    found = judged(replace(behind_nat(), subnets=()))["SubnetsExist"].found
    assert "There are no subnets subnet-a and subnet-b in eu-west-1" in found


def test_each_check_has_a_broken_world():
    assert {case.check for case in CASES.values()} == set(NETWORK_CHECKS)


def test_each_check_says_what_it_is_about_and_where_aws_explains_it():
    for check in NETWORK_CHECKS.values():
        assert check.summary.endswith(".")
        assert check.page.startswith("https://docs.aws.amazon.com/")
        assert check.page.endswith(".html")


def test_rules_that_let_everything_through_are_enough():
    facts = replace(behind_nat(), groups=(group(inbound=(ALL,)),))
    assert judged(facts) == {}
