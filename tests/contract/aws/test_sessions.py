"""Sessions and clients: made once, configured as the operator wants them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from mwaa_operator import __version__
from mwaa_operator.aws import mwaa, sts
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind

REGIONS = sorted(
    {*boto3.Session().get_available_regions("mwaa"), *boto3.Session().get_available_regions("mwaa", "aws-cn")}
)


def test_a_client_is_made_once_for_each_service_and_region_even_when_threads_ask_at_once(clients, monkeypatch):
    made = []
    session = clients._session
    make = session.client
    monkeypatch.setattr(session, "client", lambda service, **options: made.append(service) or make(service, **options))
    together = threading.Barrier(8)

    def ask(_):
        together.wait(60)
        return clients.client("mwaa"), clients.client("mwaa", "us-east-1"), clients.client("sts")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert len({tuple(map(id, answer)) for answer in answers}) == 1
    once = list(made)
    clients.client("mwaa", "eu-west-1")  # the default region, said aloud
    assert made == once
    assert len({id(client) for client in answers[0]}) == 3


def test_clients_are_used_by_many_threads_at_once(clients, in_account):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sts.account_id(clients.client("sts")), range(40)))
    assert set(found) == {in_account.account}


def test_calls_go_to_the_region_that_is_asked_for(clients, in_account):
    mwaa.get_environment(clients.client("mwaa", "us-east-2"), "env")
    mwaa.get_environment(clients.client("mwaa"), "env")
    calls = in_account.admin.calls(operation="GetEnvironment", account=in_account.account)
    assert [call.region for call in calls] == ["us-east-2", "eu-west-1"]


def test_the_default_region_is_the_one_that_boto3_finds(clients, monkeypatch):
    assert clients.region == "eu-west-1"
    assert Clients(connections=1, region="ap-south-1").region == "ap-south-1"


def test_without_any_region_the_error_says_where_to_name_one(in_account, monkeypatch):
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    clients = Clients(connections=1)
    assert clients.region is None
    with pytest.raises(AwsError, match="name one in the spec") as caught:
        clients.client("mwaa")
    assert caught.value.kind is FailureKind.INVALID
    assert clients.client("mwaa", "eu-west-1")


def test_a_region_that_is_none_says_invalid(clients):
    with pytest.raises(AwsError) as caught:
        clients.client("mwaa", "eu west 1")
    assert caught.value.kind is FailureKind.INVALID


def test_every_call_names_the_operator_and_its_version(clients, in_account):
    mwaa.get_environment(clients.client("mwaa"), "env")
    sts.account_id(clients.client("sts"))
    agents = [call.user_agent for call in in_account.admin.calls(account=in_account.account)]
    assert len(agents) == 2
    assert all(f"mwaa-operator/{__version__}" in agent for agent in agents)


def test_the_observer_is_told_of_every_call_with_its_outcome_and_duration(clients, in_account, seen, one_attempt):
    client = clients.client("mwaa")
    mwaa.get_environment(client, "env")
    sts.account_id(clients.client("sts"))
    for fault in ("throttle", "connection_reset"):
        in_account.admin.add_fault(fault, account=in_account.account, service="airflow", count=1)
        with pytest.raises(AwsError):
            mwaa.call(client, "DeleteEnvironment", {"Name": "env"})
    assert [call[:3] for call in seen] == [
        ("mwaa", "GetEnvironment", "ResourceNotFoundException"),
        ("sts", "GetCallerIdentity", "ok"),
        ("mwaa", "DeleteEnvironment", "ThrottlingException"),
        ("mwaa", "DeleteEnvironment", "ConnectionClosedError"),
    ]
    assert all(0 < seconds < 60 for *_, seconds in seen)


def test_the_observer_is_told_of_a_call_for_which_there_are_no_credentials(in_account, seen, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    clients = Clients(connections=1, observer=lambda *call: seen.append(call))
    with pytest.raises(AwsError) as caught:
        mwaa.get_environment(clients.client("mwaa"), "env")
    assert caught.value.kind is FailureKind.CREDENTIALS
    assert [call[:3] for call in seen] == [("mwaa", "GetEnvironment", "NoCredentialsError")]


def sent_to(client):
    """Give the address that a call would go to, without making it."""
    addresses = []

    def note(request, **_):
        addresses.append(request.url)
        raise InterruptedError

    client.meta.events.register("before-send", note)
    with pytest.raises(InterruptedError):
        client.get_environment(Name="env")
    return addresses[0]


@pytest.fixture
def real_aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_of_aws_itself_the_prefix_of_the_host_is_asked_for_in_every_region(real_aws):
    clients = Clients(connections=1)
    for region in ("eu-west-1", "us-east-1", "cn-north-1"):
        assert region in REGIONS
        assert sent_to(clients.client("mwaa", region)).startswith(f"https://api.airflow.{region}.amazonaws.com")


@pytest.mark.parametrize(
    ("variable", "region", "host"),
    [
        ("AWS_USE_DUALSTACK_ENDPOINT", "eu-west-1", "api.airflow.eu-west-1.api.aws"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "cn-north-1", "api.airflow.cn-north-1.api.amazonwebservices.com.cn"),
        ("AWS_USE_FIPS_ENDPOINT", "us-east-1", "api.airflow-fips.us-east-1.amazonaws.com"),
    ],
    ids=["dual stack", "dual stack in China", "FIPS"],
)
def test_the_other_addresses_of_aws_want_the_prefix_too(real_aws, monkeypatch, variable, region, host):
    monkeypatch.setenv(variable, "true")
    assert sent_to(Clients(connections=1).client("mwaa", region)) == f"https://{host}/environments/env"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_MWAA"])
@pytest.mark.parametrize("endpoint", ["http://localhost:5005", "http://[::1]:5005", "https://aws.example.com"])
def test_an_endpoint_of_ones_own_is_called_as_it_is_named(real_aws, monkeypatch, name, endpoint):
    monkeypatch.setenv(name, endpoint)
    assert sent_to(Clients(connections=1).client("mwaa", "eu-west-1")) == f"{endpoint}/environments/env"
