"""The log groups against CloudWatch Logs as moto plays it."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.names import TAG_NAME, TAG_UID
from mwaa_operator.resources.log_groups import LogGroupsPart

PART = LogGroupsPart()
NAMES = [f"airflow-env-{module}" for module in ("DAGProcessing", "Scheduler", "Task", "WebServer", "Worker")]
KEY = "arn:aws:kms:eu-west-1:{account}:key/11111111-2222-3333-4444-555555555555"


def groups(driver):
    """Give retention, key and tags of all log groups of the account."""
    logs = driver.client("logs")
    found = {}
    for group in logs.describe_log_groups()["logGroups"]:
        tags = logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
        found[group["logGroupName"]] = (group.get("retentionInDays"), "kmsKeyId" in group, tags)
    return found


@pytest.fixture
def asking(driver):
    return driver.asks({"logRetentionDays": 30}, tags={"team": "data"})


def test_all_five_are_made_with_retention_and_tags(asking):
    plan = asking.brings_about(PART)
    assert plan.ready
    assert groups(asking) == dict.fromkeys(NAMES, (30, False, asking.context.tags()))
    assert [(one.id, one.provisioned) for one in plan.resources] == [(name, True) for name in NAMES]


def test_they_are_encrypted_with_the_key_of_the_environment(driver):
    driver.asks({"logRetentionDays": 30}, kmsKey=KEY.format(account=driver.account.account))
    assert driver.brings_about(PART).ready
    assert all(encrypted for _, encrypted, _ in groups(driver).values())


def test_nothing_is_called_when_all_agrees(asking):
    asking.brings_about(PART)
    made = len(asking.made)
    asking.brings_about(PART)
    assert len(asking.made) == made


def test_dying_after_any_call_leaves_nothing_twice_and_nothing_out(another_driver):
    whole = another_driver().asks({"logRetentionDays": 30})
    whole.brings_about(PART)
    for calls in range(len(whole.made)):
        dying = another_driver().asks({"logRetentionDays": 30})
        dying.brings_about(PART, calls=calls)
        assert dying.brings_about(PART).ready
        assert groups(dying) == groups(whole)
        assert len(dying.made) == len(whole.made)


def test_a_retention_that_was_changed_is_set_again(asking):
    asking.brings_about(PART)
    logs = asking.client("logs")
    logs.put_retention_policy(logGroupName=NAMES[2], retentionInDays=1)
    logs.delete_retention_policy(logGroupName=NAMES[3])
    logs.untag_resource(resourceArn=logs.describe_log_groups()["logGroups"][0]["logGroupArn"], tagKeys=["team"])
    assert asking.brings_about(PART).ready
    assert groups(asking) == dict.fromkeys(NAMES, (30, False, asking.context.tags()))


def test_a_log_group_that_was_deleted_is_made_again(asking):
    asking.brings_about(PART)
    asking.client("logs").delete_log_group(logGroupName=NAMES[0])
    asking.brings_about(PART)
    assert sorted(groups(asking)) == NAMES


def test_one_that_mwaa_made_is_given_the_retention_and_outlives_the_object(asking):
    logs = asking.client("logs")
    logs.create_log_group(logGroupName=NAMES[2], tags={"made": "by-hand"})
    plan = asking.brings_about(PART)
    assert plan.ready
    assert groups(asking)[NAMES[2]] == (30, False, {"made": "by-hand"})
    assert [one.id for one in plan.resources if not one.provisioned] == [NAMES[2]]
    assert asking.removes(PART).gone
    assert list(groups(asking)) == [NAMES[2]]


def test_one_that_was_made_for_another_object_is_not_touched(asking):
    logs = asking.client("logs")
    theirs = {**asking.context.identity.tags, TAG_NAME: "other"}
    logs.create_log_group(logGroupName=NAMES[2], tags=theirs)
    plan = asking.brings_about(PART)
    assert (plan.stalled, plan.reason) == (True, Reason.NAME_TAKEN)
    assert "data/other" in plan.message
    assert groups(asking) == {NAMES[2]: (None, False, theirs)}
    assert asking.removes(PART).gone
    assert list(groups(asking)) == [NAMES[2]]


def test_those_of_an_environment_with_a_longer_name_are_not_touched(asking):
    asking.client("logs").create_log_group(logGroupName="airflow-env-2-Task")
    asking.brings_about(PART)
    assert groups(asking)["airflow-env-2-Task"] == (None, False, {})
    asking.removes(PART)
    assert list(groups(asking)) == ["airflow-env-2-Task"]


def test_a_recreated_object_takes_them_over(asking):
    asking.brings_about(PART)
    asking.is_recreated("uid-2").brings_about(PART)
    assert {tags[TAG_UID] for _, _, tags in groups(asking).values()} == {"uid-2"}


def test_removal_leaves_nothing_wherever_it_died(another_driver):
    whole = another_driver().asks({"logRetentionDays": 30})
    whole.brings_about(PART)
    made = len(whole.made)
    assert whole.removes(PART).gone
    for calls in range(len(whole.made) - made):
        dying = another_driver().asks({"logRetentionDays": 30})
        dying.brings_about(PART)
        dying.removes(PART, calls=calls)
        assert dying.removes(PART).gone
        assert groups(dying) == {}


def test_retained_ones_stay(driver):
    driver.asks({"logRetentionDays": 30, "logDeletion": "Retain"}).brings_about(PART)
    plan = driver.removes(PART)
    assert (plan.gone, plan.resources) == (True, ())
    assert sorted(groups(driver)) == NAMES
