"""Client tokens: a call that arrives again with the token of one that was carried out gets that one's answer (EC2, "Ensuring idempotency").

moto makes another thing each time.
"""

from __future__ import annotations

from collections import OrderedDict

from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call

_HONOURED = frozenset({"CreateNatGateway", "CreateRouteTable", "CreateVpcEndpoint"})
_KEPT = 4096
"""AWS remembers tokens for a day at least; the sandbox so many of them."""


class ClientTokens:
    """Answers by account, Region, operation and token. Not for threads: used under moto's lock."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, str, str, str], Answer] = OrderedDict()

    def answer(self, call: Call) -> Answer | None:
        """Return the answer to the call that this one repeats."""
        key = _key(call)
        return None if key is None else self._answers.get(key)

    def keep(self, call: Call, answer: Answer) -> None:
        """Remember the answer to a call that was carried out."""
        key = _key(call)
        if key is not None:
            self._answers[key] = answer
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)


def _key(call: Call) -> tuple[str, str, str, str] | None:
    token = call.parameters.get("ClientToken")
    if call.service != "ec2" or call.operation not in _HONOURED or not token:
        return None
    return call.account, call.region, call.operation, str(token)
