"""What is decided about the log groups, where the simulated AWS cannot show it: their key."""

import pytest
from mwaa_operator.planning.parts.log_groups import SeenLogGroup, log_group_names, plan

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER = "arn:aws:kms:eu-west-1:123456789012:key/99999999-2222-3333-4444-555555555555"


@pytest.fixture
def calls(context_of):
    """Give the calls for five groups with this key."""

    def run(key, *, ours=True, days=30, **spec):
        context = context_of({"logRetentionDays": 30}, **spec)
        seen = [
            SeenLogGroup(name=name, arn=name, tags=context.tags() if ours else {}, retention_days=days, kms_key=key)
            for name in log_group_names(context.name)
        ]
        return [call.operation for call in plan(context, 30, seen).calls]

    return run


def test_nothing_is_done_where_all_agrees(calls):
    assert calls(KEY, kmsKey=KEY) == []
    assert calls(None) == []


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("seen", [None, OTHER])
def test_the_key_of_the_environment_encrypts_them(calls, seen, ours):
    assert calls(seen, ours=ours, kmsKey=KEY) == ["AssociateKmsKey"] * 5


def test_ours_lose_a_key_that_the_spec_does_not_name(calls):
    assert calls(KEY) == ["DisassociateKmsKey"] * 5


def test_others_keep_theirs(calls):
    assert calls(KEY, ours=False) == []


def test_the_retention_of_others_is_set_as_well(calls):
    assert calls(None, ours=False, days=None) == ["PutRetentionPolicy"] * 5
