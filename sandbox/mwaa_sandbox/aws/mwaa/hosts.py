"""From the host that a client asks for to the environment whose web server that is.

MWAA gives out names like `{uuid}.c3.eu-west-1.airflow.amazonaws.com`, which lead nowhere on this machine. Who connects to
the simulator's port instead and sends that name as `Host` reaches the web server; `{uuid}.localhost` is another name for
it, which browsers take to this machine by themselves (RFC 6761, section 6.3).
"""

from __future__ import annotations

import re

from mwaa_sandbox.aws.mwaa import identifiers
from mwaa_sandbox.aws.mwaa.backend import MwaaBackend
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

_LABEL = r"(?P<label>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-vpce)?)"
_HOST = re.compile(rf"{_LABEL}\.(?:localhost|c\d+\.[a-z0-9-]+\.airflow\.amazonaws\.com(?:\.cn)?)(?::\d+)?")


def label(host: str) -> str | None:
    """Return the first label of a name that can be a web server's, or None."""
    found = _HOST.fullmatch(host.lower())
    return None if found is None else found["label"]


def local_host(environment: Environment) -> str:
    """Return the name by which browsers on this machine find an environment's web server."""
    return f"{_label_of(environment)}.localhost"


def find(backends: MwaaBackends, wanted: str) -> tuple[MwaaBackend, Environment] | None:
    """Return the environment with this label as it is now. The caller holds the lock of the backends."""
    for backend in backends.all():
        for name, stored in list(backend.environments.items()):
            if _label_of(stored) != wanted:
                continue
            present = backend.find(name)
            if present is not None and _label_of(present) == wanted:
                return backend, present
    return None


def _label_of(environment: Environment) -> str:
    return identifiers.webserver_host(environment).partition(".")[0]
