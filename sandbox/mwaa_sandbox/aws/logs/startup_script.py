"""What a startup script writes and how it ends, read and not run.

MWAA sources the script, and then writes down the variables that it has exported (IMG, mwaa/config/setup_environment.py). A
script that ends the shell, or takes more than five minutes, leaves nothing to read, and the container is unhealthy (§2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LIMIT_SECONDS = 295.0
"""§2: five minutes, minus the five seconds that the script has to end."""

_ECHO = re.compile(r"echo\s+(?P<text>[^|>]*)$")
_EXIT = re.compile(r"exit\s+(?P<code>\d+)\s*")
_SLEEP = re.compile(r"sleep\s+(?P<seconds>\d+(?:\.\d+)?)\s*")
_ERREXIT = re.compile(r"set\s+-(?:[a-z]*e[a-z]*|o\s+errexit).*")
_DOWNLOAD = re.compile(r"(?:sudo\s+)?(?P<tool>pip3?|python3? -m pip|curl|wget|yum|dnf|apt-get|git)\s+(?P<rest>.*)")
_SETS_OUT = re.compile(r"(?:install|clone|fetch|https?://|-\S+ https?://|\S*https?://)")
_REFUSALS = {
    "curl": "curl: (28) Failed to connect to {host} port 443 after 130914 ms: Could not connect to server",
    "wget": "wget: unable to resolve host address '{host}'",
    "git": "fatal: unable to access 'https://{host}/': Failed to connect to {host} port 443: Connection timed out",
}
_NO_INSTALL = "ERROR: Could not install from {host}: Connection timed out"
_UNREADABLE = "[ERROR] An unexpected error occurred: Failed to locate environment variables file from startup script."


@dataclass(frozen=True)
class Run:
    """What one run writes, and whether the container is unhealthy afterwards."""

    lines: tuple[str, ...]
    failed: bool


def run(script: str, *, internet: bool) -> Run:
    """Follow the lines at the top level of a script; what is indented may not be reached, and is not looked at."""
    said: list[str] = []
    seconds, strict, failed = 0.4, False, False
    for line in script.splitlines():
        if not line or line[0] in "# \t":
            continue
        strict = strict or bool(_ERREXIT.fullmatch(line))
        refusal = None if internet else _refused(line)
        said += _said(line) if refusal is None else [refusal]
        seconds += _slept(line)
        ending = _EXIT.fullmatch(line)
        failed = ending["code"] != "0" if ending else strict and (refusal is not None or line.strip() == "false")
        if ending or failed or seconds > LIMIT_SECONDS:
            break
    late = seconds > LIMIT_SECONDS
    said.append(f"Startup script execution time: {min(seconds, LIMIT_SECONDS):.2f} seconds.")
    said += ["Executing post startup script verification", "Post startup script verification completed"]
    if late:
        limit = f"{LIMIT_SECONDS * 1000:.1f} milliseconds"
        said.append(f"Process timed out after running for more than {limit} when the maximum running time is {limit}.")
    if failed or late:
        said.append(_UNREADABLE)
    return Run(tuple(said[-40:]), failed or late)


def _said(line: str) -> list[str]:
    found = _ECHO.match(line)
    return [found["text"].strip().strip("'\"")] if found else []


def _slept(line: str) -> float:
    found = _SLEEP.fullmatch(line)
    return float(found["seconds"]) if found else 0.0


def _refused(line: str) -> str | None:
    found = _DOWNLOAD.match(line)
    if found is None or not _SETS_OUT.search(found["rest"]):
        return None
    tool = found["tool"]
    address = re.search(r"https?://([^/\s'\"]+)", found["rest"])
    host = address[1] if address else "pypi.org" if "pip" in tool else "cdn.amazonlinux.com"
    return _REFUSALS.get(tool, _NO_INSTALL).format(host=host)
