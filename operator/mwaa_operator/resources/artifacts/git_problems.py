"""What git says when it fails, in words for whoever wrote the spec: what happened, and what to do."""

import re

from mwaa_operator.api.artifacts import GitSource
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.resources.artifacts.git_command import GitError
from mwaa_operator.resources.artifacts.git_credentials import GitCredentials

_LONGEST = 300

_TABLE: tuple[tuple[str, Reason, bool, str], ...] = (
    (
        r"host key verification failed",
        Reason.SOURCE_DENIED,
        True,
        "its server is not one of those in known_hosts. Compare the key with what the host publishes, then add it to the Secret",
    ),
    (
        r"permission denied|load key|error in libcrypto|invalid format",
        Reason.SOURCE_DENIED,
        True,
        "it does not take the ssh key. Give the key access there, or another one (without a passphrase) to the Secret",
    ),
    (
        r"authentication failed|could not read (username|password)|returned error: 40[13]|access denied|invalid credentials",
        Reason.SOURCE_DENIED,
        True,
        "{credentials}",
    ),
    (
        r"repository .*not found|returned error: 404|does not appear to be a git repository|does not exist",
        Reason.SOURCE_NOT_FOUND,
        True,
        "there is none, or it is private and says so to those without access. Correct url, or name a Secret with credentials in secretRef",
    ),
    (
        r"unadvertised object|not our ref",
        Reason.SOURCE_NOT_FOUND,
        True,
        "it does not have the commit, or gives none that is not the head of a branch. Name a branch or a tag in ref",
    ),
    (
        r"couldn't find remote ref|remote ref does not exist",
        Reason.SOURCE_NOT_FOUND,
        False,
        "it has no such branch or tag",
    ),
    (
        r"certificate",
        Reason.SOURCE_UNREACHABLE,
        False,
        "its certificate is not signed by an authority that is known here. Add the authority's certificate to the Secret, as ca.crt",
    ),
    (
        r"unable to update url base|protocol .* not (supported|allowed)|transport .* not allowed",
        Reason.SOURCE_INVALID,
        True,
        "it leads to an address of another protocol than https and ssh, or of another host. Put the address itself into url",
    ),
    (r"could not resolve host|name or service not known", Reason.SOURCE_UNREACHABLE, False, "its host is not known"),
    (
        r"invalid index-pack output|file size limit|unpack-objects",
        Reason.SOURCE_INVALID,
        False,
        "it is larger than what is taken, 2 GB without its history, or the connection broke",
    ),
)


def problem_of(error: GitError, source: GitSource, credentials: GitCredentials | None) -> SourceProblemError:
    """What to tell people of a failure of git."""
    what = f"The repository {source.url} cannot be fetched"
    if not error.words:
        message = f"{what}: its server has not answered in time. It is tried again by itself."
        return SourceProblemError(Reason.SOURCE_UNREACHABLE, message, lasting=False)
    for pattern, reason, lasting, why in _TABLE:
        if re.search(pattern, error.words, re.IGNORECASE):
            told = why.format(credentials=_credentials(credentials))
            ending = "" if lasting else "; it is tried again by itself"
            return SourceProblemError(reason, f"{what}: {told}{ending}.", lasting=lasting)
    said = error.words if credentials is None else credentials.hide(error.words)
    line = _telling(said)[:_LONGEST].rstrip(".")
    return SourceProblemError(Reason.SOURCE_UNREACHABLE, f"{what}: {line}. It is tried again by itself.", lasting=False)


def _credentials(credentials: GitCredentials | None) -> str:
    if credentials is None:
        return "it wants to know who asks. Name a Secret with username and password, or with a token, in secretRef"
    return f"it does not take the credentials of the Secret {credentials.secret}. Renew them, or allow them to read it"


def _telling(words: str) -> str:
    """The line that says most: git's own last word, else the last one."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    text = (fatal or lines or ["git has failed"])[-1]
    return "".join(character if character.isprintable() else " " for character in text)
