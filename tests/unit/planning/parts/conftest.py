"""A part is planned for one object, in one account and region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.model import Outputs, PartContext

IDENTITY = Identity(cluster="cluster-1", namespace="data", name="env", uid="uid-1")
ACCOUNT = "123456789012"
BUCKET_ARN = "arn:aws:s3:::airflow-mybucket"
BY_REFERENCE: dict[str, Any] = {
    "sourceBucketArn": BUCKET_ARN,
    "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/airflow",
    "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
}
_REFERENCE_OF = {"bucket": "sourceBucketArn", "executionRole": "executionRoleArn", "network": "networkConfiguration"}


@pytest.fixture
def context_of() -> Callable[..., PartContext]:
    """Make a context: `provision` as in the spec, further fields of the spec, and what else differs from the usual."""

    def make(
        provision: dict[str, Any],
        *,
        name: str = "env",
        region: str = "eu-west-1",
        uid: str = IDENTITY.uid,
        outputs: Outputs | None = None,
        **spec: Any,
    ) -> PartContext:
        by_reference = {key: value for key, value in BY_REFERENCE.items() if key not in spec}
        for part, reference in _REFERENCE_OF.items():
            if part in provision:
                by_reference.pop(reference, None)
        return PartContext(
            identity=Identity(cluster="cluster-1", namespace="data", name="env", uid=uid),
            name=name,
            account_id=ACCOUNT,
            region=region,
            spec=EnvironmentSpec.model_validate({"dagS3Path": "dags", **by_reference, "provision": provision, **spec}),
            environment=None,
            known=(),
            outputs=outputs or Outputs(source_bucket_arn=BUCKET_ARN),
        )

    return make
