"""What is found in code before it goes out. An error keeps it from the bucket, and what runs goes on running."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mwaa_operator.api.airflow_versions import find
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.requirement_lines import unreadable_lines
from mwaa_operator.planning.preflight.model import Finding, error
from mwaa_operator.planning.preflight.requirements_file import parse
from mwaa_operator.planning.preflight.wanted import listed

GIGABYTE = 10**9
"""What AWS advises to stay below, with DAGs as with plugins (`mwaa-behaviour.md` §3.4)."""

_MOST_NAMED = 3

_OWN_INDEX = re.compile(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links)\b", re.MULTILINE)
_NEWER_SYNTAX = re.compile(r"\s*(type\s+\w+|(async\s+)?(def|class)\s+\w+\s*\[)")
"""What Python 3.12 has brought (PEP 695). Its f-strings (PEP 701) are told by the message."""

Python = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class SyntaxFlaw:
    """Why a file does not compile: the line, from 1 on, where that is known, Python's own words, and the text of that line."""

    line: int | None
    message: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is judged.

    `dags` and `plugins` are about to be put into the bucket, None where nothing is; `flaws` are the DAG files that do not compile, by the
    same names; `requirements` is the text of the file, "" where there is none. `python` is that of the operator, by which the files were
    compiled. `private` says that the web server reaches no package index.
    """

    dags: Mapping[str, SourceFile] | None
    flaws: Mapping[str, SyntaxFlaw]
    plugins: SourceFile | None
    requirements: str
    airflow_version: str | None
    private: bool
    python: Python


def python_of(airflow_version: str | None) -> Python | None:
    """The Python that MWAA runs an Airflow version on, None where that is not on record."""
    release = find(airflow_version) if airflow_version else None
    if release is None or release.python is None:
        return None
    major, minor = release.python.split(".")
    return int(major), int(minor)


def findings(checked: Checked) -> tuple[Finding, ...]:
    """All errors that are found."""
    found = [_compiles(checked), *_small(checked), _readable(checked), _constrained(checked), _wheels(checked)]
    return tuple(finding for finding in found if finding is not None)


def _compiles(checked: Checked) -> Finding | None:
    target = python_of(checked.airflow_version)
    newer = target is not None and target > checked.python
    flaws = {path: flaw for path, flaw in checked.flaws.items() if not (newer and _may_be_newer(flaw))}
    if not flaws:
        return None
    named = [
        f"{path}{'' if flaw.line is None else f', line {flaw.line}'}: {flaw.message}"
        for path, flaw in sorted(flaws.items())[:_MOST_NAMED]
    ]
    more = f"; and {len(flaws) - _MOST_NAMED} more" if len(flaws) > _MOST_NAMED else ""
    count = "A DAG file does" if len(flaws) == 1 else f"{len(flaws)} DAG files do"
    return error(f"{count} not compile: {'; '.join(named)}{more}.", "Correct what is named.")


def _may_be_newer(flaw: SyntaxFlaw) -> bool:
    """Whether it may be that the environment's Python understands what ours does not."""
    return flaw.message.startswith("f-string") or _NEWER_SYNTAX.match(flaw.text) is not None


def _small(checked: Checked) -> list[Finding]:
    sizes = {
        "The DAG files together are": sum(file.size for file in (checked.dags or {}).values()),
        "The plugins are": checked.plugins.size if checked.plugins else 0,
    }
    return [
        error(
            f"{what} {size / GIGABYTE:.1f} GB, and AWS wants them below 1 GB.",
            "Move what is large out of them, to S3 for example, from where tasks read it.",
        )
        for what, size in sizes.items()
        if size > GIGABYTE
    ]


def _readable(checked: Checked) -> Finding | None:
    """Lines are told by their numbers: an address in one may hold a password."""
    lines = unreadable_lines(checked.requirements)
    if not lines:
        return None
    numbers = listed([str(number) for number in lines[:_MOST_NAMED]])
    return error(
        f"pip cannot read the requirements: line{'s' if len(lines) > 1 else ''} {numbers}"
        f"{' and others' if len(lines) > _MOST_NAMED else ''}.",
        "Write one requirement a line, as in: pandas==2.2.3.",
    )


def _constrained(checked: Checked) -> Finding | None:
    target = python_of(checked.airflow_version)
    for airflow, python in parse(checked.requirements).constraints:
        if checked.airflow_version is not None and airflow != checked.airflow_version:
            return error(
                f"The requirements name the constraints of Airflow {airflow}, and the environment has {checked.airflow_version}.",
                f"Name those of Airflow {checked.airflow_version}.",
            )
        if target is not None and python != ".".join(map(str, target)):
            return error(
                f"The requirements name constraints for Python {python}, and Airflow {checked.airflow_version} runs on Python "
                f"{'.'.join(map(str, target))} in MWAA.",
                f"Name those for Python {'.'.join(map(str, target))}.",
            )
    return None


def _wheels(checked: Checked) -> Finding | None:
    """Those who name an index or a place of their own know where it is: in the VPC, for example."""
    from_index = parse(checked.requirements).from_index
    if not checked.private or not from_index or _OWN_INDEX.search(checked.requirements):
        return None
    more = f" and {len(from_index) - _MOST_NAMED} more" if len(from_index) > _MOST_NAMED else ""
    return error(
        f"The web server is private and reaches no package index, and the requirements want {listed(from_index[:_MOST_NAMED])}{more} "
        "from one.",
        "Put wheels into the plugins, and --find-links /usr/local/airflow/plugins and --no-index before the packages.",
    )
