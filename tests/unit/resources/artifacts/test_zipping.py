"""Archives whose bytes follow from names and contents alone."""

from __future__ import annotations

import hashlib
import os
import zipfile

from mwaa_operator.resources.artifacts.zipping import zipped

CONTENTS = {"b/plugin.py": "x = 1\n" * 1000, "a.py": "", "wheels/x.whl": b"\x00\xff" * 70_000}


def test_archive_holds_the_files_and_says_what_it_is(fetched, tmp_path):
    made = zipped(fetched(CONTENTS), tmp_path / "plugins.zip")
    with zipfile.ZipFile(made.at) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(CONTENTS)
        assert archive.read("b/plugin.py").decode() == CONTENTS["b/plugin.py"]
    content = made.at.read_bytes()
    assert (made.path, made.size, made.sha256) == ("plugins.zip", len(content), hashlib.sha256(content).hexdigest())


def test_bytes_do_not_follow_from_times_modes_or_the_order_of_files(fetched, tmp_path):
    first = zipped(fetched(CONTENTS), tmp_path / "one.zip")
    later = fetched(dict(reversed(CONTENTS.items())))
    for file in later.values():
        file.at.chmod(0o755)
        os.utime(file.at, (0, 10**9))
    assert zipped(later, tmp_path / "two.zip").sha256 == first.sha256


def test_bytes_are_those_that_other_versions_of_the_operator_write(fetched, tmp_path):
    """Whoever changes this has every environment with plugins updated."""
    made = zipped(fetched({"a.py": "x = 1\n", "b/c.py": ""}), tmp_path / "plugins.zip")
    assert made.sha256 == "f4f06830eb0dc3318ad9924edc367ab3a19685f443a4e6867a7135508aae9998"


def test_mode_of_files_is_one_that_airflow_can_read(fetched, tmp_path):
    made = zipped(fetched(CONTENTS), tmp_path / "plugins.zip")
    with zipfile.ZipFile(made.at) as archive:
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
