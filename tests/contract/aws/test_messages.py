"""AWS's texts and codes, told apart. The texts are those of mwaa-behaviour.md §1.3, as they arrive through boto3."""

import pytest
from mwaa_operator.aws import mwaa, sessions
from mwaa_operator.aws.calls import call
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_sandbox.pytest_plugin import SimulatedAccount

K = FailureKind
ROLE = "arn:aws:iam::123456789012:role/airflow"
TRUST = (
    f"Failed to assume role {ROLE}. This could be due to the role's trust policy. Please ensure your role is assumable by "
    "'airflow-env.amazonaws.com' Service Principal and try again."
)
CONSTRAINT = (
    "1 validation error detected: Value '9' at 'schedulers' failed to satisfy constraint: Member must have value less than "
    "or equal to 5"
)
VALIDATION = [
    (
        K.CONFLICT,
        "Environments with CREATING status must complete previous operation before initiating a new operation",
    ),
    (K.STATUS, "Environments with CREATE_FAILED status cannot be updated."),
    (K.STATUS, "Environments with DELETED status cannot be deleted"),
    (K.PROPAGATION, "Provided bucket does not have BlockPublicAccess set for s3 bucket airflow-mybucket"),
    (K.PROPAGATION, "Provided role does not have sufficient permissions for s3 location airflow-mybucket/dags"),
    (K.PROPAGATION, TRUST),
    (K.PROPAGATION, "Unable to access version 3sL4kqtJlcpXroDTDmJ of airflow-mybucket/requirements.txt"),
    (K.PROPAGATION, "A text that nobody has seen yet"),
    (K.INVALID, CONSTRAINT),
    (K.INVALID, "PUBLIC_AND_PRIVATE is only available for Apache Airflow version 3.2.1 and later"),
]


@pytest.fixture(scope="module")
def simulated_aws(simulated_aws_server):
    """One account for all tests of this file, so that they can share a client."""
    return SimulatedAccount(simulated_aws_server, "432109876543")


@pytest.fixture(scope="module")
def client(simulated_aws):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in simulated_aws.environment().items():
            patch.setenv(name, value)
        patch.setattr(sessions, "ATTEMPTS", 1)
        return Clients(connections=1).client("mwaa")


@pytest.fixture
def refused(client, in_account):
    """Give the AwsError of an update that AWS answers as told."""

    def run(fault, **answer):
        in_account.admin.add_fault(fault, service="airflow", account=in_account.account, **answer)
        with pytest.raises(AwsError) as caught:
            mwaa.call(client, "UpdateEnvironment", {"Name": "env", "MaxWorkers": 9})
        return caught.value

    return run


@pytest.mark.parametrize(("kind", "message"), VALIDATION, ids=[message[:40] for _, message in VALIDATION])
def test_a_validation_error_is_told_apart_by_its_text(refused, kind, message):
    error = refused("validation", message=message)
    assert (error.kind, error.code, error.message) == (kind, "ValidationException", message)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (K.CREDENTIALS, "ExpiredTokenException"),
        (K.CREDENTIALS, "UnrecognizedClientException"),
        (K.CREDENTIALS, "InvalidSignatureException"),
        (K.CREDENTIALS, "MissingAuthenticationTokenException"),
        (K.CREDENTIALS, "RequestExpired"),
        (K.DENIED, "OptInRequired"),
        (K.GONE, "ResourceNotFoundException"),
        (K.THROTTLED, "TooManyRequestsException"),
        (K.TRANSIENT, "RequestTimeoutException"),
        (K.INVALID, "SomethingNewException"),
    ],
)
def test_an_error_that_is_not_modelled_is_told_apart_by_its_code(refused, kind, code):
    error = refused("access_denied", error_code=code)
    assert (error.kind, error.code) == (kind, code)


def test_an_unavailable_service_passes(refused):
    assert refused("error5xx", error_code="ServiceUnavailableException").kind is K.TRANSIENT


def test_a_dry_run_that_ec2_refuses_names_the_permission_of_ec2(refused):
    error = refused("access_denied", error_code="UnauthorizedOperation", message="You are not authorized.")
    assert (error.kind, error.action) == (K.DENIED, "ec2:CreateVpcEndpoint")


def test_a_denial_names_the_action_of_awss_message_even_if_it_is_not_the_calls_own(refused):
    message = f"User: {ROLE} is not authorized to perform: iam:PassRole on resource: {ROLE}"
    assert refused("access_denied", message=message).action == "iam:PassRole"


def test_key_that_kms_does_not_find_is_gone(simulated_aws):
    """KMS has a name of its own for it (AWS KMS API Reference, DescribeKey, "Errors")."""
    with pytest.raises(AwsError) as caught:
        call(simulated_aws.client("kms"), "DescribeKey", {"KeyId": "11111111-2222-3333-4444-555555555555"})
    assert (caught.value.kind, caught.value.code) == (K.GONE, "NotFoundException")
