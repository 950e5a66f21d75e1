"""Deploys the function with boto3, and has S3 call it for objects that arrive below a prefix of a bucket.

    python deploy.py --environment ricsue-dublin --bucket airflow-mybucket --prefix incoming/

It may be run again: what is there is brought up to date. Where roles and functions are managed by Terraform or the like, take
policy.json and start_dag.py from here, and leave the rest to that. Region and credentials are found as boto3 finds them.
"""

import argparse
import contextlib
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import boto3

HERE = Path(__file__).parent
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ROLE_SECONDS = 60
"""How long Lambda may not know of a role that was just made."""


def main() -> None:
    """Deploy what the command line says."""
    parser = argparse.ArgumentParser(description="Deploy a function that starts a DAG when an object arrives in S3.")
    parser.add_argument("--environment", required=True, help="the environment's name in MWAA")
    parser.add_argument("--bucket", required=True, help="the bucket whose objects start the DAG, in the same account")
    parser.add_argument("--prefix", default="incoming/", help="of the objects' keys (default: %(default)s)")
    parser.add_argument("--dag", default="wait_for_file", help="the DAG's id (default: %(default)s)")
    parser.add_argument("--function", default="start-dag", help="the function's name (default: %(default)s)")
    wanted = parser.parse_args()
    account = boto3.client("sts").get_caller_identity()["Account"]
    role = make_role(wanted, account)
    function = make_function(wanted, role)
    notify(wanted, function, account)
    print(f"Objects below s3://{wanted.bucket}/{wanted.prefix} start {wanted.dag} in {wanted.environment}: {function}")


def make_role(wanted: argparse.Namespace, account: str) -> str:
    """Make the function's role, which may start DAGs in this environment and write its own log; return its ARN."""
    iam = boto3.client("iam")
    try:
        made = iam.create_role(RoleName=wanted.function, AssumeRolePolicyDocument=json.dumps(TRUST))
    except iam.exceptions.EntityAlreadyExistsException:
        made = iam.get_role(RoleName=wanted.function)
    policy = (HERE / "policy.json").read_text()
    names = {
        "REGION": boto3.session.Session().region_name,
        "ACCOUNT": account,
        "ENVIRONMENT": wanted.environment,
        "FUNCTION": wanted.function,
    }
    for placeholder, name in names.items():
        policy = policy.replace(placeholder, name)
    iam.put_role_policy(RoleName=wanted.function, PolicyName="start-dag", PolicyDocument=policy)
    logs = boto3.client("logs")  # the group is made here, so that the function need not be allowed to
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=f"/aws/lambda/{wanted.function}")
    return str(made["Role"]["Arn"])


def make_function(wanted: argparse.Namespace, role: str) -> str:
    """Make the function, or bring it up to date; return its ARN."""
    client = boto3.client("lambda")
    name = wanted.function
    settings: dict[str, Any] = {
        "FunctionName": name,
        "Role": role,
        "Runtime": "python3.13",  # its boto3 knows InvokeRestApi
        "Handler": "start_dag.handler",
        "Timeout": 60,  # seconds; Airflow has ten for an answer
        "Environment": {"Variables": {"ENVIRONMENT": wanted.environment, "DAG_ID": wanted.dag}},
    }
    try:
        client.get_function(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        create(client, settings)
    else:
        client.update_function_code(FunctionName=name, ZipFile=package())
        client.get_waiter("function_updated_v2").wait(FunctionName=name)
        client.update_function_configuration(**settings)
        client.get_waiter("function_updated_v2").wait(FunctionName=name)
    return str(client.get_function(FunctionName=name)["Configuration"]["FunctionArn"])


def create(client: Any, settings: dict[str, Any]) -> None:
    """Create the function, as soon as Lambda knows of its role."""
    deadline = time.monotonic() + ROLE_SECONDS
    while True:
        try:
            client.create_function(**settings, Code={"ZipFile": package()})
            break
        except client.exceptions.InvalidParameterValueException as error:
            if "assumed" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(3)
    client.get_waiter("function_active_v2").wait(FunctionName=settings["FunctionName"])


def package() -> bytes:
    """Return the function's code as a zip archive. boto3 is part of Lambda's runtime."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.write(HERE / "start_dag.py", "start_dag.py")
    return archive.getvalue()


def notify(wanted: argparse.Namespace, function: str, account: str) -> None:
    """Let S3 call the function, for this bucket only, and tell S3 to do so."""
    client, s3 = boto3.client("lambda"), boto3.client("s3")
    with contextlib.suppress(client.exceptions.ResourceConflictException):  # it has that permission
        client.add_permission(
            FunctionName=wanted.function,
            StatementId=f"s3-{wanted.bucket.replace('.', '-')}",
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            SourceArn=f"arn:aws:s3:::{wanted.bucket}",
            SourceAccount=account,
        )
    # The call takes the place of all notifications that the bucket has: those of others are handed back as they are.
    there = s3.get_bucket_notification_configuration(Bucket=wanted.bucket)
    there.pop("ResponseMetadata")
    ours = {
        "Id": wanted.function,
        "LambdaFunctionArn": function,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": wanted.prefix}]}},
    }
    others = [one for one in there.get("LambdaFunctionConfigurations", []) if one["Id"] != wanted.function]
    configuration = {**there, "LambdaFunctionConfigurations": [*others, ours]}
    s3.put_bucket_notification_configuration(Bucket=wanted.bucket, NotificationConfiguration=configuration)


if __name__ == "__main__":
    main()
