"""What code, once it is in the bucket, means for the environment: versions to read, what to wait for, and what to say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_status import ArtifactsStatus, ArtifactStatus, DagFilesStatus
from mwaa_operator.planning.artifacts.outcome import Outcome, begun
from mwaa_operator.planning.artifacts.standing import with_code, without_code
from mwaa_operator.planning.artifacts.wish import wish_of
from mwaa_operator.planning.desired import desired_environment, files_to_follow
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.parts.foundation import Foundation, PartState
from mwaa_operator.planning.parts.model import PartKind
from mwaa_operator.planning.parts.outputs import remembered
from mwaa_operator.planning.plan import plan

from tests.unit.planning.conftest import MINIMAL, World
from tests.unit.planning.parts.foundation_world import says

REQUIREMENTS = {"requirements": {"inline": "pandas"}}
FIRST = ArtifactStatus(key="requirements.txt", version_id="v1", sha256="1" * 64)
SECOND = ArtifactStatus(key="requirements.txt", version_id="v2", sha256="2" * 64)
FINE = PartState(ready=True, reason=Reason.UPLOADED, message="All is there.")
BROKEN = PartState(ready=False, reason=Reason.CHECKS_FAILED, message="a.py does not compile.", stalled=True)
FILES = {"RequirementsS3Path", "RequirementsS3ObjectVersion"}


def coded(**artifacts):
    return World(spec={**MINIMAL, "artifacts": {**REQUIREMENTS, **artifacts}})


def running(world):
    """An environment that runs on the first requirements, and a status that says so."""
    world.status = world.status.model_copy(update={"artifacts": ArtifactsStatus(requirements=FIRST)})
    says(world, PartKind.ARTIFACTS, True, Reason.UPLOADED)
    return world.exists(RequirementsS3Path="requirements.txt", RequirementsS3ObjectVersion="v1")


def delivered(world, *, state=FINE, pin=SECOND, generation=None):
    artifacts = None if pin is None else ArtifactsStatus(requirements=pin)
    return Outcome(generation=generation or world.generation, state=state, artifacts=artifacts)


def standing(world, outcome=None, progress=None, fetched=None):
    """The situation with the code as its keeper knows it."""
    situation = world.situation
    foundation = Foundation(outputs=remembered(world.status, situation.spec))
    foundation = with_code(foundation, situation, outcome=outcome, progress=progress, fetched=fetched)
    desired = desired_environment(
        situation.spec, name="env", secret_options={}, newest_object_versions={}, outputs=foundation.outputs
    )
    return replace(situation, foundation=foundation, desired=desired)


def updates(situation):
    return [step.parameters for step in plan(situation).steps if step.kind == "UpdateEnvironment"]


def test_nothing_is_created_before_its_code_is_there():
    decided = plan(standing(coded()))
    assert decided.steps == ()
    assert (decided.verdict.standing, decided.verdict.reason) == (Standing.PROGRESSING, Reason.UPLOADING)


def test_nothing_is_created_from_code_that_a_check_has_refused_and_a_person_is_asked():
    world = coded()
    decided = plan(standing(world, delivered(world, state=BROKEN, pin=None)))
    assert decided.steps == ()
    assert (decided.verdict.standing, decided.verdict.reason) == (Standing.STALLED, Reason.CHECKS_FAILED)


def test_the_environment_is_created_with_the_version_that_was_put_there():
    world = coded()
    [create] = plan(standing(world, delivered(world, pin=FIRST))).steps
    assert {name: create.parameters[name] for name in FILES} == {
        "RequirementsS3Path": "requirements.txt",
        "RequirementsS3ObjectVersion": "v1",
    }


def test_another_version_and_a_changed_field_are_one_update():
    world = running(coded()).edit(maxWorkers=7)
    [update] = updates(standing(world, delivered(world)))
    assert (update["MaxWorkers"], update["RequirementsS3ObjectVersion"]) == (7, "v2")


def test_an_update_waits_while_the_code_of_a_new_spec_is_not_known():
    world = running(coded()).edit(maxWorkers=7)
    decided = plan(standing(world, delivered(world, pin=FIRST, generation=world.generation - 1)))
    assert decided.steps == ()
    assert decided.verdict.reason is Reason.UPLOADING
    assert decided.pending is not None


def test_a_new_spec_is_not_in_agreement_while_its_code_is_not_known():
    world = running(coded())
    world.edit(artifacts={"requirements": {"inline": "numpy"}})
    decided = plan(standing(world))
    assert (decided.verdict.standing, decided.verdict.synced) == (Standing.PROGRESSING, False)
    assert decided.verdict.ready_generation != world.generation


def test_after_a_restart_what_the_status_says_of_this_spec_holds():
    world = running(coded())
    situation = standing(world)
    assert not situation.foundation.awaited
    assert PartKind.ARTIFACTS not in situation.foundation.states
    assert plan(situation).verdict.synced is True


def test_failing_checks_leave_the_environment_ready_with_the_code_that_it_has():
    world = running(coded())
    decided = plan(standing(world, delivered(world, state=BROKEN, pin=None)))
    assert decided.steps == ()
    assert decided.verdict.ready is True
    assert (decided.verdict.standing, decided.verdict.reason) == (Standing.STALLED, Reason.CHECKS_FAILED)


def test_failing_checks_do_not_keep_other_fields_from_being_updated():
    world = running(coded()).edit(maxWorkers=7)
    [update] = updates(standing(world, delivered(world, state=BROKEN, pin=None)))
    assert update["MaxWorkers"] == 7
    assert not FILES & set(update)


def test_dags_alone_never_cause_an_update():
    world = running(coded())
    dags = DagFilesStatus(files=3, sha256="3" * 64)
    outcome = Outcome(generation=world.generation, state=FINE, artifacts=ArtifactsStatus(requirements=FIRST, dags=dags))
    assert plan(standing(world, outcome)).steps == ()


def test_a_version_that_could_not_be_put_is_the_one_that_was_there():
    world = running(coded())
    situation = standing(world, Outcome(generation=world.generation, state=BROKEN, artifacts=ArtifactsStatus()))
    assert situation.foundation.artifacts == ArtifactsStatus(requirements=FIRST)
    assert situation.desired.fields["RequirementsS3ObjectVersion"] == "v1"


def test_how_far_a_long_upload_has_come_is_said():
    world = running(coded())
    progress = begun(files=250, of_files=5000, size=10**6, of_size=10**9)
    state = standing(world, delivered(world), progress).foundation.states[PartKind.ARTIFACTS]
    assert state.message == "250 of 5000 files are uploaded, 1.0 of 1000.0 MB."


def test_how_far_fetching_has_come_is_said_where_nothing_else_is_known():
    """What a new process fetches may be what the bucket holds."""
    received = begun(files=250, of_files=5003, size=10**6, of_size=None, done="fetched")
    assert received.message == "250 of 5003 objects of git are fetched, 1.0 MB so far."
    fetched = begun(files=250, of_files=5000, size=10**6, of_size=10**9, done="fetched")
    new = standing(coded(), fetched=fetched).foundation.states[PartKind.ARTIFACTS]
    assert new.message == "250 of 5000 files are fetched, 1.0 of 1000.0 MB."
    world = running(coded())
    assert PartKind.ARTIFACTS not in standing(world, fetched=fetched).foundation.states
    assert standing(world, delivered(world), fetched=fetched).foundation.states[PartKind.ARTIFACTS] == FINE


def test_code_that_the_spec_names_no_longer_is_let_go():
    world = running(coded()).edit(artifacts=None)
    foundation = without_code(Foundation(), world.situation)
    assert foundation.states[PartKind.ARTIFACTS].ready
    assert foundation.artifacts == ArtifactsStatus()
    world.status = world.status.model_copy(update={"artifacts": None})
    assert without_code(Foundation(), world.situation).states == {}


def test_paths_are_followed_unless_the_operator_puts_the_files_there():
    spec = coded().edit(requirementsS3Path="r.txt", pluginsS3Path="p.zip").situation.spec
    assert files_to_follow(spec) == {"PluginsS3Path": "p.zip"}


BUCKET = "arn:aws:s3:::airflow-mybucket"


def wish(world):
    return wish_of(world.situation, bucket_arn=BUCKET, region="eu-west-1")


@pytest.mark.parametrize(
    "world",
    [
        World(),
        coded().policies(management="Observe"),
        replace(coded(), deleting=True),
        coded().exists(ours=False),
    ],
    ids=["it asks for none", "it is only observed", "it goes", "the environment is not its own"],
)
def test_nothing_is_delivered_where(world):
    assert wish(world) is None


def test_code_is_delivered_for_an_environment_that_may_be_adopted():
    assert wish(coded().policies(adoption="Adopt").exists(ours=False)).adopt


def test_dags_are_not_removed_from_a_folder_that_airflow_still_reads():
    world = coded(dags=[{"configMap": {"name": "dags"}}]).exists()
    assert wish(world).prune
    assert not wish(world.edit(dagS3Path="other")).prune
    assert wish(world.aws_says(DagS3Path="/other/")).prune


def test_a_web_server_is_private_unless_somebody_says_otherwise():
    assert wish(coded()).private
    assert not wish(coded().edit(webserverAccessMode="PUBLIC_ONLY")).private
    assert not wish(coded().exists(WebserverAccessMode="PUBLIC_ONLY")).private
