"""Checks of Airflow options: what MWAA refuses, overrides or ignores. Values may be secrets, so no finding has one in it."""

import re

from mwaa_operator.planning.preflight.model import Outcome, check, error, warning
from mwaa_operator.planning.preflight.option_rules import HONOURED_METRICS, OVERRIDDEN, PARSING_PROCESSES, REFUSED
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot
from mwaa_operator.planning.preflight.wanted import comparable_version, listed, mapping, wanted

_OPTIONS = "configuring-env-variables.html"
_JUDGED = ("AirflowConfigurationOptions", "AirflowVersion")
_NAME = re.compile(r"[a-z]+([a-z0-9._]*[a-z0-9_]+)?")
_VALUE = re.compile(r"[ -~]+")
_LONGEST_NAME, _LONGEST_VALUE = 64, 65536


def _options(question: Question) -> dict[str, str]:
    return {str(name): str(value) for name, value in mapping(question, "AirflowConfigurationOptions").items()}


@check("OptionsWellFormed", judges=["AirflowConfigurationOptions"], page=_OPTIONS)
def options_well_formed(snapshot: Snapshot) -> Outcome:
    """Names and values of options have the form that AWS takes: values from a Secret are seen by nobody else before."""
    options = _options(snapshot.question)
    odd = sorted(name for name in options if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME)
    if odd:
        return error(f"AWS does not take {listed(odd)} for the name of an option.", "Write it as section.option.")
    odd = sorted(name for name, value in options.items() if not _VALUE.fullmatch(value) or len(value) > _LONGEST_VALUE)
    if odd:
        return error(
            f"The value of {listed(odd)} is empty, too long, or has a character that is not printable ASCII.",
            "Correct it: a Secret made from a file often ends with a line break.",
        )
    return None


@check("OptionsSupported", judges=_JUDGED, page=_OPTIONS)
def options_supported(snapshot: Snapshot) -> Outcome:
    """No option is one that MWAA documents as unsupported."""
    version = comparable_version(snapshot.question)
    refused = sorted(
        option for option in _options(snapshot.question) if any(rule.concerns(option, version) for rule in REFUSED)
    )
    if not refused:
        return None
    return error(f"MWAA does not support {listed(refused)}.", "Remove it from airflowConfigurationOptions.")


@check("OptionsHonoured", judges=_JUDGED, page=_OPTIONS)
def options_honoured(snapshot: Snapshot) -> Outcome:
    """No option is one that MWAA overrides when a container starts."""
    version = comparable_version(snapshot.question)
    reasons = {
        option: rule.reason
        for option in _options(snapshot.question)
        for rule in OVERRIDDEN
        if option not in HONOURED_METRICS and rule.concerns(option, version)
    }
    if not reasons:
        return None
    told = "; ".join(f"{option} ({reason})" for option, reason in sorted(reasons.items()))
    return warning(f"MWAA overrides {told}.", "Remove what has no effect.")


@check("WorkerConcurrencyHonoured", judges=_JUDGED, page="best-practices-tuning.html")
def worker_concurrency_honoured(snapshot: Snapshot) -> Outcome:
    """How many tasks a worker runs is set by the option that MWAA goes by."""
    if "celery.worker_concurrency" not in _options(snapshot.question):
        return None
    return warning(
        "MWAA ignores celery.worker_concurrency.",
        "Use celery.worker_autoscale instead, as the most and the least: 10,10.",
    )


@check(
    "ParsingProcessesFitClass",
    judges=[*_JUDGED, "EnvironmentClass"],
    page="best-practices-tuning.html",
)
def parsing_processes_fit_class(snapshot: Snapshot) -> Outcome:
    """No more processes read DAG files than the class has processors for."""
    most = PARSING_PROCESSES.get(str(wanted(snapshot.question, "EnvironmentClass")))
    options = _options(snapshot.question)
    for name in ("scheduler.parsing_processes", "dag_processor.parsing_processes"):
        given = options.get(name, "")
        if most is not None and given.isdecimal() and int(given) > most:
            return warning(
                f"{name} is higher than the {most} that the class has processors for.",
                f"Set it to {most} or less, or choose a larger environmentClass.",
            )
    return None


@check("PluginsLoaded", judges=[*_JUDGED, "PluginsS3Path"], page="configuring-dag-import-plugins.html")
def plugins_loaded(snapshot: Snapshot) -> Outcome:
    """Airflow 2 loads custom plugins at its start."""
    question = snapshot.question
    version = comparable_version(question)
    if not wanted(question, "PluginsS3Path") or version is None or version.major != 2:
        return None
    if _options(question).get("core.lazy_load_plugins", "").lower() == "false":
        return None
    return warning(
        "Airflow 2 loads plugins only when one is used, so that some are never seen.",
        'Set the option core.lazy_load_plugins to "False".',
    )
