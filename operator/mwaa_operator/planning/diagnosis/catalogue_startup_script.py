"""How startup scripts fail. The shell's and the tools' own words, and those of MWAA's runner around them.

A script that ends with an error, or lasts too long, leaves a container unhealthy, and the operation fails (`mwaa-behaviour.md` §2). Other
errors are grave only if the script has ended so.
"""

from mwaa_operator.planning.diagnosis.model import CONTAINERS, Stream, known
from mwaa_operator.planning.diagnosis.weights import FATAL, LIKELY

_SCRIPT = {Stream.STARTUP_SCRIPT}
_PAGE = "using-startup-script.html"
_ENDS_SO = {"StartupScriptFailed"}

STARTUP_SCRIPT = (
    known(
        "StartupScriptFailed",
        r"Failed to locate environment variables file from startup script|Failed to access customer environment variables file",
        streams={*_SCRIPT, *CONTAINERS},
        weight=FATAL,
        cause="The startup script ends with an error, so that the containers do not start.",
        advice="Correct what it says last in its log stream; no command of it may end the shell, so `exit` and `set -e` need care.",
        page=_PAGE,
    ),
    known(
        "StartupScriptTimedOut",
        r"Process timed out after running for more than",
        streams=_SCRIPT,
        weight=LIKELY,
        cause="The startup script takes longer than the 5 minutes that MWAA allows.",
        advice="Move what takes long into requirements or plugins, and give downloads a time limit.",
        page=_PAGE,
        explains=_ENDS_SO,
    ),
    known(
        "StartupScriptOffline",
        r"curl: \((?:5|6|7|28|35|56)\)|unable to resolve host address|Could not resolve host|Failed to connect to \S+ port"
        r"|Could not install from \S+: Connection timed out|Cannot find a valid baseurl|Failed to download metadata for repo"
        r"|Connection to \S+ timed out|Network is unreachable",
        streams=_SCRIPT,
        weight=LIKELY,
        cause="The startup script downloads something, and there is no way to it from where it runs.",
        advice="A private web server never has one: look at MWAA_AIRFLOW_COMPONENT and leave the download out. For the others let the "
        "private subnets out through NAT gateways, or bring the file in plugins.zip.",
        page=_PAGE,
        explains={"StartupScriptTimedOut", "StartupScriptCommandMissing", *_ENDS_SO},
    ),
    known(
        "StartupScriptLineEndings",
        r"\$'(?:[^']*\\r)'|\\r'?: command not found|\r: command not found|\^M: bad interpreter",
        streams=_SCRIPT,
        weight=LIKELY,
        cause="The startup script has the line endings of Windows, which the shell takes for a part of each command.",
        advice="Save it with the line endings of Unix (dos2unix) and upload it anew.",
        page=_PAGE,
        explains={"StartupScriptCommandMissing", "StartupScriptSyntax", *_ENDS_SO},
    ),
    known(
        "StartupScriptCommandMissing",
        r": command not found",
        streams=_SCRIPT,
        weight=LIKELY,
        cause="The startup script calls a program that MWAA's image does not have.",
        advice="Install it in the script first, or do without: the image is Amazon Linux 2023.",
        page=_PAGE,
        explains=_ENDS_SO,
    ),
    known(
        "StartupScriptNotPermitted",
        r": Permission denied|has to be run (?:under the root user|with superuser privileges)|a password is required",
        streams=_SCRIPT,
        weight=LIKELY,
        cause="The startup script does something that only root may.",
        advice="Put sudo before the command, or write to a folder of the user airflow.",
        page=_PAGE,
        explains=_ENDS_SO,
    ),
    known(
        "StartupScriptSyntax",
        r"syntax error near unexpected token|syntax error: unexpected end of file|unexpected EOF while looking for matching",
        streams=_SCRIPT,
        weight=LIKELY,
        cause="The startup script is no valid shell script.",
        advice="Try it with `bash -n` and correct the line that is named.",
        page=_PAGE,
        explains=_ENDS_SO,
    ),
)
