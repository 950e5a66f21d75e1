"""What pip says about a requirements file, without pip and without an index.

Known without either: lines that are no requirements, pins that MWAA's own constraints exclude, and what happens when
nothing can be downloaded. Whether a package exists cannot be known, so that is agreed on: a name with `does-not-exist` in
it, or a pin to a version from 999 on, is not found; everything else is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PATH = "/usr/local/airflow/requirements/requirements.txt"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSIONS = r"(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+"
_REQUIREMENT = re.compile(
    rf"(?P<name>{_NAME})\s*(?:\[[^\]]*\])?\s*(?P<versions>\(?{_VERSIONS}(?:\s*,\s*{_VERSIONS})*\)?|@\s*\S+)?\s*(?:;.*)?"
)
HAS_CONSTRAINTS = re.compile(r"-c |--constraint ")
"""Found in files that bring constraints, also where they are commented out (§3.4)."""

_LOCAL = re.compile(r"(?:\.{0,2}/|file:).*|\S+\.(?:whl|tar\.gz|zip)")
_MWAA_PINS = ("apache-airflow",)

# IMG, mwaa/utils/user_requirements.py: the three lines that MWAA itself writes.
UNCONSTRAINED = (
    (
        "WARNING: Constraints should be specified for requirements.txt. Please see https://docs.aws.amazon.com/mwaa/latest/"
        "userguide/working-dags-dependencies.html#working-dags-dependencies-test-create"
    ),
    "Forcing local constraints",
)
FAILED = (
    "ERROR: pip installation exited with a non-zero error code. This could be the result of package conflict. Notice that "
    "MWAA enforces a list of critical packages, e.g. Airflow, Celery, among others, whose version cannot be overridden by "
    "the customer as that can break our setup. Please double check your requirements.txt file."
)


@dataclass(frozen=True)
class _Requirement:
    number: int
    text: str
    name: str = ""
    versions: str = ""
    local: bool = False


def install(content: str, *, airflow_version: str, internet: bool) -> list[str]:
    """Return what the installation of a requirements file writes. A failure is an error in the log and no more (§2)."""
    lines = [] if HAS_CONSTRAINTS.search(content) else list(UNCONSTRAINED)
    wanted = list(_parsed(content))
    offline = "--no-index" in content
    failure = (
        _nonsense(wanted)
        or _conflict(wanted, airflow_version)
        or ([] if internet or offline else _unreachable(wanted))
        or _unknown(wanted)
    )
    lines += _progress([one for one in wanted if one.name or one.local], offline=offline)
    if failure:
        return [*lines, *failure, FAILED]
    installed = " ".join(_wheel_name(one) for one in wanted if one.name)
    return [*lines, *([f"Successfully installed {installed}"] if installed else [])]


def _parsed(content: str) -> Iterator[_Requirement]:
    for number, raw in enumerate(content.splitlines(), start=1):
        text = re.sub(r"(?:^|\s)#.*", "", raw).strip()
        if not text or text.startswith("-"):
            continue
        if _LOCAL.fullmatch(text):
            yield _Requirement(number, text, local=True)
            continue
        found = _REQUIREMENT.fullmatch(text)
        if found is None:
            yield _Requirement(number, text)
        else:
            yield _Requirement(number, text, found["name"], (found["versions"] or "").replace(" ", ""))


def _progress(wanted: list[_Requirement], *, offline: bool) -> list[str]:
    begun = ["Looking in links: /usr/local/airflow/plugins"] if offline else []
    return [*begun, *(f"{'Processing' if one.local else 'Collecting'} {_origin(one)}" for one in wanted[:20])]


def _origin(one: _Requirement) -> str:
    return f"{one.text} (from -r {PATH} (line {one.number}))"


def _nonsense(wanted: list[_Requirement]) -> list[str]:
    for one in wanted:
        if not one.name and not one.local:
            at = len(one.text.split(maxsplit=1)[0])
            return [
                f"ERROR: Invalid requirement: {one.text!r}: Expected semicolon (after name with no version specifier) or end",
                f"    {one.text}",
                f"    {' ' * at}^ (from line {one.number} of {PATH})",
            ]
    return []


def _conflict(wanted: list[_Requirement], airflow_version: str) -> list[str]:
    """§3.4: MWAA pins apache-airflow and others."""
    for one in wanted:
        pinned = one.versions.removeprefix("==")
        if one.name.lower() in _MWAA_PINS and one.versions.startswith("==") and pinned != airflow_version:
            return [
                (
                    f"ERROR: Cannot install {one.name}{one.versions} because these package versions have conflicting "
                    "dependencies."
                ),
                "The conflict is caused by:",
                f"    The user requested {one.name}{one.versions}",
                f"    The user requested (constraint) {one.name}=={airflow_version}",
                (
                    "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/"
                    "dependency-resolution/#dealing-with-dependency-conflicts"
                ),
            ]
    return []


def _unreachable(wanted: list[_Requirement]) -> list[str]:
    """§3.4, §5: without a way to the internet only wheels can be installed."""
    for one in wanted:
        if one.name:
            broken = (
                "'ConnectTimeoutError(<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f3c5b2e9d10>, "
                "'Connection to pypi.org timed out. (connect timeout=15)')'"
            )
            retries = [
                f"WARNING: Retrying (Retry(total={left}, connect=None, read=None, redirect=None, status=None)) after "
                f"connection broken by {broken}: /simple/{one.name.lower()}/"
                for left in range(4, -1, -1)
            ]
            return [*retries, *_not_found(one, "none")]
    return []


def _unknown(wanted: list[_Requirement]) -> list[str]:
    for one in wanted:
        if "does-not-exist" in one.name.lower():
            return _not_found(one, "none")
        if re.match(r"==\s*999", one.versions):
            return _not_found(one, "0.9.0, 1.0.0, 1.1.0, 2.0.0")
    return []


def _not_found(one: _Requirement, versions: str) -> list[str]:
    return [
        (
            f"ERROR: Could not find a version that satisfies the requirement {one.name}{one.versions} (from versions: "
            f"{versions})"
        ),
        f"ERROR: No matching distribution found for {one.name}{one.versions}",
    ]


def _wheel_name(one: _Requirement) -> str:
    found = re.match(r"={2,3}([A-Za-z0-9.]+)", one.versions)
    return f"{one.name}-{found[1] if found else '1.0.0'}"
