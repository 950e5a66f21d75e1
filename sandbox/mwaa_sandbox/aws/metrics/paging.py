"""Pages of answers. A token is the place where the next page begins: what it is a page of is worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from mwaa_sandbox.aws.metrics.wire import Refusal

T = TypeVar("T")

LIST_PAGE = 500
"""Metrics in an answer of ListMetrics (API reference)."""

MOST_POINTS = 100_800
"""Points in an answer of GetMetricData (API reference), as long as the caller does not want fewer."""


def page_of(found: Sequence[T], size: int, token: str | None) -> tuple[Sequence[T], str | None]:
    """Return a page of a list, and the token of the next one."""
    begin = _place(token)
    return found[begin : begin + size], str(begin + size) if begin + size < len(found) else None


def paged_results(
    results: Sequence[Mapping[str, Any]], *, limit: int | None, token: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return results with as many points as an answer holds; one that goes on in the next answer is PartialData."""
    begin = _place(token)
    end = begin + (limit or MOST_POINTS)
    page, position = [], 0
    for result in results:
        length = len(result["Values"])
        first, last = max(begin - position, 0), min(end - position, length)
        if first < last or (length == 0 and begin <= position < end):
            page.append(
                {
                    **result,
                    "Timestamps": result["Timestamps"][first:last],
                    "Values": result["Values"][first:last],
                    "StatusCode": "Complete" if last == length else "PartialData",
                }
            )
        position += length
    return page, str(end) if end < position else None


def _place(token: str | None) -> int:
    if token is not None and not token.isdigit():
        raise Refusal("InvalidNextToken", "The next token specified is invalid.")
    return int(token or 0)
