"""What the service says. Texts quoted in mwaa-behaviour.md §1.3 are exact; those under "Invented" are not AWS's.

Kept in one file so that a real message, once somebody sees it, has one place to go (§12.1).
"""

from __future__ import annotations

# ---- Exact: quoted from real answers (§1.3) ----

INCORRECT_CONFIGURATION = (
    "You may need to check the execution role permissions policy for your environment, and that each of the VPC "
    "networking components required by the environment are configured to allow traffic. Troubleshooting: "
    "https://docs.aws.amazon.com/mwaa/latest/userguide/troubleshooting.html"
)
REST_API_NEEDS_UPDATE = "Update your environment to use InvokeRestApi"


def busy(status: str) -> str:
    return f"Environments with {status} status must complete previous operation before initiating a new operation"


def cannot_be_updated(status: str) -> str:
    """Seen with CREATE_FAILED; with DELETED and UNAVAILABLE it is inferred."""
    return f"Environments with {status} status cannot be updated."


def cannot_be_deleted(status: str) -> str:
    """Seen with DELETED."""
    return f"Environments with {status} status cannot be deleted"


def no_block_public_access(bucket: str) -> str:
    return f"Provided bucket does not have BlockPublicAccess set for s3 bucket {bucket}"


def no_permission_for_location(bucket: str, path: str) -> str:
    return f"Provided role does not have sufficient permissions for s3 location {bucket}/{path}"


def cannot_assume(role_arn: str) -> str:
    return (
        f"Failed to assume role {role_arn}. This could be due to the role's trust policy. Please ensure your role is "
        "assumable by 'airflow-env.amazonaws.com' Service Principal and try again."
    )


def cannot_access_version(version: str, bucket: str, key: str) -> str:
    return f"Unable to access version {version} of {bucket}/{key}"


def not_authorized(principal: str, action: str, resource: str) -> str:
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource}"


# ---- Invented: nobody has quoted AWS's own (§1.3 "Not found", §12.1) ----

NEVER_SAW_ENDPOINTS = "The VPC endpoints for the environment were not created within 72 hours."
METRICS_RETIRED = "PublishMetrics is no longer available."
OUTSIDE_OF_VPC = "The web server of the environment is private: call from inside its VPC"
RATE_EXCEEDED = "Rate exceeded"
RESPONSE_TOO_LARGE = "The response of Apache Airflow is larger than 6 MB"


def not_found(name: str) -> str:
    return f"Environment with name {name} not found"


def resource_not_found(arn: str) -> str:
    return f"Resource {arn} not found"


def already_exists(name: str) -> str:
    return f"An environment with the name {name} already exists"


def quota_exceeded(limit: int) -> str:
    return f"You have reached the limit of {limit} environments for this account in this Region"


def bad_next_token() -> str:
    return "The provided NextToken is not valid"


def unsupported_version(version: str, supported: list[str]) -> str:
    return f"Airflow version {version} is not supported. Supported versions: {', '.join(supported)}"


def version_jump(present: str, wanted: str, highest: str) -> str:
    return (
        f"Airflow version cannot be changed from {present} to {wanted}. The highest version that you can change to is "
        f"{highest}"
    )


def unknown_class(name: str, known: list[str]) -> str:
    return f"Environment class {name} is not supported. Valid values: {', '.join(known)}"


def out_of_range(member: str, value: int, environment_class: str, low: int, high: int) -> str:
    allowed = f"{low}" if low == high else f"between {low} and {high}"
    return f"{member} must be {allowed} for {environment_class}, but was {value}"


def min_above_max(low: str, low_value: int, high: str, high_value: int) -> str:
    return f"{low} ({low_value}) must not be greater than {high} ({high_value})"


def missing_object_version(path_member: str, version_member: str) -> str:
    return f"{version_member} is required when {path_member} is specified"


def missing_object_path(path_member: str, version_member: str) -> str:
    return f"{path_member} is required when {version_member} is specified"


def empty_path(member: str) -> str:
    return f"{member} must not be empty"


def access_mode_needs(version: str) -> str:
    return f"PUBLIC_AND_PRIVATE is only available for Apache Airflow version {version} and later"


def graceful_not_available(reason: str) -> str:
    return f"The GRACEFUL worker replacement strategy is not available {reason}"


def unsupported_option(key: str) -> str:
    return f"Airflow configuration option {key} is not supported"


def unsupported_kms_key(reason: str) -> str:
    return f"The provided KMS key is not supported: {reason}"


def teams_refused(reason: str) -> str:
    return f"Teams configuration is not valid: {reason}"


def reserved_tag(key: str) -> str:
    return f"Tag key {key} is not valid: the prefix aws: is reserved"


def too_many_tags(limit: int) -> str:
    return f"A resource cannot have more than {limit} tags"


def no_such_bucket(bucket: str) -> str:
    return f"Provided bucket {bucket} does not exist"


def bucket_in_other_region(bucket: str, region: str) -> str:
    return f"Provided bucket {bucket} must be in the Region {region} of the environment"


def bucket_not_versioned(bucket: str) -> str:
    return f"Provided bucket does not have versioning enabled for s3 bucket {bucket}"


def bucket_with_another_key(bucket: str, key: str, own: str | None) -> str:
    return f"Provided bucket {bucket} is encrypted with {key}, which is not the KMS key of the environment ({own or 'none'})"


def no_such_subnets(subnets: list[str]) -> str:
    return f"The subnet IDs {', '.join(subnets)} do not exist"


def no_such_security_groups(groups: list[str]) -> str:
    return f"The security group IDs {', '.join(groups)} do not exist"


def no_webserver(status: str) -> str:
    return f"Environments with {status} status have no web server to reach"


def path_without_slash(path: str) -> str:
    return f"Value '{path}' at 'path' is not valid: it must begin with a slash"
