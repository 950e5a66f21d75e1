"""JSON of the Kubernetes API, however deeply it is nested.

Whoever may create a MwaaDagRun may nest its `conf` as deeply as the API server takes it, which is ten thousand levels; Python's decoder
gives up after a thousand or so, and a watch that cannot be read would end the operator, for everybody and at each start. So what is nested
more deeply than `DEEPEST` levels is read as null. Nothing of our kinds ever is, and a `conf` like that is refused (`api.dag_run_spec`).
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

DEEPEST = 200
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]')
_OPENING = (b"{", b"[")


class ShallowResponse(aiohttp.ClientResponse):
    """An answer whose JSON can be read in any case, be it one document or a stream of one each line."""

    async def start(self, connection: Any) -> "ShallowResponse":
        await super().start(connection)
        self.content = _ShallowLines(self.content)  # type: ignore[assignment]
        return self

    async def json(self, **more: Any) -> Any:
        return await super().json(**{**more, "loads": _loads})


class _ShallowLines:
    """A body that gives whole lines where it is read as a stream. All else is as it was."""

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        held: list[bytes] = []
        async for data in self._content.iter_chunked(size):
            lines, newline, rest = data.rpartition(b"\n")
            if not newline:
                held.append(data)
                continue
            whole = b"".join([*held, lines])
            held = [rest] if rest else []
            yield b"".join(shallow(line) + b"\n" for line in whole.split(b"\n"))
        if held:
            yield shallow(b"".join(held))


def _loads(text: str) -> Any:
    return json.loads(shallow(text.encode()))


def shallow(document: bytes) -> bytes:
    """The same JSON, with null for whatever is nested more deeply than `DEEPEST` levels."""
    if document.count(b"{") + document.count(b"[") <= DEEPEST:
        return document
    kept: list[bytes] = []
    depth = copied = 0
    for token in _TOKENS.finditer(document):
        sign = token[0]
        if sign in _OPENING:
            depth += 1
            if depth == DEEPEST + 1:
                kept += [document[copied : token.start()], b"null"]
        elif not sign.startswith(b'"'):
            if depth == DEEPEST + 1:
                copied = token.end()
            depth -= 1
    return b"".join([*kept, document[copied:]]) if kept else document
