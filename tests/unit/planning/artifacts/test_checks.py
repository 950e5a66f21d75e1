"""What keeps code from going out, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from mwaa_operator.planning.artifacts.checks import Checked, SyntaxFlaw, findings
from mwaa_operator.planning.artifacts.model import SourceFile

VERSION = "3.2.1"  # on Python 3.12, says the record
CONSTRAINTS = "--constraint https://example.com/constraints-{}/constraints-{}.txt\npandas==2.2.3\n"


def file(size=1):
    return SourceFile("x.py", size, "00", Path("/nowhere"))


def found(**changes):
    judged = {
        "dags": {"dags/etl.py": file()},
        "flaws": {},
        "plugins": None,
        "requirements": "",
        "airflow_version": VERSION,
        "private": False,
        "python": (3, 13),
        **changes,
    }
    return [finding.found for finding in findings(Checked(**judged))]


def test_nothing_is_found_where_all_is_well():
    assert found(requirements=CONSTRAINTS.format(VERSION, "3.12"), plugins=file()) == []


def test_files_that_do_not_compile_are_named_three_of_them_with_their_lines():
    flaws = {f"dags/{name}.py": SyntaxFlaw(line=7, message="invalid syntax") for name in "abcd"}
    flaws["dags/a.py"] = SyntaxFlaw(line=None, message="source code string cannot contain null bytes")
    [said] = found(flaws=flaws)
    assert said.startswith("4 DAG files do not compile: dags/a.py: source code")
    assert "dags/c.py, line 7: invalid syntax; and 1 more." in said


NEWER = [
    SyntaxFlaw(line=1, message="f-string: expecting '}'", text='f"{x["a"]}"'),
    SyntaxFlaw(line=1, message="invalid syntax", text="type Names = list[str]"),
    SyntaxFlaw(line=1, message="expected '('", text="async def first[T](items: list[T]) -> T:"),
]


@pytest.mark.parametrize("flaw", NEWER, ids=lambda flaw: flaw.text)
def test_what_only_a_newer_python_understands_is_no_flaw_where_the_environment_has_one(flaw):
    assert found(flaws={"dags/etl.py": flaw}, python=(3, 11)) == []
    assert len(found(flaws={"dags/etl.py": flaw}, python=(3, 12))) == 1


def test_other_flaws_count_for_an_older_python_too():
    assert (
        len(found(flaws={"dags/etl.py": SyntaxFlaw(line=1, message="invalid syntax", text="x = = 1")}, python=(3, 11)))
        == 1
    )


def test_more_than_a_gigabyte_is_too_much_for_dags_together_and_for_plugins():
    dags = {f"dags/{number}.bin": file(size=400 * 10**6) for number in range(3)}
    said = found(dags=dags, plugins=file(size=10**9 + 1))
    assert [text[:20] for text in said] == ["The DAG files togeth", "The plugins are 1.0 "]
    assert found(dags={"dags/a.bin": file(size=10**9)}, plugins=file(size=10**9)) == []


def test_line_that_pip_cannot_read_is_told_by_its_number_and_not_quoted():
    [said] = found(requirements="pandas\nhttps//user:canary@example.com/x y z\n")
    assert "line 2." in said
    assert "canary" not in said


@pytest.mark.parametrize(
    ("airflow", "python", "names"),
    [("2.11.0", "3.12", "constraints of Airflow 2.11.0"), (VERSION, "3.11", "Python 3.11")],
)
def test_constraints_of_another_version_do_not_fit(airflow, python, names):
    [said] = found(requirements=CONSTRAINTS.format(airflow, python))
    assert names in said


def test_version_that_is_not_on_record_may_have_any_python():
    assert found(requirements=CONSTRAINTS.format("9.9.9", "3.99"), airflow_version="9.9.9") == []


def test_private_web_server_needs_wheels():
    [said] = found(requirements="pandas\nnumpy\nscipy\nsympy\n", private=True)
    assert "pandas, numpy and scipy and 1 more" in said
    assert found(requirements="pandas\n") == []


@pytest.mark.parametrize(
    "requirements",
    [
        "",
        "--no-index\npandas\n",
        "x @ file:///usr/local/airflow/plugins/x.whl\n",
        "--index-url https://10.0.0.1/simple\npandas\n",
    ],
)
def test_private_web_server_that_needs_no_public_index_is_fine(requirements):
    assert found(requirements=requirements, private=True) == []
