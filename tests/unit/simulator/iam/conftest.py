"""Short ways to say a policy and to ask it."""

import json

import pytest
from mwaa_sandbox.aws.iam.context import Context
from mwaa_sandbox.aws.iam.documents import PolicyKind, parse
from mwaa_sandbox.aws.iam.evaluation import Policies, Request, evaluate

VERSION = "2012-10-17"


def a_document(*statements, version=VERSION):
    return json.dumps({"Version": version, "Statement": list(statements)})


def a_statement(effect="Allow", action="*", resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def verdict(action, resource="*", *, identity=(), boundary=None, resource_policy=None, context=None, caller=None):
    """Decide by policies that are given as lists of statements, or by one of them."""

    def read(statements, kind):
        listed = [statements] if isinstance(statements, dict) else statements
        return parse(a_document(*listed), kind=kind)

    policies = Policies(
        identity=(read(identity, PolicyKind.IDENTITY),) if identity else (),
        boundary=None if boundary is None else read(boundary, PolicyKind.BOUNDARY),
        resource=() if resource_policy is None else (read(resource_policy, PolicyKind.RESOURCE),),
    )
    return evaluate(Request(action, resource, Context(context or {}), caller), policies)


@pytest.fixture
def decide():
    return verdict


@pytest.fixture
def document():
    return a_document


@pytest.fixture
def statement():
    return a_statement
