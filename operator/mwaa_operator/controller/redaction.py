"""AWS's own words, with the values of options taken out: an error may quote what it dislikes, and what it dislikes may be a password."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.observation import MASKED, AwsEnvironment, Observation

_SHORTEST = 4
"""Shorter values are words like `5` and `on`: they are in every text, and nobody's secret."""

_OPTIONS = "AirflowConfigurationOptions"


class Redaction:
    """Takes these values out of texts, however they are quoted."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {
            form
            for value in values
            if len(value) >= _SHORTEST
            for form in (value, json.dumps(value)[1:-1], repr(value)[1:-1], quote(value, safe=""))
        }
        # A value may be the beginning of another.
        self._forms = sorted(forms, key=len, reverse=True)

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> "Redaction":
        """Takes the option values out that are in the members of a call."""
        return cls((members.get(_OPTIONS) or {}).values())

    def text(self, text: str) -> str:
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

    def observation(self, observation: Observation) -> Observation:
        """With the error of AWS's last operation in plain words only."""
        seen = observation.environment
        update = seen.document.get("LastUpdate") if seen else None
        if seen is None or not update or not update.get("Error"):
            return observation
        error = {name: self.text(str(text)) for name, text in update["Error"].items()}
        document = {**seen.document, "LastUpdate": {**update, "Error": error}}
        return replace(observation, environment=AwsEnvironment(document))
