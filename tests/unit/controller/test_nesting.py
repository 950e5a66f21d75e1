"""JSON that is nested more deeply than Python reads it."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from aiohttp import ClientSession, web
from kopf._cogs.clients.api import iter_jsonlines
from mwaa_operator.controller.connection import login_for_any_depth
from mwaa_operator.controller.handlers import kopf_settings
from mwaa_operator.controller.nesting import DEEPEST, ShallowResponse, shallow

DEEP = b'{"a":' * 9000 + b'"end"' + b"}" * 9000
PLAIN = json.dumps({"text": 'a "{[" and \\', "list": [{"n": 1}, []] * 300}).encode()
DOCUMENTS = [
    b'{"before":"}","deep":' + DEEP + b',"after":[1]}',
    PLAIN,
    b"[" * 5000 + b"]" * 5000,
    b'{"left":' + DEEP + b',"right":' + DEEP + b"}",
]


def depth(value):
    found = 0
    while value:
        value = next(iter(value.values() if isinstance(value, dict) else value))
        found += 1
    return found


def test_what_can_be_read_stays_as_it_is():
    assert shallow(PLAIN) == PLAIN


def test_what_is_nested_too_deeply_is_null_and_all_else_stays():
    first, _, third, last = (json.loads(shallow(document)) for document in DOCUMENTS)
    assert (first["before"], first["after"]) == ("}", [1])
    assert depth(first["deep"]) == depth(last["left"]) == depth(last["right"]) == DEEPEST - 1
    assert depth(third) == DEEPEST


@pytest.mark.parametrize("chunk", [4096, 1 << 20])
def test_a_session_reads_it_as_a_document_and_as_a_stream_of_lines(chunk):
    body = b"\n".join(DOCUMENTS) + b"\n"

    async def stream(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        for begin in range(0, len(body), chunk):
            await answer.write(body[begin : begin + chunk])
        return answer

    async def document(_):
        return web.Response(body=DOCUMENTS[0], content_type="application/json")

    async def scenario():
        application = web.Application()
        application.add_routes([web.get("/stream", stream), web.get("/document", document)])
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        [(_, port)] = runner.addresses
        async with ClientSession(response_class=ShallowResponse) as session:
            async with session.get(f"http://127.0.0.1:{port}/document") as answer:
                one = await answer.json()
            async with session.get(f"http://127.0.0.1:{port}/stream") as answer:
                several = [json.loads(line) async for line in iter_jsonlines(answer.content)]
        await runner.cleanup()
        return one, several

    one, several = asyncio.run(scenario())
    assert one == several[0]
    assert several == [json.loads(shallow(document)) for document in DOCUMENTS]


def test_kopf_is_given_such_a_session(tmp_path, monkeypatch):
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        json.dumps(
            {
                "current-context": "one",
                "contexts": [{"name": "one", "context": {"cluster": "one", "user": "one"}}],
                "clusters": [{"name": "one", "cluster": {"server": "https://127.0.0.1:1"}}],
                "users": [{"name": "one", "user": {"token": "a-token"}}],
            }
        ),
        encoding="utf-8",
    )
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))

    async def scenario():
        found = await login_for_any_depth(logger=logging.getLogger(), settings=kopf_settings())
        await found.aiohttp_session.close()
        return found

    found = asyncio.run(scenario())
    assert found.server == "https://127.0.0.1:1"
    assert found.aiohttp_session.headers["Authorization"] == "Bearer a-token"
    assert found.aiohttp_session._response_class is ShallowResponse
