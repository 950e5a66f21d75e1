"""What execution roles and keys lack when the containers of an environment come to use them (mwaa-behaviour.md §6, §9.2)."""

from __future__ import annotations

import json

import pytest
from mwaa_sandbox.aws.prerequisites import make_key


class TestRole:
    """§6: what the execution role lacks beyond S3 is found out when the containers run."""

    @pytest.fixture
    def role(self, clients, name):
        """Make an execution role that may do all that the usual one may, but for the actions of a service."""
        iam = clients("iam")
        usual = iam.get_role_policy(RoleName="airflow", PolicyName="airflow")["PolicyDocument"]

        def without(service):
            document = usual if isinstance(usual, dict) else json.loads(usual)
            kept = [
                {**one, "Action": [action for action in listed(one["Action"]) if not action.startswith(f"{service}:")]}
                for one in document["Statement"]
            ]
            statements = [one for one in kept if one["Action"]]
            iam.put_role_policy(
                RoleName=name,
                PolicyName="p",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
            )
            return f"arn:aws:iam::111122223333:role/{name}"

        trust = iam.get_role(RoleName="airflow")["Role"]["AssumeRolePolicyDocument"]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return without

    @pytest.mark.parametrize("service", ["logs", "sqs", "kms", "cloudwatch"])
    def test_each_service_is_needed(self, created, role, service):
        assert created(ExecutionRoleArn=role(service)) == "CREATE_FAILED"

    def test_role_with_all_of_it_will_do(self, created, role):
        assert created(ExecutionRoleArn=role("nothing")) == "AVAILABLE"

    def test_what_is_denied_stands_in_the_log(self, created, role, text_of):
        created(ExecutionRoleArn=role("sqs"))
        text = text_of("Worker", "worker_ip-")
        assert "An error occurred (AccessDenied) when calling the ReceiveMessage operation" in text
        assert "is not authorized to perform: sqs:receivemessage on resource: arn:aws:sqs:eu-west-1:" in text

    def test_role_mended_while_the_environment_is_created_will_do(self, aws, mwaa, name, role, request_for):
        mwaa.create_environment(**request_for(name, ExecutionRoleArn=role("sqs")))
        aws.admin.advance(600)
        role("nothing")
        aws.admin.advance(3600)
        assert mwaa.get_environment(Name=name)["Environment"]["Status"] == "AVAILABLE"


def listed(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.usefixtures("prerequisites")
class TestKey:
    def test_key_that_logs_may_not_use_fails_the_create(self, clients, created):
        key = make_key(clients, role_name="airflow")
        of_root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**of_root, "Resource": "*"}]})
        clients("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
        assert created(KmsKey=key) == "CREATE_FAILED"

    def test_groups_that_are_there_already_do_not_make_up_for_it(self, clients, created, name):
        for module in ("DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"):
            clients("logs").create_log_group(logGroupName=f"airflow-{name}-{module}")
        self.test_key_that_logs_may_not_use_fails_the_create(clients, created)

    def test_key_that_logs_may_use_encrypts_the_groups(self, clients, created, name):
        key = make_key(clients, role_name="airflow")
        assert created(KmsKey=key) == "AVAILABLE"
        groups = clients("logs").describe_log_groups(logGroupNamePrefix=f"airflow-{name}-")["logGroups"]
        assert len(groups) == 5
        assert {group["kmsKeyId"] for group in groups} == {key}

    def test_key_that_the_role_may_not_use_fails_the_create(self, clients, created):
        key = make_key(clients, role_name="airflow")
        clients("iam").delete_role_policy(RoleName="airflow", PolicyName="airflow-key")
        assert created(KmsKey=key) == "CREATE_FAILED"
