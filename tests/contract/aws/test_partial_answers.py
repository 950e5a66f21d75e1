"""Calls on several things at once, whose answer is a good one even where nothing was done."""

import pytest
from botocore.stub import Stubber
from mwaa_operator.aws.calls import call
from mwaa_operator.planning.failure import AwsError, FailureKind

ENDPOINTS = {"VpcEndpointIds": ["vpce-1", "vpce-2"]}


@pytest.fixture
def answering(in_account):
    """Give a client of EC2 that AWS answers as told."""

    def run(answer):
        client = in_account.client("ec2")
        stubber = Stubber(client)
        stubber.add_response("delete_vpc_endpoints", answer, ENDPOINTS)
        stubber.activate()
        return client

    return run


def test_what_was_not_deleted_is_an_error_by_its_own_code(answering):
    refused = {"ResourceId": "vpce-2", "Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": "It does not exist"}}
    with pytest.raises(AwsError) as caught:
        call(answering({"Unsuccessful": [refused]}), "DeleteVpcEndpoints", ENDPOINTS)
    assert (caught.value.kind, caught.value.message) == (FailureKind.GONE, "It does not exist")


def test_an_answer_that_lists_nothing_is_a_good_one(answering):
    assert call(answering({"Unsuccessful": []}), "DeleteVpcEndpoints", ENDPOINTS)["Unsuccessful"] == []
