"""What is decided about an environment that exists and is ours."""

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.failure import FailureKind
from mwaa_operator.planning.lifecycle import LIFECYCLES
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.schedule import Pace

BUSY = sorted(status for status, row in LIFECYCLES.items() if row.phase == "busy")


@pytest.mark.parametrize("status", [*BUSY, "SOMETHING_NEW"])
def test_an_environment_at_work_is_waited_for_and_not_touched(settled, status):
    settled.edit(maxWorkers=9, tags={"a": "b"}).aws_says(Status=status)
    assert settled.calls == []
    assert settled.plan.verdict.standing is Standing.PROGRESSING
    assert settled.plan.verdict.ready is False
    assert settled.plan.waiting is not None


def test_a_status_that_aws_adds_later_is_named(settled):
    settled.aws_says(Status="SOMETHING_NEW")
    assert settled.plan.verdict.reason is Reason.UNKNOWN_STATUS
    assert "SOMETHING_NEW" in settled.plan.verdict.message


def test_an_environment_as_the_spec_says_is_left_alone_and_ready(settled):
    assert settled.calls == []
    assert settled.plan.waiting is None
    assert settled.condition("Ready") == ("True", "Available", settled.generation)
    assert settled.condition("Synced") == ("True", "UpToDate", settled.generation)
    assert settled.condition("Reconciling") is None
    assert settled.condition("Stalled") is None


def test_an_update_carries_only_what_differs_all_in_one_call(settled):
    settled.edit(maxWorkers=9, schedulers=3)
    settled.aws_says(Schedulers=2)
    assert settled.sends == [("UpdateEnvironment", {"MaxWorkers": 9, "Schedulers": 3})]
    assert {change.field for change in settled.plan.pending.changes} == {"maxWorkers", "schedulers"}


def test_one_option_alone_is_applied_with_the_whole_map(settled):
    settled.edit(airflowConfigurationOptions={"core.parallelism": "16"})
    assert settled.sends == [("UpdateEnvironment", {"AirflowConfigurationOptions": {"core.parallelism": "16"}})]


def test_a_masked_option_alone_is_applied_once(settled):
    settled.edit(airflowConfigurationOptions={"smtp.smtp_password": "first"})
    settled.updates_to("AVAILABLE", "SUCCESS", AirflowConfigurationOptions={"smtp.smtp_password": "***"})
    assert settled.passes().steps == ()
    settled.edit(airflowConfigurationOptions={"smtp.smtp_password": "second"})
    assert settled.calls == ["UpdateEnvironment"]
    settled.updates_to("AVAILABLE", "SUCCESS")
    assert settled.passes().steps == ()
    assert settled.later(hours=1).calls == []


def test_tags_go_by_their_own_calls_and_need_no_update(settled):
    settled.edit(tags={"team": "data"}).passes()
    settled.aws_says(Tags={"team": "data", "cost": "42", **settled.identity.tags}).passes()
    settled.edit(tags={"owner": "me"})
    arn = settled.aws["Arn"]
    assert settled.sends == [
        ("TagResource", {"ResourceArn": arn, "Tags": {"owner": "me"}}),
        ("UntagResource", {"ResourceArn": arn, "tagKeys": ["team"]}),
    ]
    assert settled.plan.verdict.ready is True


def test_a_version_change_is_expected_to_take_longer(settled):
    settled.edit(airflowVersion="3.3.1").aws_says(AirflowVersion="3.2.1")
    assert settled.plan.waiting.pace is Pace.UPGRADE
    assert settled.plan.pending.minutes == 60


def test_what_aws_cannot_change_stalls_and_nothing_else_is_sent(settled):
    settled.aws_says(NetworkConfiguration={"SubnetIds": ["subnet-8", "subnet-9"], "SecurityGroupIds": ["sg-1"]})
    settled.edit(maxWorkers=9)
    assert settled.calls == []
    assert settled.plan.verdict.reason is Reason.IMMUTABLE_FIELD
    assert "networkConfiguration.subnetIds" in settled.plan.verdict.message


class TestDrift:
    def test_it_is_put_right_and_said(self, settled):
        settled.aws_says(MaxWorkers=20)
        assert settled.sends == [("UpdateEnvironment", {"MaxWorkers": 5})]
        (notice,) = settled.plan.notices
        assert notice.reason is Reason.DRIFTED
        assert "maxWorkers" in notice.message
        assert notice.message.endswith("It is put right.")
        settled.passes()
        assert settled.status.drifted_fields == ("maxWorkers",)
        settled.aws_says(Status="UPDATING").passes()
        assert settled.status.drifted_fields == ("maxWorkers",)
        settled.aws_says(Status="AVAILABLE", MaxWorkers=5, LastUpdate={"Status": "SUCCESS", "CreatedAt": settled.now})
        settled.passes()
        assert settled.status.drifted_fields == ()

    def test_it_is_not_said_to_be_put_right_while_that_waits_for_approval(self, settled):
        settled.policies(update={"approval": "Manual"}).passes()
        settled.aws_says(MaxWorkers=20)
        (notice,) = settled.plan.notices
        assert notice.reason is Reason.DRIFTED
        assert "not put right yet" in notice.message

    def test_a_tag_alone_is_put_right_and_said(self, settled):
        settled.edit(tags={"team": "data"}).passes()
        settled.aws_says(Tags={**settled.aws["Tags"], "team": "data"}).passes()
        settled.aws_says(Tags={**settled.aws["Tags"], "team": "other"})
        assert settled.calls == ["TagResource"]
        assert settled.plan.notices[0].message.startswith("tags.team was changed")

    def test_a_tag_alone_is_only_reported_if_the_policy_says_so(self, settled):
        settled.policies(drift="Report").edit(tags={"team": "data"}).passes()
        settled.aws_says(Tags={**settled.aws["Tags"], "team": "data"}).passes()
        settled.aws_says(Tags={**settled.aws["Tags"], "team": "other"})
        assert settled.calls == []
        assert settled.plan.verdict.synced is False
        assert settled.plan.drifted == ("tags.team",)

    @pytest.mark.parametrize("policy", ["Correct", "Report"])
    def test_an_edit_of_a_tag_is_no_drift(self, settled, policy):
        settled.policies(drift=policy).edit(tags={"team": "data"}).passes()
        settled.aws_says(Tags={**settled.aws["Tags"], "team": "data"}).passes()
        settled.edit(tags={"team": "other"})
        assert settled.calls == ["TagResource"]
        assert settled.plan.notices == ()
        settled.edit(tags=None)
        assert settled.calls == ["UntagResource"]

    def test_an_edit_of_a_tag_is_made_beside_drift_that_is_only_reported(self, settled):
        settled.policies(drift="Report").passes()
        settled.aws_says(MaxWorkers=20).edit(tags={"team": "data"})
        assert settled.calls == ["TagResource"]
        assert settled.plan.drifted == ("maxWorkers",)

    def test_the_operators_own_tags_are_put_back_in_any_case(self, settled):
        settled.policies(drift="Report").passes()
        settled.aws_says(Tags={})
        assert settled.calls == ["TagResource"]
        assert settled.plan.drifted == ()

    def test_an_edit_is_no_drift(self, settled):
        settled.edit(maxWorkers=9)
        assert settled.calls == ["UpdateEnvironment"]
        assert settled.plan.notices == ()

    def test_it_is_only_reported_if_the_policy_says_so(self, settled):
        settled.policies(drift="Report").passes()
        settled.aws_says(MaxWorkers=20)
        assert settled.calls == []
        assert settled.plan.verdict.reason is Reason.DRIFTED
        assert settled.plan.verdict.synced is False

    def test_it_is_only_reported_after_an_edit_that_needed_no_update_too(self, settled):
        settled.policies(drift="Report").passes()
        settled.aws_says(Schedulers=2).edit(schedulers=2).passes()
        settled.aws_says(MaxWorkers=20)
        assert settled.calls == []
        assert settled.plan.verdict.reason is Reason.DRIFTED

    def test_reported_drift_does_not_hold_back_an_edit(self, settled):
        settled.policies(drift="Report").passes()
        settled.aws_says(MaxWorkers=20).passes()
        settled.edit(schedulers=3)
        assert settled.calls == ["UpdateEnvironment"]


@pytest.mark.parametrize(
    "status",
    ["UPDATE_FAILED", "AVAILABLE"],
    ids=["update-failed", "available-last-update-failed"],
)
class TestFailedUpdate:
    @pytest.fixture
    def failed(self, settled, status):
        return (
            settled.edit(environmentClass="mw1.large")
            .aws_says(EnvironmentClass="mw1.small")
            .updates_to(status, "FAILED")
        )

    def test_it_stalls_with_the_error_of_aws_and_is_not_repeated(self, failed):
        decided = failed.passes()
        assert decided.steps == ()
        assert decided.verdict.standing is Standing.STALLED
        assert decided.verdict.reason is Reason.UPDATE_FAILED
        assert "INCORRECT_CONFIGURATION: You may need to check" in decided.verdict.message
        assert failed.condition("Ready")[0] == "False"
        assert failed.later(days=2).calls == []

    def test_it_is_repeated_when_the_spec_changes(self, failed):
        failed.passes()
        assert failed.edit(environmentClass="mw1.xlarge").sends == [
            ("UpdateEnvironment", {"EnvironmentClass": "mw1.xlarge"})
        ]

    def test_it_is_repeated_when_somebody_asks(self, failed):
        failed.passes()
        failed.retry = True
        assert failed.sends == [("UpdateEnvironment", {"EnvironmentClass": "mw1.large"})]

    def test_it_is_not_repeated_for_an_edit_of_a_policy(self, failed):
        failed.passes()
        assert failed.policies(deletion="Retain").calls == []

    def test_it_is_not_repeated_after_a_while_of_observing_only(self, failed):
        failed.passes()
        failed.policies(management="Observe").passes()
        assert failed.policies(management="Manage").calls == []

    def test_it_is_not_repeated_because_the_fingerprint_key_was_lost(self, failed):
        failed.passes()
        failed.key = type(failed.key)(b"another key 0123456789")
        assert failed.calls == []

    def test_it_is_over_once_the_spec_is_taken_back(self, failed):
        failed.passes()
        failed.edit(environmentClass="mw1.small")
        assert failed.calls == []
        assert failed.plan.verdict.ready is (failed.aws["Status"] == "AVAILABLE")


def test_an_environment_left_in_update_failed_becomes_available_by_a_nudge_when_somebody_asks(settled):
    settled.aws_says(Status="UPDATE_FAILED", LastUpdate={"Status": "FAILED"})
    assert settled.calls == []
    assert settled.plan.verdict.standing is Standing.STALLED
    settled.retry = True
    assert settled.sends == [("UpdateEnvironment", {})]


def test_a_difference_that_is_left_after_a_successful_update_is_reported_and_not_sent_again(settled):
    settled.edit(weeklyMaintenanceWindowStart="SUN:14:00").aws_says(WeeklyMaintenanceWindowStart="MON:00:00")
    settled.updates_to("AVAILABLE", "SUCCESS")
    assert settled.passes().verdict.reason is Reason.NOT_CONVERGING
    assert settled.later(days=1).calls == []
    assert settled.plan.verdict.standing is Standing.STALLED
    settled.retry = True
    assert settled.calls == ["UpdateEnvironment"]


def test_an_edit_made_while_an_update_runs_is_sent_after_it(settled):
    settled.edit(maxWorkers=9).passes()
    settled.aws_says(Status="UPDATING", LastUpdate={"Status": "PENDING", "CreatedAt": settled.now})
    settled.edit(schedulers=4).later(minutes=1)
    assert settled.calls == []
    settled.passes()
    last = {"Status": "SUCCESS", "CreatedAt": settled.now}
    settled.later(minutes=20).aws_says(Status="AVAILABLE", MaxWorkers=9, LastUpdate=last)
    assert settled.sends == [("UpdateEnvironment", {"Schedulers": 4})]


def test_an_unavailable_environment_stalls_and_names_what_is_left_to_do(settled):
    settled.edit(maxWorkers=9).updates_to("UNAVAILABLE", "FAILED").passes()
    assert settled.calls == []
    assert settled.plan.verdict.standing is Standing.STALLED
    assert "AWS Support" in settled.plan.verdict.message


class TestLostAnswers:
    def test_an_update_that_never_arrived_is_sent_again(self, settled):
        settled.edit(maxWorkers=9).passes_and_dies()
        assert settled.later(seconds=5).calls == ["UpdateEnvironment"]

    def test_an_update_that_arrived_is_waited_for(self, settled):
        settled.edit(maxWorkers=9).passes_and_dies()
        began = settled.now
        settled.aws_says(Status="UPDATING", LastUpdate={"Status": "PENDING", "CreatedAt": began})
        assert settled.later(seconds=5).calls == []
        settled.passes()
        settled.later(minutes=20).aws_says(
            Status="AVAILABLE", MaxWorkers=9, LastUpdate={"Status": "SUCCESS", "CreatedAt": began}
        )
        settled.passes()
        assert settled.status.last_operation.outcome == "Succeeded"
        assert settled.condition("Ready") == ("True", "Available", settled.generation)

    def test_an_update_that_arrived_and_failed_unseen_is_not_sent_again(self, settled):
        settled.edit(maxWorkers=9).passes_and_dies()
        last = {"Status": "FAILED", "CreatedAt": settled.now, "Error": {"ErrorCode": "E", "ErrorMessage": "no"}}
        settled.later(minutes=40).aws_says(Status="AVAILABLE", LastUpdate=last)
        assert settled.calls == []
        assert settled.plan.verdict.reason is Reason.UPDATE_FAILED

    def test_an_update_that_was_accepted_but_does_not_show_yet_is_not_sent_twice(self, settled):
        settled.edit(maxWorkers=9).passes()
        assert settled.later(seconds=10).calls == []
        assert settled.plan.waiting is not None

    def test_an_update_that_was_accepted_and_never_shows_is_sent_again(self, settled):
        settled.edit(maxWorkers=9).passes()
        assert settled.later(minutes=10).calls == ["UpdateEnvironment"]


class TestRefusedUpdate:
    def test_it_is_not_repeated_until_the_spec_changes(self, settled):
        settled.edit(maxWorkers=9).passes_refused(FailureKind.INVALID, "no such class")
        assert settled.later(hours=3).calls == []
        assert settled.plan.verdict.reason is Reason.INVALID_CONFIGURATION
        assert settled.edit(maxWorkers=8).calls == ["UpdateEnvironment"]

    def contested(self, settled, ending):
        """AWS says that something is under way already, and it ends."""
        settled.policies(drift="Report").passes()
        settled.edit(maxWorkers=9).passes_refused(FailureKind.CONFLICT, "must complete previous operation")
        began = settled.now
        settled.aws_says(Status="UPDATING", LastUpdate={"Status": "PENDING", "CreatedAt": began})
        settled.later(minutes=1).passes()
        return settled.later(minutes=20).aws_says(Status="AVAILABLE", LastUpdate={"Status": ending, "CreatedAt": began})

    def test_the_update_of_somebody_else_in_its_way_is_not_taken_for_it(self, settled):
        self.contested(settled, "SUCCESS")
        assert settled.sends == [("UpdateEnvironment", {"MaxWorkers": 9})]
        assert settled.plan.notices == ()

    def test_one_that_may_have_been_sent_before_with_its_answer_lost_is_not_repeated_if_it_failed(self, settled):
        self.contested(settled, "FAILED")
        assert settled.calls == []
        assert settled.plan.verdict.reason is Reason.UPDATE_FAILED


def test_a_create_that_aws_calls_a_conflict_and_that_failed_is_not_made_anew_by_itself(world):
    world.passes_refused(FailureKind.CONFLICT, "already exists")
    error = {"ErrorCode": "INCORRECT_CONFIGURATION", "ErrorMessage": "You may need to check"}
    world.exists("CREATING").passes()
    world.later(minutes=25).aws_says(Status="CREATE_FAILED", LastUpdate={"Status": "FAILED", "Error": error})
    for _ in range(3):
        assert world.later(minutes=5).passes().steps == ()


def test_the_environment_of_somebody_else_is_not_taken_for_a_create_that_aws_calls_a_conflict(world):
    world.edit(maxWorkers=9).passes_refused(FailureKind.CONFLICT, "already exists")
    world.policies(adoption="Adopt", drift="Report").exists(ours=False, MaxWorkers=1).passes()
    world.aws_says(Tags=dict(world.identity.tags))
    assert world.sends == [("UpdateEnvironment", {"MaxWorkers": 9})]
