"""The tables of permissions name operations and members that AWS's service models have."""

import itertools
import re

import pytest
from botocore.session import Session
from mwaa_sandbox.aws.iam import lookups
from mwaa_sandbox.aws.iam.actions import TABLE
from mwaa_sandbox.aws.iam.actions_ec2 import EC2, TYPES_BY_PREFIX

MODELS = {
    "airflow": ["mwaa"],
    "s3": ["s3", "s3control"],
    "iam": ["iam"],
    "logs": ["logs"],
    "kms": ["kms"],
    "sts": ["sts"],
}
SESSION = Session()


def model(service):
    return SESSION.get_service_model(service)


def members(service, operation):
    """The members of an operation, by the names they have on the wire."""
    shape = model(service).operation_model(operation).input_shape
    if shape is None:
        return set()
    on_wire = {member.serialization.get("name", name) for name, member in shape.members.items()}
    return {*shape.members, *(name[0].upper() + name[1:] for name in on_wire)}


@pytest.mark.parametrize(
    ("service", "operation"), [(service, operation) for service, rows in TABLE.items() for operation in rows]
)
def test_row_is_of_an_operation_and_names_its_members(service, operation):
    having = [one for one in MODELS[service] if operation in model(one).operation_names]
    assert having
    known = set().union(*(members(one, operation) for one in having))
    templates = [resource for need in TABLE[service][operation] for resource in need.resources]
    fields = set(itertools.chain.from_iterable(re.findall(r"\{(\w+)\}", template) for template in templates))
    assert fields - {"p", "r", "a"} - lookups.BY_NAME.keys() <= known


@pytest.mark.parametrize("operation", EC2)
def test_row_of_ec2_is_of_an_operation_and_names_its_members(operation):
    known = members("ec2", operation)
    for short in EC2[operation]:
        kind, _, member = short.partition("/")
        if short == ":tagged":
            assert "ResourceId" in known
            continue
        assert kind in TYPES_BY_PREFIX.values()
        assert member == "*" or member[1:] in lookups.IN_EC2 or member in known


def test_what_ec2_makes_comes_first():
    for rows in EC2.values():
        assert not [short for short in rows[1:] if short.endswith("/*")]
