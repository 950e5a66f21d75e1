"""Where code comes from: what the schema refuses of it, on the API server and in the models, in the same words."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from pydantic import ValidationError

from tests.integration.schema.conftest import MINIMAL, changed

CONFIG_MAP = {"configMap": {"name": "dags"}}
GIT = {"url": "https://git.example.com/team/dags.git"}
BUCKET = {"bucket": "ci-artifacts"}


class Refused(NamedTuple):
    behaviour: str
    artifacts: dict[str, Any]
    says: str
    same_words: bool = True


def git(**members: Any) -> dict[str, Any]:
    return {"dags": [{"git": {**GIT, **members}}]}


REFUSED = [
    Refused("DAGs from nowhere", {"dags": [{}]}, "give exactly one of configMap, git and s3"),
    Refused(
        "DAGs from two places", {"dags": [{**CONFIG_MAP, "git": GIT}]}, "give exactly one of configMap, git and s3"
    ),
    Refused("requirements from nowhere", {"requirements": {}}, "give exactly one of inline, configMap, git and s3"),
    Refused(
        "requirements from two places",
        {"requirements": {"inline": "pandas", "configMap": {"name": "code", "key": "requirements.txt"}}},
        "give exactly one of inline, configMap, git and s3",
    ),
    Refused("plugins from two places", {"plugins": {**CONFIG_MAP, "git": GIT}}, "Plugins come from one place"),
    Refused(
        "plugins that are a file and a folder",
        {"plugins": {"s3": {**BUCKET, "key": "plugins.zip", "prefix": "plugins"}}},
        "Give either key, one object, or prefix",
    ),
    Refused("a password in an address", git(url="https://me:secret@git.example.com/dags.git"), "secretRef"),
    Refused("a path that leads out of the repository", git(path="dags/../../etc"), "path leads out of the repository"),
    Refused("a path from the root", git(path="/etc"), "should match", same_words=False),
    Refused("a program for an address", git(url="ext::sh -c whoami"), "should match", same_words=False),
    Refused("a file of the operator for an address", git(url="file:///etc"), "should match", same_words=False),
    Refused("an option for a branch", git(ref="--upload-pack=x"), "should match", same_words=False),
    Refused("a look every second", git(intervalSeconds=1), "greater than or equal to 5", same_words=False),
    Refused("no source of DAGs", {"dags": []}, "at least 1 item", same_words=False),
    Refused(
        "a key that is a path",
        {"requirements": {"configMap": {"name": "code", "key": "a/b.txt"}}},
        "should match",
        same_words=False,
    ),
]
ACCEPTED = {
    "everything said": {
        "dags": [
            {"configMap": {"name": "etl-dags"}},
            {"git": {**GIT, "ref": "feature/x", "path": "dags", "secretRef": {"name": "git"}, "intervalSeconds": 30}},
            {"git": {"url": "git@git.example.com:team/dags.git"}},
            {"s3": {**BUCKET, "prefix": "team-a/dags"}},
        ],
        "prune": False,
        "requirements": {"inline": "pandas==2.2.*\n"},
        "plugins": {"s3": {**BUCKET, "prefix": "plugins"}},
        "startupScript": {"git": {"url": "ssh://git@git.example.com/team/code.git", "path": "startup.sh"}},
        "verify": "Airflow",
    },
    "nothing said": {},
}


def spoilt(artifacts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return changed(MINIMAL, {"artifacts": artifacts, **more})


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.behaviour)
def test_is_refused(schema, case):
    document = spoilt(case.artifacts)
    answer = schema.refuses(document)
    with pytest.raises(ValidationError) as refused:
        MwaaEnvironment.model_validate(document)
    if case.same_words:
        assert case.says in answer
        assert case.says in " ".join(explain(refused.value))


@pytest.mark.parametrize("artifacts", ACCEPTED.values(), ids=ACCEPTED)
def test_is_accepted(schema, artifacts):
    document = spoilt(artifacts)
    schema.accepts(document)
    MwaaEnvironment.model_validate(document)


@pytest.mark.parametrize("name", ["requirements", "startupScript"])
def test_version_of_a_file_that_artifacts_puts_there_is_refused(schema, name):
    version = {f"{name}S3Path": "x", f"{name}S3ObjectVersion": "1"}
    document = spoilt({name: {"inline": "x"}}, **version)
    says = f"follows from artifacts.{name}"
    assert says in schema.refuses(document)
    with pytest.raises(ValidationError, match=says):
        MwaaEnvironment.model_validate(document)
    schema.accepts(spoilt({name: {"inline": "x"}}, **{f"{name}S3Path": "x"}))
