"""Whether pip can read a requirements file at all: pip's "Requirements File Format", and PEP 508 for what stands in a line."""

import re

_OPTIONS = frozenset(
    {
        *("-i", "--index-url", "--extra-index-url", "--no-index", "-c", "--constraint", "-r", "--requirement", "-e"),
        *("--editable", "-f", "--find-links", "--no-binary", "--only-binary", "--prefer-binary", "--require-hashes"),
        *("--pre", "--trusted-host", "--use-feature", "--no-build-isolation"),
    }
)
_OF_A_REQUIREMENT = re.compile(r"\s--(hash|config-settings?|global-option)[\s=].*$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_PLACE = re.compile(r"([a-z+]+:|\.{0,2}/|[a-zA-Z]:\\)|.*\.(whl|zip|tar\.gz|tar\.bz2)$")
"""A requirement that is an address or a path, and not a name."""
_VERSION = r"(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9._*+!${}-]+"
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
    r"\s*(?:\[\s*[A-Za-z0-9._-]+(?:\s*,\s*[A-Za-z0-9._-]+)*\s*\]|\[\s*\])?"
    rf"\s*(?:@\s*\S+|\(\s*{_VERSION}(?:\s*,\s*{_VERSION})*\s*\)|{_VERSION}(?:\s*,\s*{_VERSION})*\s*,?)?"
    r"\s*(?:;\s*[^;]*(?:==|!=|<|>|\bin\b)[^;]*)?"
)


def unreadable_lines(text: str) -> list[int]:
    """The numbers, from 1 on, of the lines that pip refuses to read; all lines that go on in the next count as their first one."""
    found = []
    number, lines = 0, text.removeprefix("\ufeff").splitlines()
    while number < len(lines):
        first, line = number + 1, lines[number]
        while line.endswith("\\") and not line.lstrip().startswith("#") and number + 1 < len(lines):
            number += 1
            line = line[:-1] + lines[number]
        number += 1
        if not _readable(_COMMENT.sub("", line.rstrip("\\")).strip()):
            found.append(first)
    return found


def _readable(line: str) -> bool:
    if not line:
        return True
    if line.startswith("-"):
        return re.split(r"[\s=]", line, maxsplit=1)[0] in _OPTIONS or line[:2] in {"-c", "-r", "-e", "-i", "-f"}
    bare = _OF_A_REQUIREMENT.sub("", f"{line}").strip()
    if _PLACE.match(bare.partition(";")[0].strip()) and "==" not in bare.partition("://")[0]:
        return True
    return _REQUIREMENT.fullmatch(bare) is not None
