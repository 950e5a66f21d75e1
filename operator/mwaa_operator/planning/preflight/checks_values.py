"""Checks of what is asked for by itself: sizes, tags, teams, and the forms of names. They need nothing from AWS.

The schema refuses most of it in the spec. What it cannot see is what AWS has already where the spec leaves a field out, and what the
operator adds.
"""

import re
from collections.abc import Iterator

from mwaa_operator.api.environment_spec import MAX_TEAMS
from mwaa_operator.planning.desired import VERSIONED_FILES
from mwaa_operator.planning.preflight.model import Outcome, check, error, warning
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot
from mwaa_operator.planning.preflight.wanted import (
    FILES,
    VERSIONS_OF_FILES,
    listed,
    mapping,
    number,
    wanted,
)

_MICRO = "mw1.micro"
_LARGER = ("mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge")
_CLASSES = "environment-class.html"
_API = "https://docs.aws.amazon.com/mwaa/latest/API/API_CreateEnvironment.html"
_MAX_TAGS = 50
_BUCKET_ARN = re.compile(r"arn:aws(-[a-z]+)?:s3:::[a-z0-9.-]+")


@check("EnvironmentClassKnown", judges=["EnvironmentClass"], page=_CLASSES)
def environment_class_known(snapshot: Snapshot) -> Outcome:
    """The class is one that AWS documents."""
    asked = wanted(snapshot.question, "EnvironmentClass")
    if asked is None or asked in {_MICRO, *_LARGER}:
        return None
    return warning(
        f"{asked} is not among the classes that are on record.",
        f"Make sure that AWS has it, or choose one of {listed((_MICRO, *_LARGER))}.",
    )


@check("SchedulersFitClass", judges=["EnvironmentClass", "Schedulers"], page=_CLASSES)
def schedulers_fit_class(snapshot: Snapshot) -> Outcome:
    """The class can have so many schedulers: 1 for mw1.micro, 2 to 5 for the others."""
    return _within_class(snapshot.question, "Schedulers", what="schedulers", field="schedulers")


@check("WebserversFitClass", judges=["EnvironmentClass", "MinWebservers", "MaxWebservers"], page=_CLASSES)
def webservers_fit_class(snapshot: Snapshot) -> Outcome:
    """The class can have so many web servers: 1 for mw1.micro, 2 to 5 for the others, the least not above the most."""
    question = snapshot.question
    outcome = _within_class(question, "MinWebservers", what="web servers at least", field="minWebservers")
    outcome = outcome or _within_class(question, "MaxWebservers", what="web servers at most", field="maxWebservers")
    return outcome or _in_order(question, "Webservers")


@check("WorkersFitClass", judges=["EnvironmentClass", "MinWorkers", "MaxWorkers"], page=_CLASSES)
def workers_fit_class(snapshot: Snapshot) -> Outcome:
    """There are not to be more workers at least than at most, and mw1.micro is not asked for more than one."""
    question = snapshot.question
    disorder = _in_order(question, "Workers")
    if disorder is not None:
        return disorder
    most = number(question, "MaxWorkers")
    if wanted(question, "EnvironmentClass") == _MICRO and most is not None and most > 1:
        return warning(
            f"mw1.micro does not scale its workers, and maxWorkers is {most}.",
            "Set minWorkers and maxWorkers to 1, or choose a larger environmentClass.",
        )
    return None


def _within_class(question: Question, member: str, *, what: str, field: str) -> Outcome:
    name, count = wanted(question, "EnvironmentClass"), number(question, member)
    if count is None or name not in {_MICRO, *_LARGER}:
        return None
    if name == _MICRO and count != 1:
        return error(f"mw1.micro has exactly 1, and there are to be {count} {what}.", f"Set {field} to 1.")
    if name != _MICRO and not 2 <= count <= 5:
        return error(f"{name} has 2 to 5, and there are to be {count} {what}.", f"Set {field} to a number from 2 to 5.")
    return None


def _in_order(question: Question, what: str) -> Outcome:
    least, most = number(question, f"Min{what}"), number(question, f"Max{what}")
    if least is None or most is None or least <= most:
        return None
    return error(
        f"min{what} is {least} and max{what} is {most}.", f"Lower min{what}, or raise max{what}: the spec can set both."
    )


@check("TagsComplete", judges=["Tags"], page=_API)
def tags_complete(snapshot: Snapshot) -> Outcome:
    """Every tag has a value, and none has a key that AWS reserves."""
    tags = snapshot.question.tags
    empty = sorted(key for key, value in tags.items() if not value)
    if empty:
        return error(f"MWAA takes no empty tag value, and that of {listed(empty)} is.", "Give a value, or remove it.")
    reserved = sorted(key for key in tags if key.lower().startswith("aws:"))
    return error(f"AWS keeps {listed(reserved)} for itself.", "Rename the tag.") if reserved else None


@check("TagsFew", judges=["Tags"], page=_API)
def tags_few(snapshot: Snapshot) -> Outcome:
    """There are no more than 50 tags, the operator's own included."""
    count = len(snapshot.question.tags)
    if count <= _MAX_TAGS:
        return None
    return error(f"There are {count} tags, and AWS allows {_MAX_TAGS}.", f"Remove {count - _MAX_TAGS} of them.")


@check("TeamsHaveIdentityCenter", judges=["Teams", "IdentityCenterConfiguration"], page="managing-teams.html")
def teams_have_identity_center(snapshot: Snapshot) -> Outcome:
    """An environment with teams has an IAM Identity Center, and no more teams than AWS allows."""
    teams = mapping(snapshot.question, "Teams")
    if len(teams) > MAX_TEAMS:
        return error(f"There are {len(teams)} teams, and AWS allows {MAX_TEAMS}.", "Remove some of them.")
    if teams and not mapping(snapshot.question, "IdentityCenterConfiguration"):
        return error(
            "Teams are groups of IAM Identity Center, and the environment has none.",
            "Set identityCenterConfiguration, or remove teams.",
        )
    return None


@check("TeamFoldersApart", judges=["Teams", "DagS3Path", "SourceBucketArn"], page="managing-teams.html")
def team_folders_apart(snapshot: Snapshot) -> Outcome:
    """No DAG folder of a team lies within another's, or within the common one: compared as S3 prefixes, as AWS does."""
    folders = list(_folders(snapshot.question))
    for i, (whose, bucket, path) in enumerate(folders):
        for other, other_bucket, other_path in folders[i + 1 :]:
            if bucket == other_bucket and (path.startswith(other_path) or other_path.startswith(path)):
                return error(
                    f"{whose} ({path}) and {other} ({other_path}) lie within each other, for AWS compares prefixes.",
                    "Give each a folder of its own, and end each path with a slash.",
                )
    return None


def _folders(question: Question) -> Iterator[tuple[str, str, str]]:
    teams = mapping(question, "Teams")
    if teams:
        yield "dagS3Path", str(wanted(question, "SourceBucketArn")), str(wanted(question, "DagS3Path") or "")
    for name, team in sorted(teams.items()):
        if isinstance(team, dict):
            yield f"the folder of team {name}", str(team.get("SourceBucketArn")), str(team.get("DagS3Path") or "")


@check("BucketArnPlain", judges=["SourceBucketArn"], page="mwaa-s3-bucket.html")
def bucket_arn_plain(snapshot: Snapshot) -> Outcome:
    """The bucket's ARN names a bucket and nothing within it: no folder, and no slash at its end."""
    arn = str(wanted(snapshot.question, "SourceBucketArn") or "")
    if not arn or _BUCKET_ARN.fullmatch(arn):
        return None
    return error(
        f"{arn} is not the ARN of a bucket alone.", "Write it as arn:aws:s3:::name, and folders into dagS3Path."
    )


@check("KeyByName", judges=["KmsKey"], page="custom-keys-certs.html")
def key_by_name(snapshot: Snapshot) -> Outcome:
    """The key is named by its id or ARN, not by an alias, and its id is not that of a multi-Region key."""
    key = str(wanted(snapshot.question, "KmsKey") or "")
    name = key.rpartition(":")[2]
    if name.startswith("alias/"):
        return error(f"{key} is an alias, which MWAA does not support.", "Give the key's ARN.")
    if name.rpartition("/")[2].startswith("mrk-"):
        return error(f"{key} is a multi-Region key, which MWAA does not support.", "Give a key of this Region alone.")
    return None


@check("FilesByVersion", judges=[*FILES, *VERSIONS_OF_FILES], page="mwaa-s3-bucket.html")
def files_by_version(snapshot: Snapshot) -> Outcome:
    """Each file that the environment reads is named together with the version of the object."""
    question = snapshot.question
    bare = [
        path
        for path, version in VERSIONED_FILES.items()
        if question.fields.get(path) and not question.fields.get(version)
    ]
    if not bare:
        return None
    return error(
        f"AWS wants the version of the object beside {listed(bare)}, and none was found.",
        "See that the file is in the bucket. Where the bucket is not versioned, turn versioning on and upload the file again.",
    )
