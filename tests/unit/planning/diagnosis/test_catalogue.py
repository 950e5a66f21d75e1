"""Each known cause, by what is logged when it strikes."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest
from mwaa_operator.planning.diagnosis.catalogue import CATALOGUE
from mwaa_operator.planning.diagnosis.matching import matches
from mwaa_operator.planning.diagnosis.model import Stream
from mwaa_operator.planning.diagnosis.table import table

from . import excerpts_airflow, excerpts_requirements, excerpts_startup_script, healthy
from .tails import tail

NAMES = [known.name for known in CATALOGUE]
EXCERPTS = {**excerpts_requirements.EXCERPTS, **excerpts_startup_script.EXCERPTS, **excerpts_airflow.EXCERPTS}


def names(*tails):
    return sorted(match.known.name for match in matches(tails))


def test_every_known_cause_has_an_excerpt_and_there_are_many():
    assert sorted(EXCERPTS) == sorted(NAMES)
    assert len(set(NAMES)) == len(NAMES) >= 35


@pytest.mark.parametrize("name", NAMES)
def test_excerpt_is_taken_for_its_cause_and_for_no_other(name):
    kind, text = EXCERPTS[name]
    assert names(tail(kind, text)) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_cause_is_found_among_what_goes_on_as_ever(name):
    kind, text = EXCERPTS[name]
    before, after = healthy.LOGS[kind], healthy.LOGS[kind]
    assert names(tail(kind, f"{before}\n{text}\n{after}")) == [name]


@pytest.mark.parametrize("kind", Stream)
def test_logs_of_a_healthy_environment_speak_for_nothing(kind):
    assert names(tail(kind, healthy.LOGS[kind])) == []


def test_no_cause_explains_one_that_is_unknown_or_in_the_end_itself():
    """Else both would be left out."""
    explains = {known.name: known.explains for known in CATALOGUE}
    assert set().union(*explains.values()) <= set(NAMES)
    assert list(TopologicalSorter(explains).static_order())


def test_all_causes_end_as_sentences_and_name_a_page_of_aws():
    for known in CATALOGUE:
        assert known.cause.endswith(".")
        assert known.advice.endswith(".")
        assert known.page.startswith("https://docs.aws.amazon.com/mwaa/latest/userguide/")


def test_table_has_all_of_them():
    rows = [line for line in table().splitlines() if line.startswith("| [")]
    assert [row.split("](", 1)[0].removeprefix("| [") for row in rows] == NAMES
    assert {row.count(" | ") for row in rows} == {3}
