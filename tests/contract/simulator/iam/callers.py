"""Two keys of one account, and short ways to say what one of them may do and what it was told."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT, REGION = "111122223333", "eu-west-1"
KEY = ACCOUNT
"""The key that is held to policies. The one of the `clients` fixture may do anything."""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/operator"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/sandbox"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"
PLACE = {"LocationConstraint": REGION}


def client_with(aws, service, **credentials):
    """Return a boto3 client with an access key of one's own."""
    config = Config(
        inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
    )
    session = boto3.Session(aws_secret_access_key="sandbox", region_name=REGION, **credentials)
    client = session.client(service, endpoint_url=aws.endpoint, config=config)
    # S3 Control's endpoint rules put the account before the host, whatever the configuration says.
    client.meta.events.register("before-sign.s3-control.*", _without_account_in_host)
    return client


def _without_account_in_host(request, **_):
    request.url = request.url.replace(f"//{ACCOUNT}.", "//")


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def refused(call, **members):
    """Make a call that must fail and return the error."""
    with pytest.raises(ClientError) as told:
        call(**members)
    return told.value.response["Error"]


def not_allowed(action, resource, *, quoted=False):
    """Return what a session is told whose policies do not allow an action."""
    shown = f'"{resource}"' if quoted else resource
    return (
        f"User: {SESSION} is not authorized to perform: {action} on resource: {shown} "
        f"because no identity-based policy allows the {action} action"
    )
