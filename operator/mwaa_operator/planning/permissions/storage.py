"""Provisioned buckets and log groups.

Bucket policies cannot be narrowed by tags: S3 looks at those of buckets only where that has been enabled on the bucket (S3 User Guide,
attribute-based access control). So buckets are told by the beginning of their names.
"""

from mwaa_operator.planning.permissions.environment import BUCKETS, OBJECTS
from mwaa_operator.planning.permissions.model import ACCOUNT, Grant, Policy
from mwaa_operator.planning.permissions.ownership import MADE_BY_US

_GROUPS = (f"arn:aws:logs:*:{ACCOUNT}:log-group:airflow-*",)

GRANTS = (
    Grant(
        sid="Buckets",
        policy=Policy.PROVISIONING,
        subject="`provision.bucket`",
        why="Made with its tags in the same call, looked at, set up and kept so.",
        calls=(
            "s3:HeadBucket",
            "s3:ListObjectsV2",
            "s3:CreateBucket",
            "s3:GetBucketTagging",
            "s3:PutBucketTagging",
            "s3:GetPublicAccessBlock",
            "s3:PutPublicAccessBlock",
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:GetBucketEncryption",
            "s3:PutBucketEncryption",
            "s3:GetBucketVersioning",
            "s3:PutBucketVersioning",
            "s3:GetBucketLifecycleConfiguration",
            "s3:PutBucketLifecycleConfiguration",
            "s3:DeleteBucketLifecycle",
        ),
        beside=("s3:TagResource",),
        resources=(BUCKETS,),
    ),
    Grant(
        sid="DagFolders",
        policy=Policy.PROVISIONING,
        subject="`provision.bucket`",
        why="The folder of the DAGs, which MWAA wants to be there.",
        calls=("s3:PutObject",),
        resources=(OBJECTS,),
    ),
    Grant(
        sid="BucketsToDelete",
        policy=Policy.PROVISIONING,
        subject="`provision.bucket`",
        why="Only for `deletion: Delete`: leave it out, with the next one, where no bucket is to go.",
        calls=("s3:ListObjectVersions", "s3:ListMultipartUploads", "s3:DeleteBucket"),
        resources=(BUCKETS,),
    ),
    Grant(
        sid="ObjectsToDelete",
        policy=Policy.PROVISIONING,
        subject="`provision.bucket`",
        why="A bucket has to be empty before it can go.",
        calls=("s3:DeleteObjects", "s3:AbortMultipartUpload"),
        resources=(OBJECTS,),
    ),
    Grant(
        sid="LogGroups",
        policy=Policy.PROVISIONING,
        subject="`provision.logRetentionDays`",
        why="Made before the environment, with their retention; those that MWAA has made get it, too.",
        calls=(
            "logs:CreateLogGroup",
            "logs:TagResource",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:AssociateKmsKey",
        ),
        resources=_GROUPS,
    ),
    Grant(
        sid="LogGroupsItMade",
        policy=Policy.PROVISIONING,
        subject="`provision.logRetentionDays`",
        why="Only those that carry the operator's tags.",
        calls=("logs:DisassociateKmsKey", "logs:DeleteLogGroup"),
        resources=_GROUPS,
        condition=MADE_BY_US,
    ),
    Grant(
        sid="LogGroupsAreFound",
        policy=Policy.PROVISIONING,
        subject="`provision.logRetentionDays`",
        why="By the beginning of their names, for which AWS asks about all of them.",
        calls=("logs:DescribeLogGroups",),
        resources=(f"arn:aws:logs:*:{ACCOUNT}:log-group:*",),
    ),
)
