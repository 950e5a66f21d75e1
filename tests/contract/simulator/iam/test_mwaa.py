"""What callers of MWAA need, in other services as well (mwaa-behaviour.md §1.3 and §6)."""

from __future__ import annotations

import pytest

from .callers import ACCOUNT, REGION, allow, client_with, policy, refused

CREATE = {
    "airflow:CreateEnvironment": f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/*",
    "airflow:TagResource": f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/*",
    "iam:PassRole": f"arn:aws:iam::{ACCOUNT}:role/airflow",
    "ec2:DescribeSecurityGroups": "*",
    "ec2:DescribeSubnets": "*",
    "ec2:DescribeVpcs": "*",
    "ec2:DescribeRouteTables": "*",
    "ec2:CreateVpcEndpoint": "*",
    "ec2:CreateNetworkInterface": "*",
    "s3:GetEncryptionConfiguration": "arn:aws:s3:::airflow-shared",
}


@pytest.fixture(autouse=True)
def _account_has_an_environment(clients, request_for, name):
    """Only the first needs MWAA's service-linked role to be made."""
    clients("mwaa").create_environment(**request_for(f"{name}-before"))


@pytest.mark.parametrize("missing", CREATE)
def test_creating_an_environment_needs_each_of_these(held, may, request_for, name, missing):
    may(*(allow(action, resource) for action, resource in CREATE.items() if action != missing))
    told = refused(held("mwaa").create_environment, **request_for(name, Tags={"team": "data"}))
    assert told["Code"] == "AccessDeniedException"
    assert f"not authorized to perform: {missing} on" in told["Message"]


def test_environment_is_created_with_what_it_needs(held, may, request_for, name):
    conditions = {
        "iam:PassRole": {"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}},
        "ec2:CreateVpcEndpoint": {"ForAnyValue:StringEquals": {"aws:CalledVia": "airflow.amazonaws.com"}},
        "airflow:CreateEnvironment": {"StringEquals": {"aws:RequestTag/team": "data"}},
    }
    may(
        *(
            allow(action, resource, **({"Condition": conditions[action]} if action in conditions else {}))
            for action, resource in CREATE.items()
        )
    )
    held("mwaa").create_environment(**request_for(name, Tags={"team": "data"}))


def test_customer_managed_endpoints_need_no_permission_for_mwaas_own(held, may, request_for, name):
    may(*(allow(action, resource) for action, resource in CREATE.items() if not action.startswith("ec2:Create")))
    held("mwaa").create_environment(**request_for(name, EndpointManagement="CUSTOMER"))


def test_updating_needs_to_pass_only_a_new_role(held, may, available, prerequisites):
    may(allow("airflow:UpdateEnvironment"), allow(["ec2:CreateVpcEndpoint", "ec2:CreateNetworkInterface"]))
    told = refused(held("mwaa").update_environment, Name=available, ExecutionRoleArn=prerequisites.role_arn)
    assert f"iam:PassRole on resource: {prerequisites.role_arn}" in told["Message"]
    held("mwaa").update_environment(Name=available, MaxWorkers=7)


def test_environment_can_be_held_to_its_tags(held, may, clients, request_for, name):
    clients("mwaa").create_environment(**request_for(name, Tags={"team": "data"}))
    may(allow("airflow:GetEnvironment", Condition={"StringEquals": {"aws:ResourceTag/team": "data"}}))
    held("mwaa").get_environment(Name=name)
    may(allow("airflow:GetEnvironment", Condition={"StringEquals": {"aws:ResourceTag/team": "web"}}))
    assert refused(held("mwaa").get_environment, Name=name)["Code"] == "AccessDeniedException"


def test_airflows_api_needs_one_of_the_roles(aws, clients, held, may, name, request_for):
    available = f"{name}-public"
    clients("mwaa").create_environment(**request_for(available, WebserverAccessMode="PUBLIC_ONLY"))
    aws.admin.advance(86400)
    may(allow("airflow:InvokeRestApi", f"arn:aws:airflow:*:*:environment/{available}"))
    told = refused(held("mwaa").invoke_rest_api, Name=available, Path="/dags", Method="GET")
    assert told["Code"] == "AccessDeniedException"
    assert "Airflow role" in told["Message"]
    may(allow("airflow:InvokeRestApi", f"arn:aws:airflow:*:*:role/{available}/Viewer"))
    assert held("mwaa").invoke_rest_api(Name=available, Path="/dags", Method="GET")["RestApiStatusCode"] == 200


def test_first_environment_of_an_account_needs_the_service_linked_role(aws, request_for, name):
    newcomer = "777788889999"
    mwaa = client_with(aws, "mwaa", aws_access_key_id=newcomer)
    aws.admin.enforce(newcomer, policy(allow("airflow:CreateEnvironment")))
    told = refused(mwaa.create_environment, **request_for(name))
    role = "role/aws-service-role/airflow.amazonaws.com/AWSServiceRoleForAmazonMWAA"
    assert f"iam:CreateServiceLinkedRole on resource: arn:aws:iam::{newcomer}:{role} " in told["Message"]


def test_customer_key_is_used_in_the_callers_name(held, may, request_for, name):
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    may(*(allow(action, resource) for action, resource in CREATE.items()))
    told = refused(held("mwaa").create_environment, **request_for(name, KmsKey=key))
    assert f"kms:DescribeKey on resource: {key} " in told["Message"]
