"""Requests checked against the service model that botocore ships: shapes, and nothing that the model does not say.

boto3 checks required members, types and minimums before it sends, and nothing else (mwaa-behaviour.md §1.1); the service
checks all of it. The texts have the form that AWS's services share; MWAA's own have not been seen (§12.1).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from mwaa_sandbox.aws.mwaa.errors import SerializationError, ValidationError

_JSON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "boolean": bool,
    "timestamp": (int, float, str),
    "list": list,
    "map": dict,
    "structure": dict,
}
# Python's regular expressions have no Unicode categories. All that the model uses stand together, in the pattern of
# tags, so that it does no harm that \w holds numbers and the underscore as well.
_CATEGORIES = (
    (r"\p{L}", r"\w"),
    (r"\p{N}", r"\d"),
    (r"\p{Z}", "\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"),
)


@functools.cache
def service_model() -> ServiceModel:
    """Return botocore's model of MWAA."""
    return ServiceModel(Loader().load_service_model("mwaa", "service-2"), "mwaa")


@functools.cache
def operation_model(operation: str) -> OperationModel:
    return service_model().operation_model(operation)


def accepted(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `parameters` that the operation knows; AWS ignores the others.

    Raises:
        SerializationError: for a value of the wrong JSON type.
        ValidationError: for whatever else the model forbids, all of it in one message.
    """
    shape = operation_model(operation).input_shape
    known: dict[str, Any] = _known(shape, parameters)
    problems = list(_problems(shape, known, path=""))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ValidationError(count + "; ".join(problems))
    return known


def _known(shape: Any, value: Any) -> Any:
    """Return the value without members that the model does not have, and without nulls (which AWS takes as omitted)."""
    if not _fits(shape.type_name, value):
        raise SerializationError(
            f"{_word(value)} can not be converted to {_TYPE_WORDS.get(shape.type_name, 'a value')}"
        )
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        members = shape.members
        return {
            name: _known(members[name], item) for name, item in value.items() if name in members and item is not None
        }
    if shape.type_name == "list":
        return [_known(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _known(shape.value, item) for key, item in value.items()}
    return value


def _fits(type_name: str, value: Any) -> bool:
    if isinstance(value, bool):  # Python's truth values are integers as well
        return type_name == "boolean"
    return isinstance(value, _JSON_TYPES[type_name])


def _problems(shape: Any, value: Any, *, path: str) -> Iterator[str]:
    yield from _constraint_problems(shape, value, path)
    if shape.type_name == "structure":
        yield from _structure_problems(shape, value, path)
    elif shape.type_name == "list":
        for position, item in enumerate(value, start=1):
            yield from _problems(shape.member, item, path=f"{path}.{position}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _constraint_problems(shape.key, key, f"{path}.key")
            yield from _problems(shape.value, item, path=f"{path}.{key}.member")


def _structure_problems(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    for name in shape.required_members:
        if name not in value:
            yield _failed(None, _join(path, name), "Member must not be null", sensitive=False)
    for name, item in value.items():
        yield from _problems(shape.members[name], item, path=_join(path, name))


def _constraint_problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    limits = shape.metadata
    sensitive = bool(limits.get("sensitive"))
    if shape.type_name == "string":
        if "enum" in limits and value not in limits["enum"]:
            yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]", sensitive)
        if "pattern" in limits and not _pattern(limits["pattern"]).fullmatch(value):
            pattern = limits["pattern"]
            yield _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}", sensitive)
    if shape.type_name in {"string", "list", "map"}:
        size, noun = len(value), "length"
    elif shape.type_name == "integer":
        size, noun = value, "value"
    else:
        return
    if "min" in limits and size < limits["min"]:
        yield _failed(value, path, f"Member must have {noun} greater than or equal to {limits['min']}", sensitive)
    if "max" in limits and size > limits["max"]:
        yield _failed(value, path, f"Member must have {noun} less than or equal to {limits['max']}", sensitive)


def _failed(value: Any, path: str, constraint: str, sensitive: bool) -> str:
    shown = "Value" if sensitive else f"Value {_quoted(value)}"
    return f"{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _quoted(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"'[{', '.join(map(str, value))}]'"
    if isinstance(value, Mapping):
        return f"'{{{', '.join(f'{key}={item}' for key, item in value.items())}}}'"
    return f"'{value}'"


def _join(path: str, name: str) -> str:
    member = name[:1].lower() + name[1:]
    return f"{path}.{member}" if path else member


@functools.cache
def _pattern(pattern: str) -> re.Pattern[str]:
    for category, characters in _CATEGORIES:
        pattern = pattern.replace(category, characters)
    return re.compile(pattern)


_TYPE_WORDS = {
    "string": "a String",
    "integer": "an Integer",
    "boolean": "a Boolean",
    "list": "a List",
    "map": "a Map",
    "structure": "a Structure",
}


def _word(value: Any) -> str:
    return {str: "STRING_VALUE", bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}.get(
        type(value), "START_OBJECT"
    )
