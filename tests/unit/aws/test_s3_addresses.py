"""Addresses by which an object can be read for a while."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from mwaa_operator.aws.s3_addresses import readable_address
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind


@pytest.fixture(autouse=True)
def _nothing_of_the_machine(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")


@pytest.mark.parametrize(
    ("region", "host"),
    [("eu-west-1", "s3.eu-west-1.amazonaws.com"), ("cn-north-1", "s3.cn-north-1.amazonaws.com.cn")],
)
def test_address_is_that_of_the_region_and_signed_as_today(region, host):
    address = readable_address(Clients(connections=1), region, bucket="a.bucket", key="x/ä b.zip", seconds=60)
    found = urlsplit(address)
    signed = parse_qs(found.query)
    assert (found.hostname, found.path) == (host, "/a.bucket/x/%C3%A4%20b.zip")
    assert (signed["X-Amz-Algorithm"], signed["X-Amz-Expires"]) == (["AWS4-HMAC-SHA256"], ["60"])
    assert region in signed["X-Amz-Credential"][0]
    assert "canary" not in address


def test_no_credentials_are_said_to_be_missing(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsError) as caught:
        readable_address(Clients(connections=1), "eu-west-1", bucket="b", key="k", seconds=60)
    assert caught.value.kind is FailureKind.CREDENTIALS
