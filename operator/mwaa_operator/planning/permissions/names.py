"""Which IAM action a call needs that has another name than the call."""

from collections.abc import Mapping

ACTION_OF: Mapping[str, str] = {
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:DeleteObjects": "s3:DeleteObjectVersion",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    # CloudWatch signs by another name than IAM knows it by.
    "monitoring:GetMetricData": "cloudwatch:GetMetricData",
}
"""By service and operation, as `s3:HeadBucket` (Service Authorization Reference, Amazon S3; S3 API reference, permissions of each
operation). The operator deletes objects by their versions only.
"""


def action_of(call: str) -> str:
    """The action that a call needs, both with the service before a colon."""
    return ACTION_OF.get(call, call)
