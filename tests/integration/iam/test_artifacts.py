"""Code is put into the bucket, changed and removed: operator-policy-artifacts.json beside operator-policy.json is enough."""

from __future__ import annotations

import pytest

from .conftest import EXISTING

WITH_CODE = (*EXISTING, "operator-policy-artifacts.json")


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(*WITH_CODE)


def test_code_gets_into_the_bucket_and_out_of_it(world):
    bucket = world.made.bucket_arn.rpartition(":")[2]
    world.upload("source/a.py", "a = 1\n")
    world.upload("source/b.py", "b = 1\n")
    artifacts = {
        "dags": [{"s3": {"bucket": bucket, "prefix": "source"}}],
        "requirements": {"inline": "apache-airflow-providers-http\n"},
    }
    environment = world.environment(
        "coded", **world.base_spec(), artifacts=artifacts, webserverAccessMode="PUBLIC_ONLY"
    )
    environment.allowed |= {"UpdateEnvironment": 1}
    environment.apply().wait_ready()

    storage = world.client("s3")
    storage.delete_object(Bucket=bucket, Key="source/b.py")
    environment.apply(artifacts={**artifacts, "requirements": {"inline": "apache-airflow-providers-ftp\n"}})
    world.until(lambda: len(environment.accepted("UpdateEnvironment")) == 1, "update it")
    environment.wait_for("condition=Synced")
    listed = storage.list_objects_v2(Bucket=bucket, Prefix="dags/")["Contents"]
    assert "dags/a.py" in {one["Key"] for one in listed}
    assert "dags/b.py" not in {one["Key"] for one in listed}
    assert world.refused() == []
