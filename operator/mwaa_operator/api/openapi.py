"""Turns a pydantic model into the structural schema of a CRD.

JSON schema, as pydantic writes it, is not what Kubernetes takes: references have to be resolved, an optional field is
one that is not required (not one that may be null), keys of maps cannot have a form, and every string, list and map
needs a bound, so that the API server can tell what a CEL rule may cost. A keyword that this module does not know is an
error, so that no limit is lost on the way.

This module knows pydantic and Kubernetes, and no particular kind.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel

from mwaa_operator.api.model import IMMUTABLE, Rule
from mwaa_operator.api.types import KEY_MESSAGE

Schema = dict[str, Any]

ANY_CONTENT: dict[str, Any] = {"x-kubernetes-preserve-unknown-fields": True}
"""The `json_schema_extra` of an object whose content is the user's own: the API server keeps whatever is in it."""

_INT32_MAX = 2**31 - 1
_COPIED = (
    "type",
    "format",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "maxProperties",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
)
_HANDLED = {
    "$ref",
    "$defs",
    "anyOf",
    "title",
    "default",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "items",
    "x-kubernetes-validations",
    IMMUTABLE,
    *ANY_CONTENT,
    *_COPIED,
}
# Go's regular expressions (RE2) have no look-around and no references back; \d and \w mean more to Rust's than to Go's.
_NOT_PORTABLE = re.compile(r"\(\?[=!<]|\\[1-9dDwWsSbB]")


def structural_schema(model: type[BaseModel]) -> Schema:
    """Give the OpenAPI v3 schema that Kubernetes takes for a model.

    Raises ValueError for what cannot be said in it: a keyword that is not known, a pattern that Go reads in another
    way, a string, list or map without a bound.
    """
    document = model.model_json_schema(by_alias=True)
    return _Translation(document.get("$defs", {})).translate(document, path=model.__name__)


class _Translation:
    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions

    def translate(self, node: Schema, *, path: str) -> Schema:
        node = self._resolve(node, path)
        if unknown := node.keys() - _HANDLED:
            raise ValueError(f"{path}: cannot put {', '.join(sorted(unknown))} into a structural schema")
        schema: Schema = {"description": _description(node)} if "description" in node else {}
        schema |= {keyword: deepcopy(node[keyword]) for keyword in _COPIED if keyword in node}
        match node.get("type"):
            case "object" if ANY_CONTENT.items() <= node.items():
                schema |= ANY_CONTENT
            case "object" if "properties" in node:
                schema |= self._struct(node, path)
            case "object":
                schema |= self._map(node, path)
            case "array":
                schema |= {"items": self.translate(node["items"], path=f"{path}[]")}
                schema.setdefault("x-kubernetes-list-type", "atomic")
            case "integer":
                schema["format"] = "int32" if node.get("maximum", _INT32_MAX + 1) <= _INT32_MAX else "int64"
        if validations := [*node.get("x-kubernetes-validations", ()), *schema.pop("x-kubernetes-validations", ())]:
            schema["x-kubernetes-validations"] = [_in_usual_order(validation) for validation in validations]
        _demand_bounds(schema, path)
        return schema

    def _resolve(self, node: Schema, path: str) -> Schema:
        """Put what a field says about itself on top of what its type says."""
        if "anyOf" in node:
            one, *others = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
            if others:
                raise ValueError(f"{path}: a union of types cannot be put into a structural schema")
            return {**self._resolve(one, path), **{key: value for key, value in node.items() if key != "anyOf"}}
        if "$ref" in node:
            definition = self._definitions[node["$ref"].removeprefix("#/$defs/")]
            return {**self._resolve(definition, path), **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def _struct(self, node: Schema, path: str) -> Schema:
        fields = {name: self._resolve(field, f"{path}.{name}") for name, field in node["properties"].items()}
        required = sorted(node.get("required", ()))
        return {
            **({"required": required} if required else {}),
            "properties": {name: self.translate(field, path=f"{path}.{name}") for name, field in fields.items()},
            "x-kubernetes-validations": [
                _unchanged(name, field, required=name in required).as_validation()
                for name, field in fields.items()
                if IMMUTABLE in field and not field[IMMUTABLE]["ruleElsewhere"]
            ],
        }

    def _map(self, node: Schema, path: str) -> Schema:
        [(pattern, values)] = node.get("patternProperties", {None: node.get("additionalProperties")}).items()
        if not isinstance(values, dict):
            raise ValueError(f"{path}: the values of a map need a type")  # noqa: TRY004 - the model is wrong
        keys = {**node.get("propertyNames", {}), **({} if pattern is None else {"pattern": pattern})}
        return {
            "additionalProperties": self.translate(values, path=f"{path}.*"),
            "x-kubernetes-validations": [_keys_rule(keys, path).as_validation()] if keys.keys() - {"type"} else [],
        }


def _in_usual_order(validation: Mapping[str, str]) -> dict[str, str]:
    return {key: validation[key] for key in ("rule", "message", "reason", "fieldPath") if key in validation}


def _description(node: Schema) -> str:
    """Give the description, one line a paragraph, with the default in words: the schema itself sets none."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in node.get("description", "").split("\n\n")]
    default = node.get("default")
    if isinstance(default, str | int | bool):
        paragraphs[0] += f" Default: {str(default).lower() if isinstance(default, bool) else default}."
    if IMMUTABLE in node:
        paragraphs[0] += " Immutable."
    return "\n".join(paragraphs)


def _demand_bounds(schema: Schema, path: str) -> None:
    bound = {"string": "maxLength", "array": "maxItems"}.get(schema.get("type", ""))
    if "additionalProperties" in schema:
        bound = "maxProperties"
    if bound and bound not in schema and "enum" not in schema and schema.get("format") != "date-time":
        raise ValueError(f"{path}: needs {bound}, so that the API server can tell what a rule over it may cost")
    if _NOT_PORTABLE.search(schema.get("pattern", "")):
        raise ValueError(f"{path}: Go and Rust do not read the pattern {schema['pattern']!r} alike")


def _keys_rule(keys: Schema, path: str) -> Rule:
    pattern, message = keys.get("pattern"), keys.get(KEY_MESSAGE)
    if pattern is None or message is None or _NOT_PORTABLE.search(pattern):
        raise ValueError(f"{path}: the keys of a map need a portable pattern, and a KeyMessage that explains it")
    checks = [f"key.matches(r'{pattern}')"]
    checks += [f"key.size() >= {keys['minLength']}"] if "minLength" in keys else []
    checks += [f"key.size() <= {keys['maxLength']}"] if "maxLength" in keys else []
    return Rule(cel=f"self.all(key, {' && '.join(checks)})", message=message)


def _unchanged(name: str, field: Schema, *, required: bool) -> Rule:
    """Give the rule that a field keeps its value. It stands on the parent, which sees adding and removing as well."""
    left_out_means = field[IMMUTABLE]["leftOutMeans"]
    new, old = f"self.{name}", f"oldSelf.{name}"
    same_items = f"{new}.all(item, item in {old}) && {old}.all(item, item in {new})"
    same = same_items if field.get("type") == "array" else f"{new} == {old}"
    if required:
        cel = same
    elif left_out_means is not None:
        cel = f"(has({new}) ? {new} : '{left_out_means}') == (has({old}) ? {old} : '{left_out_means}')"
    else:
        cel = f"has({new}) == has({old}) && (!has({new}) || {same})"
    forbidden = "changed" if required else "changed, added or removed"
    return Rule(
        cel=cel,
        message=f"{name} cannot be {forbidden} in AWS once it is made. Put it back as it was, or delete this "
        "object and create another one.",
        field=name,
        reason="FieldValueForbidden",
    )
