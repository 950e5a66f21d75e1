"""A folder of the bucket that code is put into is no source of it."""

from __future__ import annotations

import pytest
from mwaa_operator.api.artifacts import Artifacts
from mwaa_operator.planning.artifacts.circles import check_no_circle
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.planning.artifacts.places import PLUGINS
from mwaa_operator.planning.artifacts.wish import Wish
from mwaa_operator.planning.ownership import Identity

OWN = "airflow-etl"


def wish(*, bucket=OWN, prefix="", keys=None, **others):
    dags = {"dags": [{"s3": {"bucket": bucket, "prefix": prefix}}]} if prefix is not None else {}
    return Wish(
        generation=1,
        artifacts=Artifacts.model_validate({**dags, **others}),
        identity=Identity(cluster="c", namespace="data", name="etl", uid="1"),
        region=None,
        bucket=OWN,
        folder="team/dags/",
        keys=keys or {},
        adopt=False,
        airflow_version=None,
        private=False,
        running_folder=None,
    )


@pytest.mark.parametrize("prefix", ["", "team", "team/", "team/dags", "/team/dags/"])
def test_folder_that_holds_the_dag_folder_is_refused(prefix):
    with pytest.raises(SourceProblemError, match="team/dags/, where this object puts code") as told:
        check_no_circle(wish(prefix=prefix))
    assert told.value.lasting


@pytest.mark.parametrize("prefix", ["team/dags-of-ci", "ci", "team/dags/below"])
def test_folder_beside_or_below_it_is_fine(prefix):
    check_no_circle(wish(prefix=prefix))


def test_other_bucket_is_fine():
    check_no_circle(wish(bucket="ci-artifacts"))


def test_plugins_that_would_hold_themselves_are_refused_and_one_object_is_fine():
    keys = {PLUGINS: "code/plugins.zip"}
    with pytest.raises(SourceProblemError, match=r"code/plugins\.zip"):
        check_no_circle(wish(prefix=None, keys=keys, plugins={"s3": {"bucket": OWN, "prefix": "code"}}))
    check_no_circle(wish(prefix=None, keys=keys, plugins={"s3": {"bucket": OWN, "key": "code/plugins.zip"}}))
