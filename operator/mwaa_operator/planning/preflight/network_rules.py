"""Whether rules of security groups let something through. All rules of all groups count together, and none of them denies."""

from collections.abc import Collection, Iterable
from enum import Enum

from mwaa_operator.planning.preflight.facts_network import Rule
from mwaa_operator.planning.preflight.ip_ranges import Network4, cover, holds_port

_TCP = frozenset({"-1", "tcp", "6"})


class Through(Enum):
    """Whether traffic gets through."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"
    """A prefix list decides, and what it holds was not looked at."""


def fitting(rules: Iterable[Rule], port: int) -> list[Rule]:
    """The rules that are about a TCP port."""
    return [rule for rule in rules if rule.protocol in _TCP and holds_port(rule.first, rule.last, port)]


def through(rules: Iterable[Rule], port: int, *, groups: Collection[str], networks: Iterable[Network4]) -> Through:
    """Whether the rules let a TCP port through to or from one of the groups, or all of the networks."""
    about = fitting(rules, port)
    if any(rule.groups & set(groups) for rule in about):
        return Through.YES
    if cover((cidr for rule in about for cidr in rule.cidrs), networks):
        return Through.YES
    return Through.PERHAPS if any(rule.prefix_lists for rule in about) else Through.NO


def prefix_lists(rules: Iterable[Rule], port: int) -> list[str]:
    """The prefix lists that are named for a TCP port."""
    return sorted({name for rule in fitting(rules, port) for name in rule.prefix_lists})
