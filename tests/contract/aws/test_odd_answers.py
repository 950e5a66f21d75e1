"""Answers that AWS never gives, because something else gave them."""

import pytest
from mwaa_operator.aws import mwaa, s3, sts
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind

PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"


@pytest.fixture
def clients(proxy):
    return Clients(connections=2)


def get(clients):
    return mwaa.get_environment(clients.client("mwaa"), "env")


def update(clients):
    return mwaa.call(clients.client("mwaa"), "UpdateEnvironment", {"Name": "env"})


def account(clients):
    return sts.account_id(clients.client("sts"))


@pytest.mark.parametrize("call", [get, update, account])
@pytest.mark.parametrize("status", [302, 403, 404, 407, 502, 503])
@pytest.mark.parametrize(("content_type", "content"), [("text/html", PAGE), ("text/plain", b"")], ids=["page", "empty"])
def test_an_error_without_a_name_of_awss_passes(proxy, clients, call, status, content_type, content):
    proxy.answer = (status, content_type, content)
    with pytest.raises(AwsError) as caught:
        call(clients)
    assert caught.value.kind is FailureKind.TRANSIENT
    assert "log in" not in caught.value.message


def test_a_proxys_not_found_is_not_taken_for_an_environment_that_is_gone(proxy, clients):
    proxy.answer = (404, "application/json", b'{"message": "no Route matched"}')
    with pytest.raises(AwsError) as caught:
        get(clients)
    assert caught.value.kind is FailureKind.TRANSIENT


def test_too_many_requests_without_a_name_is_throttling(proxy, clients):
    proxy.answer = (429, "text/plain", b"slow down")
    with pytest.raises(AwsError) as caught:
        get(clients)
    assert caught.value.kind is FailureKind.THROTTLED


@pytest.mark.parametrize("call", [get, account])
def test_a_page_instead_of_an_answer_passes(proxy, clients, call):
    proxy.answer = (200, "text/html", PAGE)
    with pytest.raises(AwsError) as caught:
        call(clients)
    assert (caught.value.kind, caught.value.code) == (FailureKind.TRANSIENT, "UnreadableAnswer")


def test_cut_off_xml_passes(proxy, clients):
    proxy.answer = (200, "text/xml", b"<GetCallerIdentityResponse><GetCaller")
    with pytest.raises(AwsError) as caught:
        account(clients)
    assert caught.value.kind is FailureKind.TRANSIENT


def test_a_page_for_a_file_is_not_taken_for_its_version(proxy, clients):
    proxy.answer = (200, "text/html", PAGE)
    with pytest.raises(AwsError) as caught:
        s3.newest_version(clients.client("s3"), bucket="some-bucket", key="r.txt")
    assert caught.value.kind is FailureKind.MISSING
