"""Files are compiled in a process of their own, which tells each flaw and survives none of its own."""

from __future__ import annotations

import sys

from mwaa_operator.resources.artifacts.compiling import Compiled, syntax_flaws


def test_flaw_is_told_with_its_line_and_others_are_fine(fetched):
    files = fetched(
        {
            "etl.py": "x = 1\n",
            "bad.py": "x = 1\ndef f(:\n    pass\n",
            "outside.py": "return 1\n",
            "null.py": "x = '\0'\n",
            "latin.py": "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
            "odd.py": "x = '\\d' is 'd'\n",
            "query.sql": "SELECT ((((\n",
        }
    )
    found = syntax_flaws(files, sys.version_info[:2])
    assert set(found) == {"bad.py", "outside.py", "null.py"}
    assert (found["bad.py"].line, found["bad.py"].text) == (2, "def f(:")
    assert found["outside.py"].message == "'return' outside function"


def test_syntax_of_a_newer_python_than_the_environments_is_a_flaw(fetched):
    files = fetched({"match.py": "match x:\n    case 1:\n        pass\n"})
    assert set(syntax_flaws(files, (3, 9))) == {"match.py"}
    assert syntax_flaws(files, None) == {}


def test_file_that_takes_the_compiler_down_is_found_and_the_others_are_judged(fetched):
    files = fetched(
        {"a.py": "x = = 1\n", "deep.py": f"x = {'-' * 100_000}1\n", "long.py": "x = 1\n" * 200_000, "z.py": "y = = 1\n"}
    )
    assert set(syntax_flaws(files, None)) == set(files)


def test_nothing_of_a_file_is_run(fetched, tmp_path):
    marker = tmp_path / "run"
    assert syntax_flaws(fetched({"etl.py": f"open({str(marker)!r}, 'w')\n"}), None) == {}
    assert not marker.exists()


def test_thousands_of_files_are_one_process(fetched):
    files = fetched({f"dag_{number}.py": f"x = {number}\n" for number in range(2000)})
    assert syntax_flaws(files, None) == {}


def test_what_has_compiled_is_not_compiled_again_and_what_has_not_is(fetched):
    compiled = Compiled()
    files = fetched({"etl.py": "x = 1\n", "bad.py": "x = = 1\n"})
    assert set(compiled.flaws(files, (3, 12))) == {"bad.py"}
    # Nothing is read that need not be: the next look would find a file that has gone.
    files["etl.py"].at.unlink()
    assert set(compiled.flaws(files, (3, 12))) == {"bad.py"}
    again = fetched({"etl.py": "match x:\n    case 1:\n        pass\n"})
    assert compiled.flaws(again, (3, 12)) == {}
    assert set(compiled.flaws(again, (3, 9))) == {"etl.py"}
