"""How each service says that somebody may not do something, and what EC2 answers to dry runs.

Sources: EC2 API Reference, "Error codes"; S3 API Reference, "Error responses"; IAM User Guide, "Troubleshoot access denied
error messages". MWAA's answer to what it could not do in EC2 in the caller's name is known by its name only
(mwaa-behaviour.md §1.3); its form here is a guess.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.iam.enforcement import Denial
from mwaa_sandbox.aws.iam.requests import Asked, deleted_objects

_IN_EC2 = "You are not authorized to perform this operation."
_DRY_RUN = "Request would have succeeded, but DryRun flag is set."
_FORBIDDEN, _BAD_REQUEST, _PRECONDITION_FAILED = 403, 400, 412
_BY_STATUS_400 = frozenset({"kms", "logs", "servicequotas", "monitoring"})
_XML = frozenset({"s3", "iam", "sts"})


def refusal(denial: Denial, asked: Asked, *, method: str) -> Answer:
    """Return the answer to a call that is not allowed."""
    service, message = asked.call.service, denial.message
    if service == "ec2":
        return answers.error("ec2", _FORBIDDEN, "UnauthorizedOperation", f"{_IN_EC2} {message}")
    if service == "s3":
        resource = denial.check.resource
        message = message.replace(f"resource: {resource}", f'resource: "{resource}"')
        if asked.operation == "DeleteObjects":
            return _each_object(asked, message)
        status, code, headers, content = answers.error("s3", _FORBIDDEN, "AccessDenied", message)
        return (status, code, headers, b"") if method == "HEAD" else (status, code, headers, content)
    if service in _XML:
        return answers.error(service, _FORBIDDEN, "AccessDenied", message)
    if service == "airflow":
        message = _of_mwaa(denial)
    status = _BAD_REQUEST if service in _BY_STATUS_400 else _FORBIDDEN
    return answers.error(service, status, "AccessDeniedException", message)


def dry_run_would_succeed() -> Answer:
    """Return EC2's answer to a dry run of a call that is allowed: an error all the same."""
    return answers.error("ec2", _PRECONDITION_FAILED, "DryRunOperation", _DRY_RUN)


def _of_mwaa(denial: Denial) -> str:
    if denial.check.action.startswith("ec2:"):
        return f"UnauthorizedOperation: {_IN_EC2} {denial.message}"
    if ":role/" in denial.check.resource and denial.check.action.startswith("airflow:"):
        return f"{denial.message} for any Airflow role"
    return denial.message


def _each_object(asked: Asked, message: str) -> Answer:
    """DeleteObjects succeeds and tells of each object that it failed; here of all, if one is denied."""
    errors = "".join(
        f"<Error><Key>{escape(key)}</Key>"
        + (f"<VersionId>{escape(version)}</VersionId>" if version else "")
        + f"<Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>"
        for key, version in deleted_objects(asked.body)
    )
    body = f'<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{errors}</DeleteResult>'.encode()
    return 200, "AccessDenied", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))], body
