"""Which permissions each call needs, and on what: the table.

Source: Service Authorization Reference for actions, resource types and condition keys; S3 API Reference, "Permissions" of
each operation; for MWAA mwaa-behaviour.md §1.3 and §6. A call that is not here needs its own name on `*`.

In a resource, `{Name}` stands for a member of the request, once for each value; where it has none, there is no such
resource. `{p}`, `{r}` and `{a}` are partition, Region and account; what else is lower-case is looked up by `lookups`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mwaa_sandbox.aws.iam import contexts, when
from mwaa_sandbox.aws.iam.needs import Need, need

BUCKET, OBJECT = "arn:{p}:s3:::{Bucket}", "arn:{p}:s3:::{Bucket}/{Key}"
ROLE, POLICY = "{role}", "{PolicyArn}"
LOG_GROUP = "arn:{p}:logs:{r}:{a}:log-group:{logGroupName}"
EVERY_STREAM = f"{LOG_GROUP}:log-stream:"  # as CloudWatch Logs has it in its refusals
STREAM = f"{LOG_GROUP}:log-stream:{{logStreamName}}"
KEY = "{key}"
ENVIRONMENT = "arn:{p}:airflow:{r}:{a}:environment/{Name}"
AIRFLOW_ROLES = "arn:{p}:airflow:{r}:{a}:role/{Name}/{airflowrole}"
ENDPOINT_OF_ENVIRONMENT = (
    *("arn:{p}:ec2:{r}:{a}:vpc-endpoint/*", "arn:{p}:ec2:{r}:{a}:vpc/{vpc}"),
    *("arn:{p}:ec2:{r}:{a}:subnet/{subnet}", "arn:{p}:ec2:{r}:{a}:security-group/{group}"),
)
INTERFACE_OF_ENVIRONMENT = ("arn:{p}:ec2:{r}:{a}:network-interface/*", "arn:{p}:ec2:{r}:{a}:subnet/{subnet}")
LINKED_ROLE = "arn:{p}:iam::{a}:role/aws-service-role/{AWSServiceName}/{linkedrole}"
LINKED_ROLE_OF_MWAA = "arn:{p}:iam::{a}:role/aws-service-role/airflow.amazonaws.com/AWSServiceRoleForAmazonMWAA"
_KEY_ACTIONS = ("DescribeKey", "CreateGrant", "ListGrants", "Decrypt", "Encrypt", "GenerateDataKey")

Rows = Mapping[str, tuple[Need, ...]]

_LOOKS_AT_NETWORK = tuple(
    need(f"ec2:{one}", only=when.has_member("NetworkConfiguration"), context=contexts.through_mwaa)
    for one in ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs", "DescribeRouteTables")
)
_IN_SERVICE_MODE = (
    need(
        "ec2:CreateVpcEndpoint", *ENDPOINT_OF_ENVIRONMENT, only=when.has_network_of_mwaa, context=contexts.through_mwaa
    ),
    need(
        "ec2:CreateNetworkInterface",
        *INTERFACE_OF_ENVIRONMENT,
        only=when.has_network_of_mwaa,
        context=contexts.through_mwaa,
    ),
)
_PASS_ROLE = need(
    "iam:PassRole", "{ExecutionRoleArn}", only=when.has("ExecutionRoleArn"), context=contexts.passed_to_mwaa
)

AIRFLOW: Rows = {
    "CreateEnvironment": (
        need("airflow:CreateEnvironment", ENVIRONMENT),
        need("airflow:TagResource", ENVIRONMENT, only=when.has_tags),
        need(
            "iam:CreateServiceLinkedRole",
            LINKED_ROLE_OF_MWAA,
            only=when.is_first_of_account,
            context=contexts.linked_to_mwaa,
        ),
        _PASS_ROLE,
        *_LOOKS_AT_NETWORK,
        *_IN_SERVICE_MODE,
        need("s3:GetEncryptionConfiguration", "{SourceBucketArn}", context=contexts.through_mwaa),
        *(need(f"kms:{one}", KEY, only=when.has("KmsKey"), context=contexts.through_mwaa) for one in _KEY_ACTIONS),
    ),
    "UpdateEnvironment": (
        need("airflow:UpdateEnvironment", ENVIRONMENT),
        _PASS_ROLE,
        *_LOOKS_AT_NETWORK,
        *_IN_SERVICE_MODE,
    ),
    "GetEnvironment": (need("airflow:GetEnvironment", ENVIRONMENT),),
    "DeleteEnvironment": (
        need("airflow:DeleteEnvironment", ENVIRONMENT),
        need("kms:RevokeGrant", KEY, only=when.environment_has_key, context=contexts.through_mwaa),
    ),
    "TagResource": (need("airflow:TagResource", "{ResourceArn}"),),
    "UntagResource": (need("airflow:UntagResource", "{ResourceArn}"),),
    "ListTagsForResource": (need("airflow:ListTagsForResource", "{ResourceArn}"),),
    "CreateCliToken": (need("airflow:CreateCliToken", ENVIRONMENT),),
    "CreateWebLoginToken": (need("airflow:CreateWebLoginToken", AIRFLOW_ROLES, any_of=True),),
    "InvokeRestApi": (need("airflow:InvokeRestApi", AIRFLOW_ROLES, any_of=True),),
}

_HEAD_OR_GET = (
    need("s3:GetObject", OBJECT, only=when.lacks("versionId")),
    need("s3:GetObjectVersion", OBJECT, only=when.has("versionId")),
    # Who may not list is told 403 rather than 404.
    need("s3:ListBucket", BUCKET, only=when.object_is_missing),
)
_LIST = (need("s3:ListBucket", BUCKET, context=contexts.of_listing),)
_PUT = (
    need("s3:PutObject", OBJECT),
    need("s3:PutObjectTagging", OBJECT, only=when.has_header("x-amz-tagging")),
    need("s3:PutObjectAcl", OBJECT, only=when.has_header("x-amz-acl")),
)
_ACCOUNT_BLOCK = when.lacks("Bucket")

S3: Rows = {
    "ListBuckets": (need("s3:ListAllMyBuckets"),),
    "HeadBucket": (need("s3:ListBucket", BUCKET),),
    "ListObjects": _LIST,
    "ListObjectsV2": _LIST,
    "ListObjectVersions": (need("s3:ListBucketVersions", BUCKET, context=contexts.of_listing),),
    "ListMultipartUploads": (need("s3:ListBucketMultipartUploads", BUCKET),),
    "HeadObject": _HEAD_OR_GET,
    "GetObject": _HEAD_OR_GET,
    "GetObjectAttributes": _HEAD_OR_GET,
    "GetObjectTagging": (
        need("s3:GetObjectTagging", OBJECT, only=when.lacks("versionId")),
        need("s3:GetObjectVersionTagging", OBJECT, only=when.has("versionId")),
    ),
    "PutObjectTagging": (need("s3:PutObjectTagging", OBJECT),),
    "PutObject": _PUT,
    "CreateMultipartUpload": _PUT,
    "UploadPart": (need("s3:PutObject", OBJECT),),
    "CompleteMultipartUpload": (need("s3:PutObject", OBJECT),),
    "AbortMultipartUpload": (need("s3:AbortMultipartUpload", OBJECT),),
    "ListParts": (need("s3:ListMultipartUploadParts", OBJECT),),
    "CopyObject": (need("s3:GetObject", "arn:{p}:s3:::{copysource}"), *_PUT),
    "DeleteObject": (
        need("s3:DeleteObject", OBJECT, only=when.lacks("versionId")),
        need("s3:DeleteObjectVersion", OBJECT, only=when.has("versionId")),
    ),
    "DeleteObjects": (
        need("s3:DeleteObject", "arn:{p}:s3:::{Bucket}/{deletedobject}"),
        need("s3:DeleteObjectVersion", "arn:{p}:s3:::{Bucket}/{deletedversion}"),
    ),
    "CreateBucket": (
        need("s3:CreateBucket", BUCKET),
        need("s3:TagResource", BUCKET, only=when.has_tags),
        need("s3:PutBucketOwnershipControls", BUCKET, only=when.has_header("x-amz-object-ownership")),
        need("s3:PutBucketObjectLockConfiguration", BUCKET, only=when.has_header("x-amz-bucket-object-lock-enabled")),
    ),
    "DeleteBucket": (need("s3:DeleteBucket", BUCKET),),
    "PutBucketEncryption": (need("s3:PutEncryptionConfiguration", BUCKET),),
    "GetBucketEncryption": (need("s3:GetEncryptionConfiguration", BUCKET),),
    "DeleteBucketEncryption": (need("s3:PutEncryptionConfiguration", BUCKET),),
    "PutBucketLifecycleConfiguration": (need("s3:PutLifecycleConfiguration", BUCKET),),
    "GetBucketLifecycleConfiguration": (need("s3:GetLifecycleConfiguration", BUCKET),),
    "DeleteBucketLifecycle": (need("s3:PutLifecycleConfiguration", BUCKET),),
    "PutPublicAccessBlock": (
        need("s3:PutBucketPublicAccessBlock", BUCKET, only=when.has("Bucket")),
        need("s3:PutAccountPublicAccessBlock", only=_ACCOUNT_BLOCK),
    ),
    "GetPublicAccessBlock": (
        need("s3:GetBucketPublicAccessBlock", BUCKET, only=when.has("Bucket")),
        need("s3:GetAccountPublicAccessBlock", only=_ACCOUNT_BLOCK),
    ),
    "DeletePublicAccessBlock": (
        need("s3:PutBucketPublicAccessBlock", BUCKET, only=when.has("Bucket")),
        need("s3:PutAccountPublicAccessBlock", only=_ACCOUNT_BLOCK),
    ),
    "DeleteBucketTagging": (need("s3:PutBucketTagging", BUCKET),),
    "DeleteBucketOwnershipControls": (need("s3:PutBucketOwnershipControls", BUCKET),),
    **{
        operation: (need(f"s3:{operation}", BUCKET),)
        for operation in (
            *("GetBucketAcl", "PutBucketAcl", "GetBucketLocation", "GetBucketLogging", "PutBucketLogging"),
            *("GetBucketOwnershipControls", "PutBucketOwnershipControls", "GetBucketTagging", "PutBucketTagging"),
            *("GetBucketPolicy", "GetBucketPolicyStatus", "PutBucketPolicy", "DeleteBucketPolicy"),
            *("GetBucketVersioning", "PutBucketVersioning"),
        )
    },
}

IAM: Rows = {
    "CreateRole": (
        need("iam:CreateRole", ROLE, context=contexts.with_boundary),
        need("iam:TagRole", ROLE, only=when.has_tags),
    ),
    **{
        operation: (need(f"iam:{operation}", ROLE, context=contexts.of_role),)
        for operation in (
            *("AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "DeleteRole"),
            *("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"),
        )
    },
    **{
        operation: (need(f"iam:{operation}", ROLE),)
        for operation in (
            *("GetRole", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy", "TagRole", "UntagRole"),
            *("ListRoleTags", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"),
            *("ListInstanceProfilesForRole",),
        )
    },
    **{
        operation: (need(f"iam:{operation}", POLICY),)
        for operation in (
            *("GetPolicy", "GetPolicyVersion", "ListPolicyVersions", "CreatePolicyVersion", "DeletePolicyVersion"),
            *("DeletePolicy", "TagPolicy", "UntagPolicy", "ListPolicyTags", "ListEntitiesForPolicy"),
        )
    },
    "CreatePolicy": (
        need("iam:CreatePolicy", "arn:{p}:iam::{a}:policy/{PolicyName}"),
        need("iam:TagPolicy", "arn:{p}:iam::{a}:policy/{PolicyName}", only=when.has_tags),
    ),
    "SimulatePrincipalPolicy": (need("iam:SimulatePrincipalPolicy", "{PolicySourceArn}"),),
    "GetContextKeysForPrincipalPolicy": (need("iam:GetContextKeysForPrincipalPolicy", "{PolicySourceArn}"),),
    "CreateServiceLinkedRole": (
        need(
            "iam:CreateServiceLinkedRole",
            LINKED_ROLE,
            context=contexts.of_service,
        ),
    ),
}

LOGS: Rows = {
    "CreateLogGroup": (
        need("logs:CreateLogGroup", EVERY_STREAM),
        need(("logs:TagResource", "logs:TagLogGroup"), LOG_GROUP, only=when.has_tags, any_of=True),
    ),
    "DescribeLogGroups": (need("logs:DescribeLogGroups", "arn:{p}:logs:{r}:{a}:log-group::log-stream:"),),
    **{
        operation: (need(f"logs:{operation}", EVERY_STREAM),)
        for operation in (
            *("DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey"),
            *("DescribeLogStreams", "FilterLogEvents", "StartQuery", "TagLogGroup", "UntagLogGroup"),
        )
    },
    **{
        operation: (need(f"logs:{operation}", STREAM),)
        for operation in ("CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents")
    },
    **{
        operation: (need(f"logs:{operation}", "{resourceArn}"),)
        for operation in ("TagResource", "UntagResource", "ListTagsForResource")
    },
}

KMS: Rows = {
    "ListKeys": (need("kms:ListKeys"),),
    "ListAliases": (need("kms:ListAliases"),),
    "CreateKey": (need("kms:CreateKey"), need("kms:TagResource", only=when.has_tags)),
    **{
        operation: (need(f"kms:{operation}", KEY),)
        for operation in (
            *("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "PutKeyPolicy", "ListKeyPolicies", "ListGrants"),
            *("CreateGrant", "RevokeGrant", "Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
            *("ListResourceTags", "TagResource", "UntagResource", "EnableKey", "DisableKey", "ScheduleKeyDeletion"),
            *("EnableKeyRotation", "DisableKeyRotation", "CancelKeyDeletion", "UpdateKeyDescription"),
        )
    },
}

STS: Rows = {
    # Nobody can be denied these (STS API Reference).
    "GetCallerIdentity": (),
    "AssumeRoleWithWebIdentity": (),
    "AssumeRoleWithSAML": (),
    "AssumeRole": (need("sts:AssumeRole", "{RoleArn}", context=contexts.of_session),),
}

TABLE: Mapping[str, Rows] = {"airflow": AIRFLOW, "s3": S3, "iam": IAM, "logs": LOGS, "kms": KMS, "sts": STS}
"""By the name that a service's requests are signed for. EC2's rows are in `actions_ec2`."""

PREFIXES: Mapping[str, str] = {"monitoring": "cloudwatch"}
"""Where actions begin with another name than the one that requests are signed for."""
