"""The environment variables and settings with which AWS clients talk to the simulated AWS."""

from __future__ import annotations

from mwaa_sandbox.aws.accounts import SECRET_ACCESS_KEY, access_key_of


def client_environment(endpoint: str, *, account: str, region: str) -> dict[str, str]:
    """Return the variables that make boto3, the AWS CLI and other SDKs talk to `endpoint` as `account`."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": access_key_of(account),
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        # MWAA's model puts `api.` and `env.` before the host, and these names lead nowhere here.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }
