"""AWS's own words, with the values of options taken out: an error may quote what it dislikes, and what it dislikes may be a password."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.observation import MASKED, AwsEnvironment
from mwaa_operator.planning.situation import Situation

_SHORTEST = 4
"""Shorter values are words like `5` and `on`: they are in every text, and nobody's secret."""

_OPTIONS = "AirflowConfigurationOptions"

_LEFT_OUT = "(AWS's message is left out: the options have changed since, and it may quote what they were. AWS's console has it.)"


class Redaction:
    """Takes these values out of texts, however they are quoted."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = tuple(values)

    @cached_property
    def _forms(self) -> list[str]:
        """Made when there is something to take them out of, which is seldom, and of many values takes its time."""
        forms = {
            form
            for value in self._values
            if len(value) >= _SHORTEST
            for form in (value, json.dumps(value)[1:-1], repr(value)[1:-1], quote(value, safe=""))
        }
        # A value may be the beginning of another.
        return sorted(forms, key=len, reverse=True)

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> "Redaction":
        """Takes the option values out that are in the members of a call."""
        return cls((members.get(_OPTIONS) or {}).values())

    @classmethod
    def of_situation(cls, situation: Situation) -> "Redaction":
        """Takes the options out that were asked for, and those that AWS has."""
        asked = situation.desired.options or {}
        has = (situation.environment.document.get(_OPTIONS) or {}) if situation.environment else {}
        return cls([*asked.values(), *has.values()])

    def text(self, text: str) -> str:
        if not text:
            return text
        for form in self._forms:
            text = text.replace(form, MASKED)
        return text

    def error(self, error: AwsError) -> AwsError:
        return AwsError(
            kind=error.kind,
            operation=error.operation,
            code=self.text(error.code),
            message=self.text(error.message),
            request_id=error.request_id,
            action=error.action,
        )


def without_values(situation: Situation) -> Situation:
    """A situation in which the error of AWS's last operation quotes no option.

    Which values that operation had is known while the options are still the same. It is cleaned when it is first seen, and from then
    on taken from the status; where the options have changed before it was seen, the message is left out.
    """
    environment = situation.environment
    last = environment.document.get("LastUpdate") if environment else None
    if environment is None or not last or not last.get("Error"):
        return situation
    error: Mapping[str, Any] = last["Error"]
    known = situation.status.environment.last_update if situation.status.environment else None
    if known is not None and known.error is not None and known.created_at == environment.last_update.created_at:
        error = {"ErrorCode": known.error.error_code, "ErrorMessage": known.error.error_message}
    elif situation.status.last_operation and situation.status.last_operation.options_hash != situation.options_hash:
        error = {**error, "ErrorMessage": _LEFT_OUT}
    redaction = Redaction.of(situation.desired.fields)
    clean = {name: redaction.text(text) for name, text in error.items() if text is not None}
    document = {**environment.document, "LastUpdate": {**last, "Error": clean}}
    return replace(situation, observation=replace(situation.observation, environment=AwsEnvironment(document)))
