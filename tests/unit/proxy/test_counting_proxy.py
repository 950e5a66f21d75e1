"""The counting proxy: it changes nothing, counts everything, and ends the process where it is told to."""

from __future__ import annotations

import http.client
import threading
import time

import pytest
from mwaa_sandbox.proxy import Side, Trap, Upstream

WAIT_SECONDS = 30
NO_ANSWER = (http.client.RemoteDisconnected, ConnectionError)
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/airflow/aws4_request, SignedHeaders=host, Signature=0"


def ask(connection, method="GET", target="/", **rest):
    connection.request(method, target, **rest)
    answer = connection.getresponse()
    return answer.status, answer.read()


def until(reached):
    deadline = time.monotonic() + WAIT_SECONDS
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_request_arrives_as_it_was_sent(server, connection):
    headers = {"Authorization": SIGNED, "Host": "api.example:1", "X-Amz-Date": "20260101T000000Z"}
    connection.request("POST", "/a%2Fb/?x=1&y=%20", body=b"\x00body", headers=headers)
    connection.getresponse().read()
    [(method, target, arrived, body)] = server.asked
    assert (method, target, body) == ("POST", "/a%2Fb/?x=1&y=%20", b"\x00body")
    assert {name: arrived[name] for name in headers} == headers


def test_answer_comes_back_as_it_was_given(connection):
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("x-amzn-requestid"), answer.read()) == (201, "r-1", b"none")


def test_connection_serves_many_calls(server, connection):
    assert [ask(connection, "PATCH", f"/{number}", body=b"x") for number in range(3)] == [(201, b"x")] * 3
    assert [target for _, target, *_ in server.asked] == ["/0", "/1", "/2"]


def test_body_of_unknown_length_is_passed_on(server, connection):
    assert ask(connection, "POST", body=iter([b"one ", b"two"]), encode_chunked=True) == (201, b"one two")


def test_answer_to_head_keeps_its_length(connection):
    connection.request("HEAD", "/object")
    answer = connection.getresponse()
    assert (answer.getheader("Content-Length"), answer.read()) == ("4", b"")


def test_lost_answer_of_the_server_is_a_lost_answer_here(connection):
    with pytest.raises(NO_ANSWER):
        ask(connection, target="/drop")
    assert ask(connection) == (201, b"none")


def test_calls_are_counted_from_when_one_asks(proxy, connection):
    ask(connection, target="/start")
    proxy.journal.count()
    ask(connection, target="/first", headers={"Authorization": SIGNED})
    ask(connection, "POST", "/second")
    calls = [(call.ordinal, call.upstream, call.method, call.target, call.status) for call in proxy.journal.calls()]
    assert calls == [(1, "one", "GET", "/first", 201), (2, "one", "POST", "/second", 201)]
    assert [call.service for call in proxy.journal.calls()] == ["airflow", ""]


def test_operation_is_read_where_aws_protocols_put_it(proxy, connection):
    proxy.journal.count()
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    ask(connection, "POST", headers=form, body=b"Action=CreateVpc&Version=2016-11-15")
    ask(connection, "POST", headers={"X-Amz-Target": "Logs_20140328.CreateLogGroup"}, body=b"{}")
    ask(connection, "POST", body=b"Action=none of a form")
    assert [call.operation for call in proxy.journal.calls()] == ["CreateVpc", "CreateLogGroup", ""]


def test_process_killed_before_a_call_never_makes_it(server, proxy, connection):
    ended = []
    proxy.journal.count(Trap(2, Side.BEFORE), lambda: ended.append(len(server.asked)))
    assert ask(connection, target="/1") == (201, b"none")
    with pytest.raises(NO_ANSWER):
        ask(connection, target="/2")
    assert ended == [1]
    assert [target for _, target, *_ in server.asked] == ["/1"]
    assert proxy.journal.sprung.target == "/2"


def test_process_killed_after_a_call_has_made_it_and_never_hears(server, proxy, connection):
    ended = []
    proxy.journal.count(Trap(2, Side.AFTER), lambda: ended.append(len(server.asked)))
    ask(connection, target="/1")
    with pytest.raises(NO_ANSWER):
        ask(connection, target="/2")
    assert ended == [2]
    assert (proxy.journal.sprung.target, proxy.journal.sprung.status) == ("/2", 201)


def test_nothing_is_passed_on_once_the_process_is_dead(server, proxy, connect):
    proxy.journal.count(Trap(1, Side.BEFORE), lambda: None)
    for _ in range(2):
        with pytest.raises(NO_ANSWER):
            ask(connect())
    assert server.asked == []


def test_trap_without_a_way_to_end_the_process_is_refused(proxy):
    with pytest.raises(ValueError, match="a way to end the process"):
        proxy.journal.count(Trap(1, Side.BEFORE))


def test_watch_is_one_call_and_its_news_come_through_at_once(server, proxy, connection):
    proxy.journal.count()
    connection.request("GET", "/things?watch=true")
    answer = connection.getresponse()
    for _ in range(2):
        server.more_news.release()
        assert answer.readline() == b"news\n"
    assert [call.watch for call in proxy.journal.calls()] == [True]
    assert proxy.journal.watches() == 1


def test_process_can_be_killed_after_a_watch_was_opened(proxy, connection):
    ended = []
    proxy.journal.count(Trap(1, Side.AFTER), lambda: ended.append(True))
    with pytest.raises(NO_ANSWER):
        ask(connection, target="/things?watch=true")
    assert ended == [True]


def test_closing_ends_watches(server, proxy, connection):
    connection.request("GET", "/things?watch=true")
    answer = connection.getresponse()
    proxy.close()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()


def test_closing_waits_for_what_is_under_way(server, proxy, connection):
    connection.request("POST", "/slow", body=b"x")
    assert server.arrived.wait(WAIT_SECONDS)
    closing = threading.Thread(target=proxy.close)
    closing.start()
    assert closing.is_alive()
    server.may_answer.set()
    closing.join(WAIT_SECONDS)
    assert not closing.is_alive()


def test_quiet_means_that_no_call_is_under_way_but_watches(server, proxy, connect):
    connect().request("GET", "/things?watch=true")
    until(lambda: proxy.journal.watches() == 1 and proxy.journal.quiet_seconds() > 0)
    connect().request("GET", "/slow")
    until(lambda: proxy.journal.quiet_seconds() == 0)
    server.may_answer.set()
    until(lambda: proxy.journal.quiet_seconds() > 0)


def test_address_without_a_port_is_refused():
    with pytest.raises(ValueError, match="no host or no port"):
        Upstream.at("http://example")
