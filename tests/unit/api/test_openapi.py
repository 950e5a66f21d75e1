"""The generator: what becomes of a model, and what it refuses to make anything of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import pytest
from mwaa_operator.api.model import SpecModel, immutable, rule
from mwaa_operator.api.openapi import ANY_CONTENT, structural_schema
from mwaa_operator.api.types import KeyMessage
from pydantic import Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=10)]
Key = Annotated[Short, StringConstraints(pattern="^[a-z]+$", min_length=2), KeyMessage("Use small letters.")]


class Colour(StrEnum):
    """A colour of the rainbow."""

    RED = "Red"
    BLUE = "Blue"


class Inner(SpecModel):
    """What lies within."""

    word: Short
    """A word."""


def test_optional_field_is_one_that_is_not_required():
    class Model(SpecModel):
        """A model."""

        given: Short
        """Always there."""
        left_out: Short | None = None
        """Not always
        there.

        As was said.
        """

    assert structural_schema(Model) == {
        "description": "A model.",
        "type": "object",
        "required": ["given"],
        "properties": {
            "given": {"description": "Always there.", "type": "string", "maxLength": 10},
            "leftOut": {"description": "Not always there.\nAs was said.", "type": "string", "maxLength": 10},
        },
    }


def test_default_is_told_and_not_set():
    class Model(SpecModel):
        """A model."""

        colour: Colour = Colour.RED
        """Its colour."""
        inner: Inner | None = None
        """Its inside."""

    properties = structural_schema(Model)["properties"]
    assert properties["colour"] == {
        "description": "Its colour. Default: Red.",
        "type": "string",
        "enum": ["Red", "Blue"],
    }
    assert properties["inner"]["description"] == "Its inside."
    assert properties["inner"]["properties"]["word"] == {"description": "A word.", "type": "string", "maxLength": 10}


def test_lists_and_maps_are_bounded_and_keys_are_checked_by_a_rule():
    class Model(SpecModel):
        """A model."""

        items: tuple[Short, ...] = Field(default=(), max_length=3)
        """Some items."""
        table: dict[Key, Short] | None = Field(default=None, max_length=4)
        """A table."""

    properties = structural_schema(Model)["properties"]
    assert properties["items"] == {
        "description": "Some items.",
        "type": "array",
        "maxItems": 3,
        "items": {"type": "string", "maxLength": 10},
        "x-kubernetes-list-type": "atomic",
    }
    assert properties["table"] == {
        "description": "A table.",
        "type": "object",
        "maxProperties": 4,
        "additionalProperties": {"type": "string", "maxLength": 10},
        "x-kubernetes-validations": [
            {
                "rule": "self.all(key, key.matches(r'^[a-z]+$') && key.size() >= 2 && key.size() <= 10)",
                "message": "Use small letters.",
                "reason": "FieldValueInvalid",
            }
        ],
    }


def test_content_of_ones_own_is_kept_whatever_it_is():
    class Model(SpecModel):
        """A model."""

        conf: dict[str, Any] | None = Field(default=None, json_schema_extra=ANY_CONTENT)
        """Anything."""

    assert structural_schema(Model)["properties"]["conf"] == {
        "description": "Anything.",
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
    }


def test_rules_of_a_model_and_of_its_bases_stand_in_the_schema():
    class Base(SpecModel):
        """A base."""

        low: int = 0
        """The low end."""
        high: int = 9
        """The high end."""

        @rule("self.low <= self.high", message="Raise high.", field="low")
        def _in_order(self) -> bool:
            return self.low <= self.high

    class Model(Base):
        """A model."""

    assert structural_schema(Model)["x-kubernetes-validations"] == [
        {"rule": "self.low <= self.high", "message": "Raise high.", "reason": "FieldValueInvalid", "fieldPath": ".low"}
    ]
    with pytest.raises(ValueError, match=r"Raise high\."):
        Model(low=3, high=2)


def test_immutable_fields_are_compared_on_their_parent():
    class Model(SpecModel):
        """A model."""

        always: Short = Field(json_schema_extra=immutable())
        """Always there."""
        sometimes: Short | None = Field(default=None, json_schema_extra=immutable())
        """Sometimes there."""
        by_default: Short | None = Field(default=None, json_schema_extra=immutable(left_out_means="x"))
        """There in effect."""
        ids: tuple[Short, ...] = Field(max_length=2, json_schema_extra=immutable())
        """In any order."""
        elsewhere: Short | None = Field(default=None, json_schema_extra=immutable(rule_elsewhere=True))
        """Looked after elsewhere."""

    schema = structural_schema(Model)
    assert schema["properties"]["always"]["description"] == "Always there. Immutable."
    assert [(each["fieldPath"], each["rule"]) for each in schema["x-kubernetes-validations"]] == [
        (".always", "self.always == oldSelf.always"),
        (
            ".sometimes",
            "has(self.sometimes) == has(oldSelf.sometimes) && (!has(self.sometimes) || self.sometimes == oldSelf.sometimes)",
        ),
        (
            ".byDefault",
            "(has(self.byDefault) ? self.byDefault : 'x') == (has(oldSelf.byDefault) ? oldSelf.byDefault : 'x')",
        ),
        (".ids", "self.ids.all(item, item in oldSelf.ids) && oldSelf.ids.all(item, item in self.ids)"),
    ]


class Unbounded(SpecModel):
    """Has a text without an end."""

    text: str
    """Goes on."""


class UnboundedList(SpecModel):
    """Has a list without an end."""

    items: tuple[Short, ...]
    """Go on."""


class UnboundedMap(SpecModel):
    """Has a map without an end."""

    table: dict[Key, Short]
    """Goes on."""


class Union(SpecModel):
    """Is this or that."""

    value: Short | int
    """Either."""


class Unportable(SpecModel):
    """Has a pattern that means more to Rust than to Go."""

    digits: Annotated[str, StringConstraints(max_length=3, pattern=r"^\d+$")]
    """Arabic ones, or any?"""


class Unexplained(SpecModel):
    """Has keys that break a rule without words."""

    table: dict[Annotated[str, StringConstraints(pattern="^[a-z]+$")], Short] = Field(max_length=3)
    """Which keys?"""


class Unknown(SpecModel):
    """Has a limit that Kubernetes does not know."""

    number: Annotated[int, Field(multiple_of=5)]
    """By fives."""


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Unbounded, "Unbounded.text: needs maxLength"),
        (UnboundedList, "UnboundedList.items: needs maxItems"),
        (UnboundedMap, "UnboundedMap.table: needs maxProperties"),
        (Union, "Union.value: a union of types"),
        (Unportable, "Unportable.digits: Go and Rust do not read the pattern"),
        (Unexplained, "Unexplained.table: the keys of a map need a portable pattern"),
        (Unknown, "Unknown.number: cannot put multipleOf"),
    ],
)
def test_what_kubernetes_would_not_take_as_meant_is_refused(model, says):
    with pytest.raises(ValueError, match=says):
        structural_schema(model)
