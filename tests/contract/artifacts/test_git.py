"""Code from git repositories, by git's own server over https: what is taken, what is refused, and what is asked for."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from pathlib import Path

import pytest
from mwaa_operator.api.artifacts import GitSource
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.resources.artifacts.progress import HowFar
from pydantic import ValidationError

DAG = "from airflow import DAG\n"


def problem(remote, **source):
    with pytest.raises(SourceProblemError) as caught:
        remote.fetch(**source)
    return caught.value


def test_files_of_the_folder_are_taken_with_their_sizes_and_hashes(remote):
    remote.repository.write({"dags/etl.py": DAG, "dags/lib/util.py": "", "other.txt": "not wanted"})
    commit = remote.repository.commit()
    fetched = remote.fetch(ref="main", path="dags")
    assert fetched.revision == commit
    assert set(fetched.files) == {"etl.py", "lib/util.py"}
    file = fetched.files["etl.py"]
    assert (file.path, file.size, file.sha256) == ("etl.py", len(DAG), hashlib.sha256(DAG.encode()).hexdigest())
    assert file.at.read_text(encoding="utf-8") == DAG


def test_default_branch_and_the_whole_repository_where_nothing_is_named(remote):
    remote.repository.write({"etl.py": DAG, "lib/util.py": ""})
    remote.repository.commit()
    assert set(remote.fetch().files) == {"etl.py", "lib/util.py"}


def test_path_may_be_one_file(remote):
    remote.repository.write({"build/requirements.txt": "pandas\n"})
    remote.repository.commit()
    assert remote.texts(path="build/requirements.txt") == {"requirements.txt": "pandas\n"}


@pytest.mark.parametrize("annotated", [False, True])
def test_tag_is_the_commit_that_it_is_of(remote, annotated):
    remote.repository.write({"etl.py": "1"})
    commit = remote.repository.commit()
    remote.repository.git("tag", "v1", *(["--annotate", "--message=one"] if annotated else []))
    remote.repository.write({"etl.py": "2"})
    remote.repository.commit()
    fetched = remote.fetch(ref="v1")
    assert fetched.revision == commit
    assert fetched.files["etl.py"].at.read_text(encoding="utf-8") == "1"


def test_commit_can_be_named(remote):
    remote.repository.write({"etl.py": "1"})
    commit = remote.repository.commit()
    remote.repository.write({"etl.py": "2"})
    remote.repository.commit()
    assert remote.texts(ref=commit) == {"etl.py": "1"}


def test_branch_of_which_another_is_the_end_is_not_mistaken(remote):
    remote.repository.write({"etl.py": "main"})
    remote.repository.commit()
    remote.repository.git("switch", "--quiet", "--create", "a/main")
    remote.repository.write({"etl.py": "another"})
    remote.repository.commit()
    assert remote.texts(ref="main") == {"etl.py": "main"}
    assert remote.texts(ref="a/main") == {"etl.py": "another"}


def test_newer_state_replaces_the_older_one_and_nothing_else_is_kept(remote):
    remote.repository.write({"stays.py": "1", "changes.py": "2", "goes.py": "3"})
    remote.repository.commit()
    before = remote.fetch()
    remote.repository.write({"changes.py": "20", "comes.py": "4"})
    (remote.repository.folder / "goes.py").unlink()
    remote.repository.commit()
    after = remote.fetch()
    assert {path: file.at.read_text(encoding="utf-8") for path, file in after.files.items()} == {
        "stays.py": "1",
        "changes.py": "20",
        "comes.py": "4",
    }
    assert after.files["stays.py"] == before.files["stays.py"]
    assert not before.files["goes.py"].at.exists()


def test_state_that_was_fetched_is_not_fetched_again(remote, git_server):
    remote.repository.write({"etl.py": DAG})
    remote.repository.commit()
    first = remote.fetch(path="etl.py")
    git_server.asked.clear()
    assert remote.fetch(path="etl.py") == first
    # The references are listed (gitprotocol-v2), and no pack is asked for.
    assert len(git_server.asked) <= 2


def test_how_far_it_has_come_is_told_while_git_receives_and_while_files_are_taken_out(remote):
    content = {f"{number}.py": str(number) for number in range(300)}
    remote.repository.write(content)
    remote.repository.commit()
    told = []
    remote.fetch(progress=told.append)
    objects = len(content) + 2  # a commit and a folder
    received = [how_far for how_far in told if how_far.of_size is None]
    assert (received[-1].files, received[-1].of_files) == (objects, objects)
    size = sum(map(len, content.values()))
    assert told[-1] == HowFar(len(content), len(content), size, size)
    told.clear()
    remote.fetch(progress=told.append)
    assert told == []


def test_history_is_not_fetched(remote):
    for number in range(3):
        remote.repository.write({"etl.py": str(number)})
        remote.repository.commit()
    remote.fetch()
    [shallow] = (remote.folder / "source" / "repository").glob("shallow")
    assert shallow.read_text(encoding="ascii").strip() == remote.repository.head()


def test_folder_that_was_used_for_another_repository_holds_nothing_of_it(remote):
    remote.repository.write({"etl.py": "1", "lib/util.py": "2"})
    remote.repository.commit()
    remote.fetch()
    remote.url = remote.url.replace("/.git", "/./.git")
    assert remote.texts(path="lib") == {"util.py": "2"}
    assert len(list((remote.folder / "source" / "contents").iterdir())) == 1


def test_last_good_state_is_left_as_it_is_when_the_remote_breaks(remote, git_server):
    remote.repository.write({"etl.py": DAG})
    remote.repository.commit()
    fetched = remote.fetch()
    git_server.answers["/"] = (500, {}, b"")
    found = problem(remote)
    assert (found.reason, found.lasting) == (Reason.SOURCE_UNREACHABLE, False)
    assert fetched.files["etl.py"].at.read_text(encoding="utf-8") == DAG
    git_server.answers.clear()
    assert remote.fetch() == fetched


def test_link_to_a_file_of_the_folder_is_that_file(remote):
    remote.repository.write({"dags/lib/util.py": "1"})
    (remote.repository.folder / "dags" / "same.py").symlink_to("lib/util.py")
    (remote.repository.folder / "dags" / "lib" / "again.py").symlink_to("../same.py")
    remote.repository.commit()
    assert remote.texts(path="dags") == {"lib/util.py": "1", "same.py": "1", "lib/again.py": "1"}


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../secret.py", "../../../../etc/passwd", "lib", "nothing.py", "link.py"]
)
def test_link_that_leads_anywhere_else_is_refused(remote, target):
    remote.repository.write({"dags/lib/util.py": "1", "secret.py": "2"})
    (remote.repository.folder / "dags" / "link.py").symlink_to(target)
    remote.repository.commit()
    found = problem(remote, path="dags")
    assert (found.reason, found.lasting) == (Reason.SOURCE_INVALID, True)
    assert "link.py" in found.message


def test_submodule_is_refused_and_not_fetched(remote, git_server):
    remote.repository.write({"etl.py": "1", ".gitmodules": f'[submodule "x"]\npath = x\nurl = {git_server.url("x")}\n'})
    commit = remote.repository.commit()
    remote.repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},x")
    remote.repository.git("commit", "--quiet", "--message=submodule")
    found = problem(remote)
    assert (found.reason, found.lasting) == (Reason.SOURCE_INVALID, True)
    assert "submodule x" in found.message
    assert not [path for _, _, path in git_server.asked if path.startswith("/x")]


def test_file_that_only_stands_for_one_of_git_lfs_is_refused_however_often(remote):
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    remote.repository.write({"etl.py": DAG, "model.bin": pointer})
    remote.repository.commit()
    for _ in range(2):
        found = problem(remote)
        assert (found.reason, found.lasting) == (Reason.SOURCE_INVALID, True)
        assert "model.bin" in found.message


def test_repository_does_not_grow_for_ever(remote, monkeypatch):
    monkeypatch.setattr("mwaa_operator.resources.artifacts.git._MOST_PACKS", 2)
    for number in range(5):
        remote.repository.write({"etl.py": str(number)})
        remote.repository.commit()
        assert remote.texts() == {"etl.py": str(number)}
        packs = list((remote.folder / "source" / "repository" / "objects" / "pack").glob("*.pack"))
        assert len(packs) <= 3


def test_what_a_git_that_was_killed_has_left_behind_is_removed(remote):
    remote.repository.write({"etl.py": "1"})
    remote.repository.commit()
    remote.fetch()
    packs = remote.folder / "source" / "repository" / "objects" / "pack"
    (packs / "tmp_pack_a1b2c3").write_bytes(b"PACK")
    remote.repository.write({"etl.py": "2"})
    remote.repository.commit()
    assert remote.texts() == {"etl.py": "2"}
    assert not list(packs.glob("tmp_*"))


def test_disk_that_is_full_is_not_taken_for_a_remote_that_is_broken(remote, monkeypatch):
    """git's own words for it (write_or_die), by a program in its place."""
    git = remote.folder / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\necho 'fatal: write error: No space left on device' >&2\nexit 128\n", encoding="utf-8")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(git.parent), prepend=":")
    with pytest.raises(OSError, match="No space left"):
        remote.fetch()


def test_history_that_was_rewritten_is_followed(remote):
    remote.repository.write({"etl.py": "1", "gone.py": "1"})
    remote.repository.commit()
    remote.fetch(ref="main")
    remote.repository.git("switch", "--quiet", "--orphan", "other")
    remote.repository.write({"etl.py": "2"})
    commit = remote.repository.commit()
    remote.repository.git("branch", "--force", "main", "other")
    assert remote.fetch(ref="main").revision == commit
    assert remote.texts(ref="main") == {"etl.py": "2"}


def test_branch_that_vanishes_is_named_and_what_was_fetched_stays(remote):
    remote.repository.write({"etl.py": "1"})
    remote.repository.commit()
    remote.repository.git("branch", "feature")
    fetched = remote.fetch(ref="feature")
    remote.repository.git("branch", "--delete", "--force", "feature")
    found = problem(remote, ref="feature")
    assert (found.reason, found.lasting) == (Reason.SOURCE_NOT_FOUND, False)
    assert fetched.files["etl.py"].at.read_text(encoding="utf-8") == "1"


def test_files_are_taken_out_of_the_repository_in_batches(remote, monkeypatch):
    monkeypatch.setattr("mwaa_operator.resources.artifacts.git_contents._BATCH_BYTES", 3)
    texts = {f"{number}.py": f"{number}" * 2 for number in range(5)}
    remote.repository.write(texts)
    remote.repository.commit()
    assert remote.texts() == texts


def test_names_with_other_characters_are_taken_as_they_are(remote):
    names = ["a file.py", "größe.py", "dag+1&2=3?.py", "100%.py", "日本.py"]
    remote.repository.write({f"dags/{name}": "1" for name in names})
    remote.repository.commit()
    assert remote.texts(path="dags") == dict.fromkeys(names, "1")


def test_name_that_leads_out_of_the_folder_is_refused(remote):
    """git itself makes no such tree of a working tree, but of what it is told."""
    blob = remote.repository.git("hash-object", "-w", "--stdin", input="1")
    inner = remote.repository.git("mktree", input=f"100644 blob {blob}\tevil.py\n")
    tree = remote.repository.git("mktree", input=f"040000 tree {inner}\t..\n")
    commit = remote.repository.git("commit-tree", tree, "-m", "evil")
    remote.repository.git("update-ref", "refs/heads/main", commit)
    found = problem(remote)
    assert (found.reason, found.lasting) == (Reason.SOURCE_INVALID, True)
    assert not list((remote.folder / "source").rglob("evil.py"))


def test_nothing_that_the_repository_brings_is_run(remote):
    marker = remote.folder / "run"
    remote.repository.write(
        {
            "etl.py": DAG,
            ".gitattributes": "*.py filter=evil\n",
            ".git-hooks/post-checkout": f"#!/bin/sh\ntouch {marker}\n",
        }
    )
    remote.repository.commit()
    assert remote.texts()["etl.py"] == DAG
    assert not marker.exists()
    assert not list((remote.folder / "source" / "repository").glob("hooks/*"))


@pytest.mark.parametrize(
    ("source", "names"),
    [({"ref": "gone"}, "gone"), ({"path": "gone/dags"}, "gone/dags"), ({"ref": "0" * 40}, "commit")],
)
def test_what_is_not_there_is_named(remote, source, names):
    remote.repository.write({"etl.py": DAG})
    remote.repository.commit()
    found = problem(remote, **source)
    assert found.reason is Reason.SOURCE_NOT_FOUND
    assert names in found.message


def test_empty_repository_is_said_to_be_empty(remote):
    found = problem(remote)
    assert (found.reason, found.lasting) == (Reason.SOURCE_NOT_FOUND, False)
    assert "empty" in found.message


def test_repository_that_is_not_there_may_be_private(remote, git_server):
    remote.url = git_server.url("nowhere/.git")
    found = problem(remote)
    assert found.reason is Reason.SOURCE_NOT_FOUND
    assert "secretRef" in found.message


def test_address_that_nobody_answers_at_is_tried_again(remote):
    remote.url = "https://127.0.0.1:1/x"
    found = problem(remote)
    assert (found.reason, found.lasting) == (Reason.SOURCE_UNREACHABLE, False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "file:///etc", "/etc", "ext::sh -c date", "https://user:x@host/y"]
)
def test_address_of_another_protocol_or_with_credentials_is_refused_by_the_schema(url):
    with pytest.raises(ValidationError):
        GitSource.model_validate({"url": url})


def processes_with(argument):
    """Processes that have this in their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            found += [path] if argument.encode() in path.read_bytes() else []
    return found


def test_server_that_never_answers_is_waited_for_so_long_and_its_git_is_ended(remote, git_server, monkeypatch):
    monkeypatch.setattr("mwaa_operator.resources.artifacts.git.LOOK_SECONDS", 2)
    answered = threading.Event()

    def never(*_):
        answered.wait(60)
        return 503, {}, b""

    git_server.answers["/"] = never
    try:
        found = problem(remote)
        deadline = time.monotonic() + 60
        while processes_with(remote.url):
            assert time.monotonic() < deadline, "git still runs"
            time.sleep(0.05)
    finally:
        answered.set()
    assert (found.reason, found.lasting) == (Reason.SOURCE_UNREACHABLE, False)
    assert "in time" in found.message


def test_pack_larger_than_the_limit_is_not_written(remote, monkeypatch):
    monkeypatch.setattr("mwaa_operator.resources.artifacts.git_command._LARGEST_FILE", 8192)
    remote.repository.write({"etl.py": "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(2000))})
    remote.repository.commit()
    found = problem(remote)
    assert found.reason is Reason.SOURCE_INVALID
    assert "larger" in found.message
