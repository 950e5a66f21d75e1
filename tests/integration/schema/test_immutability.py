"""What AWS cannot change after the creation cannot be changed, added or removed in the object either (mwaa-behaviour.md
§3.1).
"""

from __future__ import annotations

import json

import pytest

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
SUBNETS = ("networkConfiguration", "subnetIds")


def status_of(schema, body):
    return schema.kubectl("replace", body, "--subresource=status")


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("name", "first", "second"),
        ("region", "eu-west-1", "eu-central-1"),
        ("kmsKey", KEY, KEY.replace("1", "2")),
        ("endpointManagement", "SERVICE", "CUSTOMER"),
    ],
)
def test_immutable_field_can_be_neither_changed_nor_added_nor_removed(field, before, after, stored, document, without):
    set_before, set_after, unset = document({field: before}), document({field: after}), document()
    assert stored.kubectl("create", set_before).returncode == 0

    changed = stored.kubectl("replace", set_after)
    assert changed.returncode != 0
    assert f"spec.{field}: Forbidden" in changed.stderr
    assert "delete this object and create another one" in changed.stderr

    if field != "endpointManagement":  # leaving that out means SERVICE, which it is
        removed = stored.kubectl("replace", unset)
        assert removed.returncode != 0
        assert f"spec.{field}: Forbidden" in removed.stderr

    other = {**unset, "metadata": {"name": "other"}}
    assert stored.kubectl("create", other).returncode == 0
    added = stored.kubectl("replace", {**set_after, "metadata": {"name": "other"}})
    assert added.returncode != 0
    assert f"spec.{field}: Forbidden" in added.stderr


def test_default_that_is_written_down_later_changes_nothing(stored, document):
    assert stored.kubectl("create", document()).returncode == 0
    written_down = document({"name": "ricsue-dublin", "endpointManagement": "SERVICE"})
    assert stored.kubectl("replace", written_down).returncode == 0
    assert stored.kubectl("replace", document()).returncode == 0


def test_subnets_can_be_reordered_and_not_changed(stored, document):
    assert stored.kubectl("create", document()).returncode == 0
    assert stored.kubectl("replace", document({SUBNETS: ["subnet-2", "subnet-1"]})).returncode == 0

    changed = stored.kubectl("replace", document({SUBNETS: ["subnet-1", "subnet-3"]}))
    assert changed.returncode != 0
    assert "subnetIds cannot be changed in AWS once it is made" in changed.stderr


def test_everything_else_can_be_changed(stored, document):
    assert stored.kubectl("create", document()).returncode == 0
    changes = {
        "airflowVersion": "3.3.1",
        "environmentClass": "mw1.large",
        "maxWorkers": 7,
        "executionRoleArn": "arn:aws:iam::123456789012:role/other",
        "sourceBucketArn": "arn:aws:s3:::other",
        "dagS3Path": "other",
        "webserverAccessMode": "PRIVATE_ONLY",
        ("networkConfiguration", "securityGroupIds"): ["sg-2", "sg-3"],
        "tags": {"team": "data"},
        ("policies", "deletion"): "Retain",
    }
    done = stored.kubectl("replace", document(changes))
    assert done.returncode == 0, done.stderr


def test_status_is_written_apart_from_the_spec(stored, document):
    created = json.loads(stored.kubectl("create", document(), "--output=json").stdout)
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "Available",
        "message": "Well.",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-11-24T04:30:00Z",
    }
    wanted = {**created, "status": {"conditions": [condition]}, "spec": {**created["spec"], "dagS3Path": "other"}}
    done = status_of(stored, wanted)
    assert done.returncode == 0, done.stderr

    replaced = stored.read("ricsue-dublin")
    assert replaced["status"]["conditions"] == [condition]
    assert replaced["spec"] == created["spec"]
    assert replaced["metadata"]["generation"] == 1


def test_status_has_one_condition_of_a_type(stored, document):
    created = json.loads(stored.kubectl("create", document(), "--output=json").stdout)
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "A",
        "message": "",
        "lastTransitionTime": "2026-11-24T04:30:00Z",
    }
    done = status_of(stored, {**created, "status": {"conditions": [condition, condition]}})
    assert done.returncode != 0
    assert "status.conditions[1]: Duplicate value" in done.stderr
