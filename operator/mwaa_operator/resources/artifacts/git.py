"""Code from a git repository: one state of it, without its history."""

import re
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from mwaa_operator.api.artifacts import GitSource
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.limits import check_size
from mwaa_operator.planning.artifacts.model import Fetched, SourceProblemError
from mwaa_operator.resources.artifacts.git_command import FETCH_SECONDS, LOOK_SECONDS, Git, GitError
from mwaa_operator.resources.artifacts.git_contents import contents, extracted
from mwaa_operator.resources.artifacts.git_credentials import GitCredentials, https_settings, ssh_variables
from mwaa_operator.resources.artifacts.git_problems import problem_of
from mwaa_operator.resources.artifacts.git_progress import watch
from mwaa_operator.resources.artifacts.git_tree import LONGEST_LINK, Entry, entries, files
from mwaa_operator.resources.artifacts.progress import Progress
from mwaa_operator.resources.artifacts.remembering import recall, remember
from mwaa_operator.resources.artifacts.room import Fits

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HEAD = "refs/mwaa-operator/head"
_MOST_PACKS = 20
"""Each state that is fetched adds one. A repository with more is begun anew, so that it does not grow for ever."""


def fetch_git(
    source: GitSource,
    folder: Path,
    credentials: GitCredentials | None,
    fits: Fits = lambda _: None,
    *,
    progress: Progress = lambda _: None,
) -> Fetched:
    """The files that the source names, in a folder that belongs to it alone and may be given again to fetch less the next time.

    The server is asked for its newest commit first; unless there is another one, nothing is fetched. Raises SourceProblemError, and
    what was fetched before is left as it is, and OSError where there is no room for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="access-") as access:
        git = _git(source, folder / "repository", Path(access), credentials)
        try:
            return _fetched(git, source, folder, fits, progress)
        except GitError as error:
            raise problem_of(error, source, credentials) from None


def _git(source: GitSource, repository: Path, access: Path, credentials: GitCredentials | None) -> Git:
    repository.mkdir(exist_ok=True)
    if source.url.startswith("https://"):
        settings, variables = https_settings(urlsplit(source.url).netloc, credentials, access)
        return Git(repository, settings=settings, variables=variables)
    return Git(repository, variables=ssh_variables(credentials, access))


def _fetched(git: Git, source: GitSource, folder: Path, fits: Fits, progress: Progress) -> Fetched:
    asked = {"url": source.url, "path": source.path}
    name, commit = _newest(git, source)
    known = recall(folder, {**asked, "commit": commit})
    if known is not None:
        return known
    _prepare(git, folder, source.url)
    # How much it will be is not said before it is there.
    fits(0)
    git.run(
        *("fetch", "--progress", "--depth=1", "--no-tags", "--no-write-fetch-head", "--force"),
        *("--", source.url, f"+{name}:{_HEAD}"),
        seconds=FETCH_SECONDS,
        watch=watch(progress),
    )
    # It may have moved on since it was asked for.
    commit = git.run("rev-parse", "--verify", f"{_HEAD}^{{commit}}").decode().strip()
    found = _entries(git, source, commit)
    fetched = Fetched(
        extracted(git, found, folder / "contents", source.url, fits=fits, progress=progress), revision=commit
    )
    remember(folder, {**asked, "commit": commit}, fetched)
    return fetched


def _newest(git: Git, source: GitSource) -> tuple[str, str]:
    """What is to be fetched, and the commit that it is now."""
    ref = source.ref or "HEAD"
    if _COMMIT.fullmatch(ref):
        return ref, ref
    names = (
        ["HEAD"]
        if source.ref is None
        else [ref]
        if ref.startswith("refs/")
        else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    )
    # An annotated tag is an object of its own, and what it is of has a line with ^{} of its own (gitrevisions(7)).
    asked = [*names, *(f"{name}^{{}}" for name in names)]
    listed = git.run("ls-remote", "--quiet", "--", source.url, *asked, seconds=LOOK_SECONDS).decode(errors="replace")
    commits = {name: commit for commit, _, name in (line.partition("\t") for line in listed.splitlines())}
    for name in names:
        if name in commits:
            return name, commits.get(f"{name}^{{}}", commits[name])
    lacking = "no default branch: it is empty" if source.ref is None else f"no branch and no tag {ref}"
    message = f"The repository {source.url} has {lacking}. Push it, or change ref."
    raise SourceProblemError(Reason.SOURCE_NOT_FOUND, message, lasting=False)


def _prepare(git: Git, folder: Path, url: str) -> None:
    """Have an empty repository, or one with an earlier state of the same: then only what is new is sent."""
    of = folder / "repository-of"
    packs = list((git.repository / "objects" / "pack").glob("*.pack"))
    if of.exists() and of.read_text(encoding="utf-8") == url and len(packs) <= _MOST_PACKS:
        # A git that was killed, or had no more room, may have left a lock behind, and half a pack.
        for left in (*git.repository.rglob("*.lock"), *git.repository.rglob("tmp_*")):
            left.unlink()
        return
    of.unlink(missing_ok=True)
    shutil.rmtree(git.repository)
    git.repository.mkdir()
    git.run("init", "--quiet", "--bare", "--template=")
    of.write_text(url, encoding="utf-8")


def _entries(git: Git, source: GitSource, commit: str) -> dict[str, Entry]:
    """The files of the folder that is named, or the one file."""
    path = (source.path or "").strip("/")
    what = f"{path or 'The top'} of the repository {source.url}"
    kind = "tree"
    if path:
        listed = git.run("ls-tree", "-z", "--full-tree", commit, "--", path)
        kind = listed.split(b" ", 2)[1].decode() if listed else ""
    if kind == "tree":
        found = entries(what, git.run("ls-tree", "-r", "-l", "-z", "--full-tree", f"{commit}:{path}"))
    elif kind == "blob":
        [(_, entry)] = entries(what, git.run("ls-tree", "-l", "-z", "--full-tree", commit, "--", path)).items()
        found = {path.rpartition("/")[2]: entry}
    else:
        message = f"The repository {source.url} has no {path} at {commit[:12]}. Push it, or change path."
        raise SourceProblemError(Reason.SOURCE_NOT_FOUND, message, lasting=False)
    links = {entry.object_id: entry for entry in found.values() if entry.link and entry.size <= LONGEST_LINK}
    with contents(git, links.values()) as found_contents:
        targets = {name: content.read(size).decode(errors="surrogateescape") for name, size, content in found_contents}
    taken = files(what, found, targets)
    check_size(what, files=len(taken), size=sum(entry.size for entry in taken.values()))
    return taken
