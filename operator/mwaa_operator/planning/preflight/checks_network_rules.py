"""What the environment's security groups let through: its parts talk to each other by HTTPS and to its database by 5432."""

from itertools import chain

from mwaa_operator.planning.preflight.facts_network import Rule
from mwaa_operator.planning.preflight.ip_ranges import ANYWHERE
from mwaa_operator.planning.preflight.model import Outcome, error, unknown, warning
from mwaa_operator.planning.preflight.network_rules import Through, fitting, prefix_lists, through
from mwaa_operator.planning.preflight.network_view import NetworkView, network_check, those
from mwaa_operator.planning.preflight.wanted import listed

_PAGE = "vpc-security.html"
_HTTPS, _DATABASE = 443, 5432


@network_check("SecurityGroupsLetInHttps", page=_PAGE)
def let_in_https(view: NetworkView) -> Outcome:
    """The security groups let the environment reach itself by TCP 443."""
    return _let_in(view, _HTTPS)


@network_check("SecurityGroupsLetInDatabase", page=_PAGE)
def let_in_database(view: NetworkView) -> Outcome:
    """The security groups let the environment reach its database by TCP 5432."""
    return _let_in(view, _DATABASE)


@network_check("SecurityGroupsLetOutToThemselves", page=_PAGE)
def let_out_to_themselves(view: NetworkView) -> Outcome:
    """The security groups let the environment out to itself by TCP 443 and 5432."""
    rules = _outbound(view)
    found = {
        port: through(rules, port, groups=view.asked_groups, networks=view.networks) for port in (_HTTPS, _DATABASE)
    }
    ports = [f"TCP {port}" for port, result in found.items() if result is Through.NO]
    if view.groups and ports:
        return error(
            f"No outbound rule of {_groups(view)} lets {listed(ports)} out to the same security groups or to both subnets.",
            f"Allow all outbound traffic from {_groups(view)}, or these ports to itself.",
        )
    return _undecided(rules, [port for port, result in found.items() if result is Through.PERHAPS])


@network_check("SecurityGroupsLetOutToAws", page=_PAGE)
def let_out_to_aws(view: NetworkView) -> Outcome:
    """The security groups let HTTPS out to AWS's services, and not to the environment alone."""
    rules = _outbound(view)
    if not view.groups or through(rules, _HTTPS, groups=(), networks=[ANYWHERE]) is Through.YES:
        return None
    own = set(view.asked_groups)
    others = sorted(set(chain.from_iterable(_others(rule, own) for rule in fitting(rules, _HTTPS))))
    advice = f"Allow outbound HTTPS (TCP 443) from {_groups(view)} to 0.0.0.0/0."
    if not others:
        return _shut_in(view, advice)
    if not any(name.startswith("pl-") for name in others) or len(view.secluded) < len(view.subnets):
        them = those((group.id for group in view.groups), "lets", "let")
        return warning(f"{them} HTTPS out to {listed(others)} alone; AWS's services have to be among that.", advice)
    return None


def _shut_in(view: NetworkView, advice: str) -> Outcome:
    """Endpoints in the environment's own groups can be reached even so, but an S3 gateway has no group."""
    by_endpoints_alone = len(view.secluded) == len(view.subnets) and view.endpoints("s3", "Interface")
    judge = warning if by_endpoints_alone else error
    return judge(f"No outbound rule of {_groups(view)} lets HTTPS out to anything but the environment itself.", advice)


def _let_in(view: NetworkView, port: int) -> Outcome:
    rules = [rule for group in view.groups for rule in group.inbound]
    result = through(rules, port, groups=view.asked_groups, networks=view.networks)
    if not view.groups or result is Through.YES:
        return None
    if result is Through.PERHAPS:
        return _undecided(rules, [port])
    return error(
        f"No inbound rule of {_groups(view)} admits TCP {port} from the same security groups or from both subnets.",
        f"Add an inbound rule to {view.groups[0].id} for all traffic (or for TCP 443 and 5432) whose source is {view.groups[0].id} itself.",
    )


def _undecided(rules: list[Rule], ports: list[int]) -> Outcome:
    names = sorted({name for port in ports for name in prefix_lists(rules, port)})
    return unknown(f"What the prefix lists {listed(names)} hold was not looked at.") if names else None


def _outbound(view: NetworkView) -> list[Rule]:
    return [rule for group in view.groups for rule in group.outbound]


def _groups(view: NetworkView) -> str:
    return listed(group.id for group in view.groups)


def _others(rule: Rule, own: set[str]) -> set[str]:
    return set(rule.cidrs) | set(rule.prefix_lists) | (set(rule.groups) - own)
