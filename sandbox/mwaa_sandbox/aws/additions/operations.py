"""The operations that are answered in moto's place, and what a caller is told of those that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mwaa_sandbox.aws.additions import log_group_keys, service_quotas
from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call

_NOT_IMPLEMENTED = 501


def answer(call: Call, *, environments_quota: int) -> Answer | None:
    """Carry a call out if it is one of ours, else return None. To be called under the lock that guards moto."""
    if call.service == "servicequotas":
        return service_quotas.answer(call, environments_quota=environments_quota)
    operation = _OPERATIONS.get((call.service, call.operation))
    return None if operation is None else operation(call)


def not_implemented(call: Call) -> Answer:
    """Return an error for what the simulated AWS does not have. Clients do not repeat a 501, and it cannot be taken for an outage."""
    text = f"The simulated AWS has no {call.operation or 'such operation'} of {call.service}."
    return answers.error(call.service, _NOT_IMPLEMENTED, "NotImplemented", text)


_OPERATIONS: Mapping[tuple[str, str], Callable[[Call], Answer]] = {
    ("logs", "AssociateKmsKey"): log_group_keys.associate,
    ("logs", "DisassociateKmsKey"): log_group_keys.disassociate,
}
