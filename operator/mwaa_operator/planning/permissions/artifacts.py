"""Code that `spec.artifacts` puts into buckets, and where it comes from.

A file is put or removed only if it is still the one that was looked at, which S3 wants to be readable for (S3 User Guide, conditional
requests).
"""

from mwaa_operator.planning.permissions.environment import BUCKETS, OBJECTS
from mwaa_operator.planning.permissions.model import Grant, Policy

SOURCES = "arn:aws:s3:::ci-artifacts"
_SUBJECT = "`artifacts`"

GRANTS = (
    Grant(
        sid="FilesInBuckets",
        policy=Policy.ARTIFACTS,
        subject=_SUBJECT,
        why="What is there is compared with what is to be there.",
        calls=("s3:ListObjectsV2",),
        resources=(BUCKETS,),
    ),
    Grant(
        sid="Code",
        policy=Policy.ARTIFACTS,
        subject=_SUBJECT,
        why="Files are put and removed, and what has been put is remembered beside them. Earlier versions are found again, and stay.",
        calls=("s3:PutObject", "s3:HeadObject", "s3:GetObject", "s3:DeleteObject"),
        beside=("s3:GetObjectVersion", "s3:AbortMultipartUpload"),
        resources=(OBJECTS,),
        unproved={"s3:AbortMultipartUpload": "S3 User Guide, multipart upload and permissions"},
    ),
    Grant(
        sid="ArchivesOfVerifications",
        policy=Policy.ARTIFACTS,
        subject="`artifacts.verify: Airflow`",
        why="What a Job has read the code from is removed for good: leave it out where no Airflow verifies.",
        calls=("s3:DeleteObjects",),
        resources=(f"{BUCKETS}/.mwaa-operator/*",),
    ),
    Grant(
        sid="BucketsThatCodeComesFrom",
        policy=Policy.ARTIFACTS,
        subject="`artifacts`, sources in S3",
        why="Only where code comes from other buckets: leave it out, with the next one, where it does not.",
        calls=("s3:ListObjectsV2",),
        resources=(SOURCES,),
    ),
    Grant(
        sid="CodeInOtherBuckets",
        policy=Policy.ARTIFACTS,
        subject="`artifacts`, sources in S3",
        why="Read, and never changed.",
        calls=("s3:HeadObject", "s3:GetObject"),
        resources=(f"{SOURCES}/*",),
    ),
)
