"""Which Airflow version can be reached from which (`mwaa-behaviour.md` §3.3, from the User Guide's page upgrading-environment).

Within a major version AWS decides. Between 2 and 3 there is one bridge, the latest 2.11: it is offered, and crossed in two steps only
when somebody asks for each, because each takes the environment down for up to two hours.
"""

from mwaa_operator.api.airflow_versions import Version, parse, releases

_BRIDGE = (2, 11)


def way_around(running: str, wanted: str) -> str | None:
    """Say by which version `wanted` has to be reached from `running`. None: AWS may be asked for it directly."""
    now, then = parse(running), parse(wanted)
    if now is None or then is None or now.major == then.major:
        return None
    bridge = _latest_bridge()
    if bridge is None or {now.major, then.major} != {2, 3}:
        return None
    if then.major == 2:
        # Back from 3: only to 2.11, whichever patch release.
        return None if then[:2] == _BRIDGE else str(bridge)
    # A later patch release than our record knows is a bridge, too.
    return None if now >= bridge else str(bridge)


def _latest_bridge() -> Version | None:
    return max((each.version for each in releases() if each.version[:2] == _BRIDGE), default=None)
