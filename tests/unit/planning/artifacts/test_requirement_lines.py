"""Which lines of a requirements file pip reads, with the reference implementation of PEP 508 as the judge of those with names."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.artifacts.requirement_lines import unreadable_lines
from packaging.requirements import InvalidRequirement, Requirement

NAMED = [
    *(
        "pandas",
        "pandas==2.2.3",
        "pandas == 2.2.*",
        "pandas>=2,<3",
        "pandas (>=2,<3)",
        "a",
        "zope.interface",
        "PyYAML~=6.0",
    ),
    *("apache-airflow-providers-amazon[s3fs, pandas]>=9", "x[]", 'tomli>=2; python_version < "3.11"', "x===1+local.2"),
    *("name @ https://example.com/name.whl", 'x; sys_platform == "linux" and extra in "a b"', "x!=1.0.post1,>=0.1rc1"),
    *(
        "pandas=2.2.3",
        "pandas==",
        "pandas>=2<3",
        "pandas 2.2.3",
        "-pandas",
        "pan das",
        "pandas[",
        "==2.2.3",
        "pandas;",
        "pandas>2,,<3",
    ),
    *("pandas[a b]", "ünïcode", "pandas==2.2.3 numpy==1", "<html>", "{", "pandas>>2", "x @", "_x", "x-"),
]


@pytest.mark.parametrize("line", NAMED)
def test_line_with_a_name_is_read_as_the_reference_does(line):
    try:
        Requirement(line)
        expected = []
    except InvalidRequirement:
        expected = [1]
    assert unreadable_lines(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# pandas=2",
        "pandas==2.2.3  # pinned",
        "--constraint https://example.com/constraints-3.1.0/constraints-3.12.txt",
        '--constraint "https://example.com/c.txt"',
        "-c /usr/local/airflow/dags/constraints.txt",
        "-rmore.txt",
        "--index-url=https://user:password@example.com/simple",
        "--no-index",
        "./wheels/x-1.0-py3-none-any.whl",
        "/usr/local/airflow/plugins/x.whl",
        "x-1.0-py3-none-any.whl",
        "git+https://example.com/x.git@main#egg=x",
        "https://example.com/x-1.0.tar.gz",
        "pandas==2.2.3 --hash=sha256:0123 --hash=sha256:4567",
        "pandas==${PANDAS}",
        "\ufeffpandas",
    ],
)
def test_what_else_pip_reads(line):
    assert unreadable_lines(line) == []


@pytest.mark.parametrize("line", ["--unknown-option x", "import pandas", "\ufffdpandas", "pip install pandas"])
def test_what_pip_does_not_read(line):
    assert unreadable_lines(line) == [1]


def test_lines_are_numbered_as_an_editor_does_and_those_that_go_on_are_one():
    text = "pandas==2.2.3 \\\n  --hash=sha256:01 \\\n  --hash=sha256:02\n\nnumpy=1\n# a comment \\\nscipy=1\n"
    assert unreadable_lines(text) == [5, 7]
