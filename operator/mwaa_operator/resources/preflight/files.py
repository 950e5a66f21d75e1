"""Looks at requirements, plugins and startup script for the checks."""

from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.s3_beginnings import beginning
from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.desired import VERSIONED_FILES
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.facts_files import PLUGINS, FileFacts, FilesFacts
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.resources.preflight.seeing import seen, unseen

_TEXT_BYTES = 64 * 1024
_ZIP_BYTES = 4
_NO_SUCH_VERSION = frozenset({"400", "405"})
"""What S3 says to a HEAD for a version id that is none, and for a version that marks a deletion (S3 API, HeadObject)."""


def look(clients: ClientMaker, question: Question) -> FilesFacts:
    """See the files that are named: whether they exist, and how they begin. Raises AwsError."""
    named = [
        (member, str(question.fields[member]), question.fields.get(version))
        for member, version in VERSIONED_FILES.items()
        if question.fields.get(member)
    ]
    storage = clients.client("s3", question.region)
    return FilesFacts(
        files={
            member: _file(storage, question.bucket, key, version, _ZIP_BYTES if member == PLUGINS else _TEXT_BYTES)
            for member, key, version in named
        }
    )


def _file(storage: Any, bucket: str, key: str, version: str | None, size: int) -> FileFacts | Unseen:
    which = {"Bucket": bucket, "Key": key} | ({"VersionId": version} if version else {})
    what = f"{key} in the bucket {bucket}"
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    try:
        found = call(storage, "HeadObject", which)
    except AwsError as error:
        if error.kind is FailureKind.GONE or (version and error.code in _NO_SUCH_VERSION):
            return FileFacts(key=key, version=version, exists=False)
        return unseen(what, error, action=action)
    length = int(found.get("ContentLength") or 0)
    return FileFacts(
        key=key,
        version=version,
        exists=True,
        size=length,
        beginning=seen(
            what,
            lambda: beginning(storage, bucket=bucket, key=key, version=version or None, size=size) if length else b"",
            action=action,
        ),
    )
