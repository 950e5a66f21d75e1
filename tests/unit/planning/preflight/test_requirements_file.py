"""What is read out of a requirements file."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.preflight.requirements_file import parse


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        ("pandas\n\nrequests==2.0 # pinned\n", ("pandas", "requests")),
        ("Apache_Airflow.providers[x]>=1\n", ("apache-airflow-providers",)),
        ("pandas \\\n  ==2.0\n", ("pandas",)),
        ("-r other.txt\n--hash x\n./local\n/abs/x.whl\n", ()),
        ("\ufeff!!\n", ()),
        ("", ()),
    ],
)
def test_packages_are_named_as_the_index_names_them(text, packages):
    assert parse(text).packages == packages


@pytest.mark.parametrize("line", ["-c x.txt", "--constraint x.txt", '--constraint "x.txt"', "--constraint=x.txt"])
def test_constraint_is_seen_in_all_its_forms(line):
    assert parse(f"{line}\npandas\n").constrained


def test_constraint_beside_a_commented_one_is_in_force():
    found = parse("# --constraint old.txt\n--constraint new.txt\n")
    assert (found.constrained, found.commented_constraint) == (True, False)


def test_comment_that_only_speaks_of_something_is_no_constraint():
    assert not parse("# see the docs -complicated\npandas\n").commented_constraint


def test_constraints_tell_their_airflow_and_python():
    address = "https://raw.githubusercontent.com/apache/airflow/constraints-3.3.1/constraints-no-providers-3.12.txt"
    assert parse(f"-c {address}\n").constraints == (("3.3.1", "3.12"),)


@pytest.mark.parametrize(
    ("text", "fetched"),
    [
        ("pandas\n", ("pandas",)),
        ("--find-links /usr/local/airflow/plugins\npandas\n", ("pandas",)),
        ("--find-links /usr/local/airflow/plugins\n--no-index\npandas\n", ()),
        ("/usr/local/airflow/plugins/pandas-2.0-py3-none-any.whl\n", ()),
        ("pandas @ file:///usr/local/airflow/plugins/pandas-2.0-py3-none-any.whl\n", ()),
        ("pandas @ https://example.org/pandas.whl\n", ("pandas",)),
    ],
)
def test_what_has_to_be_fetched_is_told_from_wheels_at_hand(text, fetched):
    assert parse(text).from_index == fetched


def test_passwords_in_addresses_are_not_kept():
    assert "geheim" not in repr(
        parse("--extra-index-url https://me:geheim@example.org/simple\nx @ https://a:geheim@b/x.whl\n")
    )
