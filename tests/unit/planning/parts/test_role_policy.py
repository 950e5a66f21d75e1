"""What an execution role trusts and may do (mwaa-behaviour.md §6)."""

from mwaa_operator.api.provision import PolicyStatement
from mwaa_operator.planning.parts.role_policy import additional, permissions, trust

BUCKET = "arn:aws:s3:::airflow-mybucket"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def by_sid(document):
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_only_mwaa_on_behalf_of_this_environment_is_trusted(context_of):
    [statement] = trust(context_of({}, name="demo"))["Statement"]
    assert statement["Principal"] == {"Service": ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:airflow:eu-west-1:123456789012:environment/demo"},
    }


def test_the_policy_is_for_exactly_this_environment(context_of):
    allowed = by_sid(permissions(context_of({}, name="demo"), BUCKET))
    assert allowed["Code"]["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert allowed["Code"]["Action"] == ["s3:GetObject*", "s3:GetBucket*", "s3:List*"]
    assert allowed["NoOtherBuckets"]["Effect"] == "Deny"
    assert allowed["Logs"]["Resource"] == ["arn:aws:logs:eu-west-1:123456789012:log-group:airflow-demo-*"]
    assert allowed["Queue"]["Resource"] == ["arn:aws:sqs:eu-west-1:*:airflow-celery-*"]


def test_only_what_has_no_resources_is_allowed_on_everything(context_of):
    everywhere = [
        action
        for statement in permissions(context_of({}), BUCKET)["Statement"]
        if statement.get("Resource") == ["*"]
        for action in statement["Action"]
    ]
    assert everywhere == ["s3:GetAccountPublicAccessBlock", "logs:DescribeLogGroups", "cloudwatch:PutMetricData"]


def test_buckets_of_teams_can_be_read_too(context_of):
    context = context_of(
        {},
        identityCenterConfiguration={"startUrl": "https://x.awsapps.com/start", "identityStoreId": "d-1234567890"},
        teams={"blue": {"sourceBucketArn": "arn:aws:s3:::blue", "dagS3Path": "dags-blue/"}},
    )
    code = by_sid(permissions(context, BUCKET))["Code"]["Resource"]
    assert code == [BUCKET, f"{BUCKET}/*", "arn:aws:s3:::blue", "arn:aws:s3:::blue/*"]


def test_with_a_key_of_ones_own_only_that_key_may_be_used_and_only_by_way_of_queue_and_bucket(context_of):
    key = by_sid(permissions(context_of({}, kmsKey=KEY), BUCKET))["Key"]
    assert key["Resource"] == [KEY]
    assert key["Condition"] == {
        "StringEquals": {"kms:ViaService": ["sqs.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"]}
    }


def test_with_the_key_that_aws_owns_no_key_of_the_account_may_be_used(context_of):
    key = by_sid(permissions(context_of({}), BUCKET))["KeyOfTheQueue"]
    assert key["NotResource"] == "arn:aws:kms:*:123456789012:key/*"
    assert key["Condition"] == {"StringLike": {"kms:ViaService": ["sqs.eu-west-1.amazonaws.com"]}}


def test_in_china_everything_is_of_its_partition(context_of):
    context = context_of({}, region="cn-north-1")
    texts = str(permissions(context, "arn:aws-cn:s3:::b")) + str(trust(context))
    assert "arn:aws:" not in texts
    assert "sqs.cn-north-1.amazonaws.com.cn" in texts


def test_more_statements_are_written_as_they_are():
    statement = PolicyStatement.model_validate(
        {
            "action": ["dynamodb:GetItem"],
            "resource": ["*"],
            "condition": {"StringEquals": {"aws:ResourceTag/team": ["data"]}},
        }
    )
    assert additional([statement]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["dynamodb:GetItem"],
                "Resource": ["*"],
                "Condition": {"StringEquals": {"aws:ResourceTag/team": ["data"]}},
            }
        ],
    }


def test_without_more_statements_there_is_no_policy():
    assert additional([]) is None
