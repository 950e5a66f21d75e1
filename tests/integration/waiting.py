"""What `kubectl wait --for=` waits for, asked of an object that somebody has read."""

from __future__ import annotations

import re

_JSONPATH = re.compile(r"jsonpath=\{(?P<path>[^}]+)\}=(?P<value>.*)", re.DOTALL)
_STEP = re.compile(r'\.(?P<member>\w+)(\[\?\(@\.(?P<key>\w+)=="(?P<wanted>[^"]*)"\)\])?')


def met(found, what):
    """Whether an object is as `condition=NAME`, `condition=NAME=STATUS` or `jsonpath={PATH}=VALUE` says. None is not there."""
    if what == "delete":
        return found is None
    if found is None:
        return False
    if what.startswith("condition="):
        _, name, *status = what.split("=")
        return _holds(found, name, *status)
    asked = _JSONPATH.fullmatch(what)
    return str(_value(found, asked["path"])) == asked["value"]


def _holds(found, name, status="True"):
    """As kubectl does, take a condition that was said of an earlier generation for none."""
    generation, said = found["metadata"]["generation"], found.get("status", {})
    return any(
        each["type"] == name
        and each["status"] == status
        and each.get("observedGeneration", said.get("observedGeneration", generation)) >= generation
        for each in said.get("conditions", ())
    )


def _value(found, path):
    """What a path leads to, of members and of filters `[?(@.key=="value")]`; None if it leads nowhere."""
    steps = list(_STEP.finditer(path))
    assert "".join(step[0] for step in steps) == path, f"cannot read {path}"
    for step in steps:
        found = (found or {}).get(step["member"])
        if step["key"]:
            found = next((each for each in found or () if each.get(step["key"]) == step["wanted"]), None)
    return found
