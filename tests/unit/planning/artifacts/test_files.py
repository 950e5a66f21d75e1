"""Which files are put, which are removed, and whose are left alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from mwaa_operator.planning.artifacts.files import Listed, Put, Removal, file_plan
from mwaa_operator.planning.artifacts.manifest import Entry, FileVersion, Manifest
from mwaa_operator.planning.artifacts.model import SourceFile


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def etag(text):
    return f"etag of {text}"


def file(text, path="a.py"):
    return SourceFile(path=path, size=len(text), sha256=sha(text), at=Path("/nowhere") / path)


def there(text):
    return Listed(etag=etag(text), size=len(text))


def ours(text, coming=None):
    return Entry(sha256=sha(text), etag=etag(text), coming=coming and sha(coming))


def planned(wanted, listed=None, files=None, *, versions=None, contents=None, prune=True, adopt=False):
    return file_plan(
        wanted,
        listed or {},
        Manifest(files=files or {}, versions=versions or {}),
        contents=contents or {},
        prune=prune,
        adopt=adopt,
    )


A = "dags/a.py"


def test_a_file_that_is_not_there_is_put_where_none_may_be_and_remembered_as_coming():
    plan = planned({A: file("new")})
    assert plan.puts == (Put(A, file("new"), replaces=None),)
    assert plan.manifest.files == {A: Entry(sha256=None, etag=None, coming=sha("new"))}


def test_a_file_of_ours_that_is_there_already_is_not_put():
    plan = planned({A: file("same")}, {A: there("same")}, {A: ours("same")})
    assert (plan.puts, plan.removals, plan.foreign, plan.unclear) == ((), (), (), ())
    assert plan.manifest.files == {A: ours("same")}


def test_a_file_of_ours_with_other_content_is_replaced_and_nothing_else():
    plan = planned({A: file("new")}, {A: there("old")}, {A: ours("old")})
    assert plan.puts == (Put(A, file("new"), replaces=etag("old")),)
    assert plan.manifest.files == {A: ours("old", coming="new")}


def test_a_file_of_ours_that_somebody_removed_is_put_again():
    assert planned({A: file("same")}, {}, {A: ours("same")}).puts == (Put(A, file("same"), replaces=None),)


def test_somebody_elses_file_of_another_size_is_left_alone():
    plan = planned({A: file("ours")}, {A: there("somebody else's")})
    assert (plan.puts, plan.foreign, plan.manifest.files) == ((), (A,), {})


def test_a_file_of_the_same_size_is_asked_what_it_is():
    assert planned({A: file("1234")}, {A: there("abcd")}).unclear == (A,)


def test_somebody_elses_file_of_the_same_content_is_fine_and_stays_theirs():
    plan = planned({A: file("same")}, {A: there("same")}, contents={A: sha("same")})
    assert (plan.puts, plan.foreign, plan.unclear, plan.manifest.files) == ((), (), (), {})


def test_somebody_elses_file_of_the_same_size_and_other_content_is_left_alone():
    plan = planned({A: file("1234")}, {A: there("abcd")}, contents={A: sha("abcd")})
    assert (plan.puts, plan.foreign) == ((), (A,))


def test_a_file_of_ours_that_somebody_replaced_is_theirs_now():
    plan = planned({A: file("ours")}, {A: there("theirs, and longer")}, {A: ours("ours")})
    assert (plan.puts, plan.foreign, plan.manifest.files) == ((), (A,), {})


def test_with_adoption_somebody_elses_file_is_replaced():
    plan = planned({A: file("1234")}, {A: there("abcd")}, contents={A: sha("abcd")}, adopt=True)
    assert plan.puts == (Put(A, file("1234"), replaces=etag("abcd")),)


def test_with_adoption_somebody_elses_file_of_the_same_content_becomes_ours_without_an_upload():
    plan = planned({A: file("same")}, {A: there("same")}, contents={A: sha("same")}, adopt=True)
    assert (plan.puts, plan.manifest.files) == ((), {A: ours("same")})


def test_after_a_death_between_putting_and_remembering_the_file_is_known_by_its_content():
    entry = Entry(sha256=None, etag=None, coming=sha("new"))
    assert planned({A: file("new")}, {A: there("new")}, {A: entry}).unclear == (A,)
    plan = planned({A: file("new")}, {A: there("new")}, {A: entry}, contents={A: sha("new")})
    assert (plan.puts, plan.foreign, plan.manifest.files) == ((), (), {A: ours("new")})


def test_after_a_death_and_another_change_what_was_put_is_ours_to_replace():
    plan = planned({A: file("newest")}, {A: there("new")}, {A: ours("old", coming="new")}, contents={A: sha("new")})
    assert plan.puts == (Put(A, file("newest"), replaces=etag("new")),)


def test_after_a_death_before_putting_the_old_file_is_still_ours():
    plan = planned({A: file("new")}, {A: there("old")}, {A: ours("old", coming="new")})
    assert plan.puts == (Put(A, file("new"), replaces=etag("old")),)


def test_a_file_of_ours_that_left_its_source_is_removed_and_still_remembered():
    plan = planned({}, {A: there("old")}, {A: ours("old")})
    assert plan.removals == (Removal(A, etag("old")),)
    assert plan.manifest.files == {A: ours("old")}


def test_without_prune_a_file_that_left_its_source_stays_and_is_remembered_for_later():
    plan = planned({}, {A: there("old")}, {A: ours("old")}, prune=False)
    assert (plan.removals, plan.manifest.files) == ((), {A: ours("old")})


def test_a_file_that_left_its_source_and_that_somebody_replaced_is_not_removed():
    plan = planned({}, {A: there("theirs")}, {A: ours("old")})
    assert (plan.removals, plan.manifest.files) == ((), {})


def test_a_file_that_left_its_source_before_its_upload_was_remembered_is_removed_once_it_is_known():
    entry = Entry(sha256=None, etag=None, coming=sha("new"))
    assert planned({}, {A: there("new")}, {A: entry}).unclear == (A,)
    assert planned({}, {A: there("new")}, {A: entry}, contents={A: sha("new")}).removals == (Removal(A, etag("new")),)
    assert planned({}, {A: there("new")}, {A: entry}, contents={A: sha("theirs")}).removals == ()


def test_a_file_that_nobody_remembers_is_never_removed():
    assert planned({}, {A: there("theirs")}).removals == ()


def test_a_file_that_is_read_by_version_is_not_pruned():
    versions = {"requirements.txt": (FileVersion(sha("old"), "1"),)}
    plan = planned({}, {"requirements.txt": there("old")}, {"requirements.txt": ours("old")}, versions=versions)
    assert plan.removals == ()


@pytest.mark.parametrize("prune", [True, False])
def test_a_file_that_is_gone_by_itself_is_forgotten(prune):
    assert planned({}, {}, {A: ours("old")}, prune=prune).manifest.files == {}
