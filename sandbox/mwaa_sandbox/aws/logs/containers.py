"""The kinds of containers that an environment runs, and what each of them does before Airflow starts."""

from __future__ import annotations

from collections.abc import Iterator

from mwaa_sandbox.aws.judging.network import Network
from mwaa_sandbox.aws.judging.verdict import has_internet
from mwaa_sandbox.aws.logs import files, startup_script
from mwaa_sandbox.aws.mwaa.lifecycle import Settings

COMPONENTS = {"scheduler": "SchedulerLogs", "worker": "WorkerLogs", "webserver": "WebserverLogs"}
"""Each kind of container, and the log module that its lines go to (§8)."""


def online(component: str, settings: Settings, network: Network) -> bool:
    """Whether a container can download. A private web server cannot, whatever the network (§3.4, §5)."""
    if component == "webserver":
        return bool(settings["WebserverAccessMode"] != "PRIVATE_ONLY")
    return has_internet(network)


def broken(settings: Settings, network: Network) -> Iterator[str]:
    """Yield for each kind of container whether the startup script makes it unhealthy (§2, container-level limits)."""
    script = files.content(settings, "StartupScript")
    if script is not None:
        for component in COMPONENTS:
            if startup_script.run(script, internet=online(component, settings, network)).failed:
                yield f"the startup script makes the {component} unhealthy"
