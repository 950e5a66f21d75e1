"""YAML as kubectl reads it, by the rules of go-yaml 2, which are not quite those of Python's library.

There `y` and `n` are booleans, and `08`, `1e3` and `0o17` are numbers; a date, or `12:30`, is text. So a tag with the value `y` that was
written without quotes would be refused by the API server, and one with a date that the API server takes would be refused here.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

_PREFIX = "tag:yaml.org,2002:"
_BOOLEANS = {"y": True, "yes": True, "true": True, "on": True, "n": False, "no": False, "false": False, "off": False}
_RULES = (
    ("bool", "|".join(f"{word}|{word.capitalize()}|{word.upper()}" for word in _BOOLEANS), "yYnNtTfFoO"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]*|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ("merge", "<<", "<"),
)
"""What text without quotes is, and how it may begin. The first that fits counts."""


class _Reader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - a class's own in place of its parent's
    bool_values = _BOOLEANS


class _Writer(yaml.SafeDumper):
    """Puts quotes around what either of the two libraries would take for something else."""


for _tag, _pattern, _first in _RULES:
    for _class in (_Reader, _Writer):
        _class.add_implicit_resolver(_PREFIX + _tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def read(text: str) -> Iterator[Any]:
    """The documents of a text. Raises YAMLError, or ValueError for a number that is none."""
    yield from yaml.load_all(text, Loader=_Reader)


def write(document: Any) -> str:
    """A document as YAML, in the order of its keys."""
    return yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120)
