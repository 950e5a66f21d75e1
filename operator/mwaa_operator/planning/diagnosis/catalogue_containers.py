"""What any container may run into, whatever runs in it."""

from mwaa_operator.planning.diagnosis.model import Stream, known
from mwaa_operator.planning.diagnosis.weights import LIKELY, POSSIBLE

CONTAINERS_OWN = (
    known(
        "DiskFull",
        r"No space left on device",
        streams={*Stream},
        weight=LIKELY + 5,
        cause="The disk of a container is full.",
        advice="Install less in requirements, plugins and startup script, and have nothing written to the disk that stays there.",
        page="environment-class.html",
        explains={"StartupScriptFailed", "RequirementsFailed", "BuildFailed", "PluginFailed"},
    ),
    known(
        "ProcessKilled",
        r"signal 9 \(SIGKILL\)|was sent SIGKILL|Perhaps out of memory|\bMemoryError\b|exit(?:ed with)? code:? -?(?:137|9)\b"
        r"|return code:? -9\b",
        streams={*Stream},
        weight=LIKELY,
        cause="A process was killed, as happens when memory runs out.",
        advice="Take a larger environmentClass, or fewer tasks a worker (celery.worker_autoscale) and fewer parsing processes.",
        page="environment-class.html",
    ),
    known(
        "WebserverDidNotStart",
        r"No response from gunicorn master within|Worker failed to boot|\[CRITICAL\] WORKER TIMEOUT",
        streams={Stream.WEBSERVER},
        weight=POSSIBLE,
        cause="The web server did not start in time.",
        advice="Look at what it logged before: a plugin that takes long, or too few resources (environmentClass).",
        page="troubleshooting.html",
    ),
)
