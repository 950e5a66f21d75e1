"""Looks at the KMS key for the checks."""

import json
from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.facts_key import KeyFacts, key_asked_for, key_region
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.resources.preflight.seeing import seen, unseen


def look(clients: ClientMaker, question: Question) -> KeyFacts | Unseen | None:
    """See the key and its policy; None where AWS's own key is used. Raises AwsError."""
    asked = key_asked_for(question)
    if asked is None:
        return None
    kms = clients.client("kms", key_region(asked) or question.region)
    try:
        key = call(kms, "DescribeKey", {"KeyId": asked.removeprefix("key/")}).get("KeyMetadata", {})
    except AwsError as error:
        if error.kind is FailureKind.GONE:
            return KeyFacts(exists=False)
        return unseen(f"the key {asked}", error)
    arn = str(key.get("Arn", asked))
    return KeyFacts(
        exists=True,
        arn=arn,
        state=str(key.get("KeyState", "")),
        spec=str(key.get("KeySpec", "")),
        usage=str(key.get("KeyUsage", "")),
        multi_region=bool(key.get("MultiRegion")),
        policy=seen(f"the policy of the key {arn}", lambda: _policy(kms, arn)),
    )


def _policy(kms: Any, arn: str) -> Mapping[str, Any] | None:
    text = call(kms, "GetKeyPolicy", {"KeyId": arn, "PolicyName": "default"}).get("Policy", "")
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
