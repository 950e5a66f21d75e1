"""Which commands of Airflow's CLI MWAA runs; the others are answered with HTTP 500 (mwaa-behaviour.md §7).

For Airflow 3 by the list of the user guide as §7 has it. For Airflow 2 the guide's list is longer by what §7 says is gone
in 3: `dags backfill`; and it has `list-jobs` and the like under `dags`, too.
"""

from __future__ import annotations

from collections.abc import Sequence

_ANY = frozenset({"*"})
_BOTH = {
    "connections": frozenset({"add", "delete"}),
    "dags": _ANY,
    "db": frozenset({"clean"}),
    "providers": _ANY,
    "roles": _ANY,
    "tasks": _ANY,
    "variables": _ANY,
}
_ALLOWED = {
    2: {**_BOTH, "version": _ANY, "cheat-sheet": _ANY},
    3: {**_BOTH, "version": _ANY, "assets": _ANY, "backfill": frozenset({"create"})},
}
_FORBIDDEN = {
    2: frozenset({("tasks", "run")}),
    3: frozenset({("dags", "backfill"), ("tasks", "run")}),
}


def allowed(words: Sequence[str], *, major: int) -> bool:
    """Whether a command may be run; `words` come without `airflow` before them."""
    if not words:
        return False
    group, command = words[0], words[1] if len(words) > 1 else ""
    subcommands = _ALLOWED[major].get(group)
    if subcommands is None or (group, command) in _FORBIDDEN[major]:
        return False
    return subcommands is _ANY or command in subcommands
