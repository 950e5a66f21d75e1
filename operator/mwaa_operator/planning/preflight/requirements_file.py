"""A requirements file, as far as it matters whether MWAA can install it (pip's "Requirements File Format")."""

import re
from dataclasses import dataclass

_CONSTRAINT = re.compile(r"(?:-c|--constraint)[\s=]+[\"']?(\S+?)[\"']?\s*$")
_COMMENTED = re.compile(r"#.*?(?:-c|--constraint)\b")
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
_URL = re.compile(r"constraints-(\d+\.\d+\.\d+)/constraints(?:-[a-z-]+)?-(\d+\.\d+)\.txt")

PINNED_BY_MWAA = frozenset(
    {
        *(
            "apache-airflow",
            "celery",
            "kombu",
            "flask",
            "flask-appbuilder",
            "flask-caching",
            "flask-login",
            "flask-session",
        ),
        *("flask-sqlalchemy", "flask-wtf", "sqlalchemy", "gunicorn", "statsd", "watchtower"),
    }
)
"""Packages of which MWAA's images hold one version, and no other is installed (`mwaa-behaviour.md` §3.4)."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a file asks for. Nothing of its lines but names of packages is kept, for addresses can hold passwords.

    `pinned` are the packages of one exact version; `constraints` the (Airflow, Python) that the addresses of constraints are for.
    """

    packages: tuple[str, ...]
    pinned: frozenset[str]
    constrained: bool
    commented_constraint: bool
    constraints: tuple[tuple[str, str], ...]
    from_index: tuple[str, ...]
    """Packages that have to be fetched from an index, or an address: they are no wheel of the plugins archive."""


def parse(text: str) -> Requirements:
    """Read a file; lines that are not understood count for nothing."""
    lines = [line.strip() for line in re.sub(r"\\\r?\n", " ", text).splitlines()]
    bare = [line for line in (re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip() for line in lines) if line]
    constraints = [found[1] for line in bare if (found := _CONSTRAINT.match(line))]
    named = [
        (found[1], found[2]) for line in bare if not line.startswith(("-", "/", ".")) and (found := _NAME.match(line))
    ]
    offline = any(line.startswith("--no-index") for line in bare)
    return Requirements(
        packages=tuple(_normal(name) for name, _ in named),
        pinned=frozenset(_normal(name) for name, rest in named if rest.startswith("==")),
        constrained=bool(constraints),
        commented_constraint=not constraints and any(_COMMENTED.match(line) for line in lines),
        constraints=tuple((found[1], found[2]) for one in constraints if (found := _URL.search(one))),
        from_index=() if offline else tuple(_normal(name) for name, rest in named if not _is_local(name, rest)),
    )


def _is_local(name: str, rest: str) -> bool:
    return name.endswith(".whl") or (rest.startswith("@") and rest[1:].strip().startswith("file:"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
