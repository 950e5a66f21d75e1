"""The checks of all but the network over what the simulated AWS has, with everything in order and with one thing broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.aws.shared_answers import SharedAnswers, SharedClients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.model import CheckVerdict, Finding
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject
from mwaa_operator.resources.preflight.gather import looks
from mwaa_sandbox.pytest_plugin import SimulatedAccount

from .ground import OPERATOR, OPERATOR_PATH, REGION, Ground
from .worlds_more import WORLDS

ACCOUNT = "210987654322"
GROUND = tuple(subject for subject in Subject if subject not in {Subject.NETWORK, Subject.SUBNETS})


@pytest.fixture(scope="module")
def simulated_aws(simulated_aws_server):
    """One account for all tests of this file, because a network takes seconds to make."""
    return SimulatedAccount(simulated_aws_server, ACCOUNT)


@pytest.fixture(scope="module")
def ground(simulated_aws):
    return Ground.made(simulated_aws.client, ACCOUNT)


@pytest.fixture(scope="module")
def seen():
    """Give what the observer of calls has been told."""
    return []


@pytest.fixture(scope="module")
def clients(simulated_aws, ground, seen):
    """The operator's clients, which act as its role."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**simulated_aws.environment(), **ground.operator_credentials()}.items():
            patch.setenv(name, value)
        made = Clients(connections=8, observer=lambda *call: seen.append(call))
        # boto3 looks for credentials once, with the first client.
        made.client("sts", REGION)
        yield made


@pytest.fixture
def asked(ground, in_account):
    """Give what is asked of AWS now."""

    def question() -> Question:
        return Question(
            name="env",
            account_id=ground.account,
            region=REGION,
            fields=ground.fields,
            tags=ground.tags,
            changed=frozenset({*ground.fields, "Name", "Tags"}),
        )

    return question


@pytest.fixture
def findings(clients, asked):
    """Give a function that looks at subjects and makes the checks that need no others: what they find, by name."""

    def found(*subjects: Subject) -> dict[str, Finding]:
        question = asked()
        snapshot = Snapshot(
            question=question, facts={subject: looks()[subject](clients, question) for subject in subjects}
        )
        checks = [check for check in ALL_CHECKS if check.needs <= set(subjects)]
        made = {check.name: check.find(snapshot) for check in checks}
        return {name: finding for name, finding in made.items() if finding is not None}

    return found


@pytest.fixture
def judged(findings):
    """The same with the verdicts alone."""
    return lambda *subjects: {name: finding.verdict for name, finding in findings(*subjects).items()}


def test_environment_in_order_passes_every_check(judged):
    assert judged(*Subject) == {}


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_broken_is_found_by_its_check_and_passes_once_mended(judged, ground, name):
    world = WORLDS[name]
    with world.broken(ground):
        found = judged(*GROUND)
    assert found == {world.check: CheckVerdict.ERROR if world.error else CheckVerdict.WARNING}
    assert judged(*GROUND) == {}


# ---- what may not be looked at, and what passes by itself ----


@pytest.mark.parametrize(
    ("subject", "service", "operation", "unknown", "action"),
    [
        (Subject.BUCKET, "s3", "HeadBucket", "BucketExists", "s3:ListBucket"),
        (Subject.BUCKET, "s3", "GetBucketVersioning", "BucketVersioned", "s3:GetBucketVersioning"),
        (Subject.BUCKET, "s3", "GetPublicAccessBlock", "BucketBlocksPublicAccess", "s3:GetBucketPublicAccessBlock"),
        (Subject.BUCKET, "s3", "GetBucketEncryption", "BucketKeySame", "s3:GetEncryptionConfiguration"),
        (Subject.BUCKET, "s3", "ListObjectsV2", "DagFolderExists", "s3:ListBucket"),
        (Subject.FILES, "s3", "HeadObject", "FilesExist", "s3:GetObjectVersion"),
        (Subject.FILES, "s3", "GetObject", "PluginsZipped", "s3:GetObjectVersion"),
        (Subject.ROLE, "iam", "GetRole", "RoleExists", "iam:GetRole"),
        (Subject.ROLE, "iam", "SimulatePrincipalPolicy", "RoleReadsBucket", "iam:SimulatePrincipalPolicy"),
        (Subject.KEY, "kms", "DescribeKey", "KeyEnabled", "kms:DescribeKey"),
        (Subject.KEY, "kms", "GetKeyPolicy", "KeyAdmitsLogs", "kms:GetKeyPolicy"),
        (Subject.CALLER, "iam", "SimulatePrincipalPolicy", "CallerPassesRole", "iam:SimulatePrincipalPolicy"),
        (Subject.CALLER, "ec2", "DescribeSubnets", "CallerMakesEndpoints", "ec2:DescribeSubnets"),
        (Subject.QUOTAS, "airflow", "ListEnvironments", "EnvironmentsWithinQuota", "airflow:ListEnvironments"),
    ],
)
def test_call_that_is_not_allowed_makes_its_checks_unknown_and_names_the_action(
    findings, in_account, subject, service, operation, unknown, action
):
    in_account.admin.add_fault("access_denied", account=ACCOUNT, service=service, operation=operation)
    found = findings(subject)
    assert {finding.verdict for finding in found.values()} == {CheckVerdict.UNKNOWN}
    assert action in found[unknown].advice


@pytest.mark.parametrize("subject", GROUND)
def test_look_that_is_throttled_is_to_be_tried_again(clients, asked, in_account, subject):
    in_account.admin.add_fault("throttle", account=ACCOUNT)
    with pytest.raises(AwsError) as caught:
        looks()[subject](clients, asked())
    assert caught.value.kind is FailureKind.THROTTLED


def test_operator_that_may_not_see_its_own_role_is_simulated_all_the_same(clients, asked, in_account, ground):
    """The role's path is not in what STS says of a session, so that the simulation does not find this one."""
    in_account.admin.add_fault("access_denied", account=ACCOUNT, service="iam", operation="GetRole")
    facts = looks()[Subject.CALLER](clients, asked())
    assert f"arn:aws:iam::{ACCOUNT}:role/operator" in facts.permissions[0].decisions.why


# ---- dry runs, quotas ----


@pytest.fixture
def held_to(in_account, clients):
    """Give a function that holds the operator to policies, until the test ends."""
    role = f"arn:aws:iam::{ACCOUNT}:role{OPERATOR_PATH}{OPERATOR}"
    yield lambda *statements: in_account.admin.enforce(
        None, {"Version": "2012-10-17", "Statement": list(statements)}, role_arn=role
    )
    in_account.admin.enforce(None, role_arn=role)


EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_ENDPOINTS = {"Effect": "Deny", "Action": "ec2:CreateVpcEndpoint", "Resource": "*"}


def test_refused_dry_run_is_an_error_where_iam_agrees(judged, ground, held_to):
    held_to(EVERYTHING, NO_ENDPOINTS)
    with ground.denying("ec2:CreateVpcEndpoint", role=OPERATOR):
        found = judged(*GROUND)
    assert found == {"CallerMakesEndpoints": CheckVerdict.ERROR}


def test_refused_dry_run_passes_where_a_policy_lets_mwaa_make_endpoints(judged, held_to):
    held_to(EVERYTHING, NO_ENDPOINTS)
    assert judged(*GROUND) == {}


def test_dry_runs_make_nothing(judged, ground):
    ec2 = ground.client("ec2")

    def things() -> int:
        return len(ec2.describe_vpc_endpoints()["VpcEndpoints"]) + len(
            ec2.describe_network_interfaces()["NetworkInterfaces"]
        )

    before = things()
    judged(Subject.CALLER)
    assert things() == before


def test_environment_more_than_the_account_may_have_is_told(judged, in_account, ground):
    in_account.admin.set_quota(11)
    members = {name: value for name, value in ground.fields.items() if name != "KmsKey"}
    with ground.allowing("kms:*"):
        for number in range(10):
            ground.client("mwaa").create_environment(Name=f"e{number}", **members)
    in_account.admin.set_quota(10)
    assert judged(Subject.QUOTAS) == {"EnvironmentsWithinQuota": CheckVerdict.ERROR}
    in_account.admin.add_fault("error5xx", account=ACCOUNT, service="servicequotas")
    assert judged(Subject.QUOTAS) == {"EnvironmentsWithinQuota": CheckVerdict.UNKNOWN}, "it may have been raised"


# ---- how long it takes ----


def test_no_subject_takes_so_many_calls_one_after_another_that_all_take_five_seconds(clients, asked, seen):
    """With AWS answering in 100 ms; subjects are looked at at the same time."""
    calls = {}
    for subject, look in looks().items():
        seen.clear()
        look(clients, asked())
        calls[subject.value] = len(seen)
    assert max(calls.values()) * 0.1 < 2.5, calls


def test_next_environment_of_the_same_place_asks_only_for_what_is_its_own(clients, asked, seen):
    shared = SharedClients(clients, SharedAnswers(3600))

    def look(question: Question) -> dict[Subject, object]:
        return {subject: how(shared, question) for subject, how in looks().items()}

    first = look(asked())
    del seen[:]
    second = look(replace(asked(), name="next"))
    place = (Subject.NETWORK, Subject.SUBNETS, Subject.BUCKET, Subject.KEY)
    assert [second[subject] for subject in place] == [first[subject] for subject in place]
    own = {"HeadObject", "GetObject", "SimulatePrincipalPolicy", "CreateNetworkInterface", "CreateVpcEndpoint"}
    assert {operation for _, operation, _, _ in seen} <= own
