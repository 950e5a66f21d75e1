"""What the body of a POST to `dagRuns` asks for; the two majors differ in what they accept (mwaa-behaviour.md §7)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.airflow.light import problems
from mwaa_sandbox.airflow.seam import AirflowUser, Role

NOBODY = AirflowUser("", Role.PUBLIC)

_INTERVAL = frozenset({"data_interval_start", "data_interval_end"})
_KNOWN = {
    2: _INTERVAL | {"dag_run_id", "logical_date", "execution_date", "conf", "note"},
    3: _INTERVAL | {"dag_run_id", "logical_date", "run_after", "conf", "note", "partition_key"},
}


def wanted(body: Mapping[str, Any], *, major: int, moment: dt.datetime) -> dict[str, Any]:
    """Return the members of a run. `moment` is now, of which ids and dates are made that are not given.

    Raises:
        Problem: 400 in Airflow 2, 422 in Airflow 3, for a body that is not as it has to be.
    """
    for member in body:
        if member not in _KNOWN[major]:
            told = f"{{'{member}': ['Unknown field.']}}" if major == 2 else "Extra inputs are not permitted"
            raise problems.invalid(major, member, told)
    if major > 2 and "logical_date" not in body:
        raise problems.invalid(major, "logical_date", "Field required")
    date = _date(body, major, moment)
    run_id = body.get("dag_run_id")
    if run_id is not None and (not isinstance(run_id, str) or not run_id):
        raise problems.invalid(major, "dag_run_id", "Input should be a valid string")
    conf = body.get("conf") or {}
    if not isinstance(conf, Mapping):
        raise problems.invalid(major, "conf", "Input should be a valid dictionary")
    return {
        "run_id": run_id or f"manual__{date or moment.isoformat()}",
        "conf": json.loads(json.dumps(conf)),
        "note": body.get("note"),
        "logical_date": date,
    }


def _date(body: Mapping[str, Any], major: int, moment: dt.datetime) -> str | None:
    given = body.get("logical_date") or body.get("execution_date")
    if given is None:
        return moment.isoformat() if major == 2 else None
    try:
        parsed = dt.datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise problems.invalid(major, "logical_date", "Input should be a valid datetime") from None
    if parsed.tzinfo is None:
        raise problems.invalid(major, "logical_date", "Input should have timezone info")
    return parsed.isoformat()
