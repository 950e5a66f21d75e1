"""The Condition element: one operator, one key, the values that it may have.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys". A key that the
request does not have fails a condition, fulfils a negated one and one with `...IfExists`, and counts for `ForAllValues:`
as fulfilled.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from mwaa_sandbox.aws.iam import patterns
from mwaa_sandbox.aws.iam.context import Context

Test = Callable[[str, str, Context | None], bool]
"""Whether what the policy says (first) fits what the request has (second)."""


class Quantifier(StrEnum):
    """The set operators, for keys that have several values."""

    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True)
class Operator:
    """How one value is compared, and whether the condition wants the comparison to fail for each of them."""

    test: Test
    negated: bool = False


@dataclass(frozen=True)
class Condition:
    """One line of a Condition block."""

    operator: Operator | None
    """None stands for `Null`, which asks whether the key is absent."""
    key: str
    values: tuple[str, ...]
    quantifier: Quantifier | None = None
    if_exists: bool = False

    def holds(self, context: Context, *, with_variables: bool = True) -> bool:
        """Whether the request fulfils it."""
        present = context.get(self.key)
        if self.operator is None:
            return any((value.lower() == "true") == (not present) for value in self.values)
        if not present:
            return self._absent(self.operator)
        variables = context if with_variables else None
        fits = [self._fits(self.operator, value, variables) for value in present]
        if self.quantifier is Quantifier.ANY or (self.quantifier is None and not self.operator.negated):
            return any(fits)
        return all(fits)

    def _fits(self, one: Operator, value: str, variables: Context | None) -> bool:
        return any(one.test(wanted, value, variables) for wanted in self.values) is not one.negated

    def _absent(self, one: Operator) -> bool:
        if self.if_exists or self.quantifier is Quantifier.ALL:
            return True
        return one.negated and self.quantifier is not Quantifier.ANY


def parse(operator_name: str, key: str, values: tuple[str, ...]) -> Condition:
    """Return the condition that these words make.

    Raises:
        ValueError: for an operator that IAM does not have.
    """
    found = _NAME.fullmatch(operator_name)
    name = found.group("name").lower() if found else ""
    if found is None or (name != "null" and name not in _OPERATORS):
        raise ValueError(f"Invalid Condition type : {operator_name}.")
    quantifier = _QUANTIFIERS.get((found.group("quantifier") or "").lower())
    return Condition(_OPERATORS.get(name), key, values, quantifier, found.group("suffix") is not None)


_NAME = re.compile(r"(?:(?P<quantifier>ForAllValues|ForAnyValue):)?(?P<name>\w+?)(?P<suffix>IfExists)?", re.IGNORECASE)
_QUANTIFIERS = {quantifier.lower(): quantifier for quantifier in Quantifier}


def _text(*, wildcards: bool = False, ignore_case: bool = False) -> Test:
    def test(wanted: str, value: str, variables: Context | None) -> bool:
        return patterns.matches(wanted, value, variables, wildcards=wildcards, ignore_case=ignore_case)

    return test


def _bool(wanted: str, value: str, variables: Context | None) -> bool:
    return (patterns.resolved(wanted, variables) or "").lower() == value.lower()


def _compared(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> Test:
    """Compare what the request has with what the policy says; what cannot be read fits nothing."""

    def test(wanted: str, value: str, _variables: Context | None) -> bool:
        try:
            return bool(compare(read(value), read(wanted)))
        except ValueError:
            return False

    return test


def _moment(text: str) -> float:
    """Return epoch seconds of a date in ISO 8601 or of a number of seconds."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _address(wanted: str, value: str, _variables: Context | None) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _families() -> Mapping[str, Operator]:
    positive: dict[str, Test] = {
        "stringequals": _text(),
        "stringequalsignorecase": _text(ignore_case=True),
        "stringlike": _text(wildcards=True),
        "arnequals": patterns.matches_arn,
        "arnlike": patterns.matches_arn,
        "numericequals": _compared(float, operator.eq),
        "dateequals": _compared(_moment, operator.eq),
        "ipaddress": _address,
        "bool": _bool,
        "binaryequals": _text(),
    }
    for words, compare in (
        ("lessthan", operator.lt),
        ("lessthanequals", operator.le),
        ("greaterthan", operator.gt),
        ("greaterthanequals", operator.ge),
    ):
        positive[f"numeric{words}"] = _compared(float, compare)
        positive[f"date{words}"] = _compared(_moment, compare)
    negative = {
        "stringnotequals": "stringequals",
        "stringnotequalsignorecase": "stringequalsignorecase",
        "stringnotlike": "stringlike",
        "arnnotequals": "arnequals",
        "arnnotlike": "arnlike",
        "numericnotequals": "numericequals",
        "datenotequals": "dateequals",
        "notipaddress": "ipaddress",
    }
    return {
        **{name: Operator(test) for name, test in positive.items()},
        **{name: Operator(positive[base], negated=True) for name, base in negative.items()},
    }


_OPERATORS = _families()
