"""What all models of the API have in common.

A rule over more than one field is declared once, on the model, as a method: the decorator holds the rule in CEL for the
API server, the method's body holds it in Python, and both give the same message. This module knows nothing of any
particular kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

IMMUTABLE: str = "x-immutable"
"""Key in a field's `json_schema_extra` that `immutable()` sets and the CRD generator reads."""

Reason = Literal["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"]


@dataclass(frozen=True)
class Rule:
    """A rule that the API server holds an object to, as an entry of `x-kubernetes-validations`."""

    cel: str
    """The rule in the Common Expression Language; `self` is the object that the model describes."""
    message: str
    """What is wrong, with what, and what to do about it."""
    field: str | None = None
    """The field, in camelCase, that the API server's answer points at. Without one: the object itself."""
    reason: Reason = "FieldValueInvalid"

    def as_validation(self) -> dict[str, str]:
        """Give the entry of `x-kubernetes-validations`."""
        validation = {"rule": self.cel, "message": self.message, "reason": self.reason}
        return validation if self.field is None else {**validation, "fieldPath": f".{self.field}"}


_Check = TypeVar("_Check", bound=Callable[[Any], bool])


def rule(
    cel: str, *, message: str, field: str | None = None, reason: Reason = "FieldValueInvalid"
) -> Callable[[_Check], _Check]:
    """Declare a rule beside the method that checks the same thing in Python (true: the rule is kept)."""

    def attach(check: _Check) -> _Check:
        check.__rule__ = Rule(cel=cel, message=message, field=field, reason=reason)  # type: ignore[attr-defined]
        return check

    return attach


def immutable(*, left_out_means: str | None = None, rule_elsewhere: bool = False) -> dict[str, Any]:
    """Give the `json_schema_extra` of a field that cannot be changed, added or removed once the object exists.

    left_out_means: the value that leaving the field out stands for; writing exactly that value down later changes
    nothing. rule_elsewhere: the rule is written by hand on a model further up, and none is to be made.
    """
    return {IMMUTABLE: {"leftOutMeans": left_out_means, "ruleElsewhere": rule_elsewhere}}


class ApiModel(BaseModel):
    """A part of a custom resource: immutable, camelCase outside and snake_case inside, silent about its content in
    errors.
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
        # A spec may hold passwords (Airflow options): an error names the place and the rule, never the value.
        hide_input_in_errors=True,
    )

    __checks__: ClassVar[tuple[tuple[Rule, Callable[[Any], bool]], ...]] = ()
    __more_rules__: ClassVar[tuple[Rule, ...]] = ()
    """Rules that only the API server can check: about the change from an old object to a new one."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the rules that the class and its bases declare."""
        super().__pydantic_init_subclass__(**kwargs)
        members = {name: value for base in reversed(cls.__mro__) for name, value in vars(base).items()}
        cls.__checks__ = tuple(
            (value.__rule__, value) for value in members.values() if isinstance(getattr(value, "__rule__", None), Rule)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the rules to the schema, where the CRD generator finds them."""
        json_schema = handler(schema)
        if validations := [declared.as_validation() for declared in cls.rules()]:
            handler.resolve_ref_schema(json_schema)["x-kubernetes-validations"] = validations
        return json_schema

    @classmethod
    def rules(cls) -> tuple[Rule, ...]:
        """Give the rules declared on this model, for the API server."""
        return (*(declared for declared, _ in cls.__checks__), *cls.__more_rules__)

    @model_validator(mode="after")
    def _keeps_its_rules(self) -> "ApiModel":
        broken = [declared.message for declared, check in self.__checks__ if not check(self)]
        if broken:
            raise ValueError(" ".join(broken))
        return self


class SpecModel(ApiModel):
    """A part of what people write: an unknown field is a mistake of theirs and is refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, data: Any) -> Any:
        """Read `field: null` as the API server does, which drops it: templates write that for "not set"."""
        if not isinstance(data, Mapping):
            return data
        known = {name for field, info in cls.model_fields.items() for name in (field, info.alias)}
        return {name: value for name, value in data.items() if value is not None or name not in known}


class StatusModel(ApiModel):
    """A part of what the operator writes: a field that another version of the operator wrote is passed over."""

    model_config = ConfigDict(extra="ignore")

    def to_object(self) -> dict[str, Any]:
        """Give the JSON form: camelCase, nothing that is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def explain(error: ValidationError) -> list[str]:
    """Say what is wrong with an object, one text for each place, without any of its values (unlike `error.errors()`)."""
    return [
        _sentence(mistake) for mistake in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _sentence(mistake: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in mistake["loc"])
    unknown = mistake["type"] == "extra_forbidden"
    text = "There is no such field." if unknown else str(mistake["msg"]).removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
