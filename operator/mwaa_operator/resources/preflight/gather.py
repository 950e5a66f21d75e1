"""Who looks at which subject: each by itself, so that all can be looked at at the same time."""

from collections.abc import Callable, Mapping
from typing import Any

from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.preflight.snapshot import Question, Subject
from mwaa_operator.resources.preflight import bucket, caller, files, key, network, quotas, role

Look = Callable[[ClientMaker, Question], Any]
"""Gives the facts of a subject, or `Unseen`. Blocks while it calls AWS. Raises AwsError for what passes by itself."""


def looks() -> Mapping[Subject, Look]:
    """How each subject is looked at."""
    return {
        Subject.BUCKET: bucket.look,
        Subject.FILES: files.look,
        Subject.ROLE: role.look,
        Subject.KEY: key.look,
        Subject.NETWORK: network.look,
        Subject.SUBNETS: network.look_at_subnets,
        Subject.CALLER: caller.look,
        Subject.QUOTAS: quotas.look,
    }
