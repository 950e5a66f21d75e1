"""Airflow's versions on MWAA, as on record in mwaa-behaviour.md §3.3."""

from __future__ import annotations

from datetime import date

import pytest
from mwaa_operator.api.airflow_versions import Version, find, parse, releases, supported_on


def test_versions_are_compared_by_number():
    assert parse("2.10.3") > parse("2.9.2")
    assert parse("2.11.2") < parse("3.0.6")
    assert str(Version(3, 3, 1)) == "3.3.1"


@pytest.mark.parametrize("text", ["3.3", "3.3.1rc1", "", "v3.3.1", "3.3.1.0", "3.3.1\n"])
def test_version_of_another_form_cannot_be_compared(text):
    assert parse(text) is None


def test_releases_are_on_record_with_the_newest_first():
    versions = [release.version for release in releases()]
    assert versions == sorted(versions, reverse=True)
    assert len(set(versions)) == len(versions)
    assert str(versions[0]) == "3.3.1"


def test_release_can_be_used_from_the_day_it_is_announced():
    assert find("3.3.1").python == "3.12"
    assert not find("3.3.1").supported_on(date(2026, 8, 31))
    assert find("3.3.1").supported_on(date(2026, 9, 1))


def test_release_cannot_be_used_from_the_day_its_support_ends():
    assert find("2.6.3").supported_on(date(2025, 12, 29))
    assert not find("2.6.3").supported_on(date(2025, 12, 30))


def test_release_that_is_not_on_record_is_not_said_to_be_unsupported():
    assert find("3.4.0") is None


def test_releases_of_a_day():
    usable = [str(release.version) for release in supported_on(date(2026, 6, 1))]
    assert usable == ["3.2.1", "3.0.6", "2.11.0", "2.10.3", "2.10.1", "2.9.2", "2.8.1", "2.7.2"]
