"""Matching of IAM's patterns: `*` and `?`, and policy variables such as `${aws:username}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags" and "Wildcards in ARNs".
"""

from __future__ import annotations

import functools
import re

from mwaa_sandbox.aws.iam.context import Context

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]+?)\s*,\s*'(.*)'\s*", re.DOTALL)
_LITERALS = frozenset("*?$")
_COLON_OUTSIDE_VARIABLES = re.compile(r":(?![^{}]*\})")
_ARN_PARTS = 6


def matches(
    pattern: str,
    value: str,
    context: Context | None = None,
    *,
    wildcards: bool = True,
    ignore_case: bool = False,
) -> bool:
    """Whether `value` fits. Without a context nothing is a variable (policies before version 2012-10-17).

    A variable that the request has no value for fits nothing, unless it brings a default.
    """
    text = _regex(pattern, context, wildcards=wildcards)
    return text is not None and _compiled(text, ignore_case).fullmatch(value) is not None


def matches_arn(pattern: str, value: str, context: Context | None = None) -> bool:
    """Whether an ARN fits, each of its six parts by itself, so that a `*` does not run over a colon (ArnLike)."""
    if pattern == "*":
        return True
    wanted = _COLON_OUTSIDE_VARIABLES.split(pattern, maxsplit=_ARN_PARTS - 1)
    there = value.split(":", _ARN_PARTS - 1)
    if len(wanted) != _ARN_PARTS or len(there) != _ARN_PARTS:
        return False
    return all(matches(one, other, context) for one, other in zip(wanted, there, strict=True))


def resolved(text: str, context: Context | None) -> str | None:
    """Return the text with its variables replaced, or None if one of them has no value."""
    if context is None:
        return text
    parts = [part if is_text else _value(part, context) for is_text, part in _parts(text)]
    return None if None in parts else "".join(part for part in parts if part is not None)


def variables(text: str) -> list[str]:
    """Return the context keys that the variables of a text stand for."""
    names = (_name(part)[0] for is_text, part in _parts(text) if not is_text)
    return [name for name in names if name not in _LITERALS]


def _regex(pattern: str, context: Context | None, *, wildcards: bool) -> str | None:
    if context is None:
        return _escaped(pattern, wildcards=wildcards)
    pieces = []
    for is_text, part in _parts(pattern):
        if is_text:
            pieces.append(_escaped(part, wildcards=wildcards))
        elif (value := _value(part, context)) is not None:
            pieces.append(re.escape(value))
        else:
            return None
    return "".join(pieces)


def _escaped(text: str, *, wildcards: bool) -> str:
    escaped = re.escape(text)
    return escaped.replace(r"\*", ".*").replace(r"\?", ".") if wildcards else escaped


def _parts(text: str) -> list[tuple[bool, str]]:
    """Split into text (True) and what stands within `${}` (False)."""
    return [(number % 2 == 0, part) for number, part in enumerate(_VARIABLE.split(text))]


def _name(inside: str) -> tuple[str, str | None]:
    found = _DEFAULT.fullmatch(inside)
    return (found.group(1), found.group(2)) if found else (inside.strip(), None)


def _value(inside: str, context: Context) -> str | None:
    name, default = _name(inside)
    if name in _LITERALS:
        return name
    value = context.single(name)
    return default if value is None else value


@functools.lru_cache(maxsize=8192)
def _compiled(text: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
