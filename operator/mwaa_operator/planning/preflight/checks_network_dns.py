"""What the VPC does about names: the environment finds its database and the endpoints of AWS's services by them."""

from mwaa_operator.planning.preflight.model import Finding, Outcome, error, warning
from mwaa_operator.planning.preflight.network_view import NetworkView, network_check
from mwaa_operator.planning.preflight.wanted import listed

_PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html"
"""The VPC User Guide. That MWAA needs the attributes is to be seen in its templates; EC2 documents that private DNS does."""


@network_check("DnsSupport", page=_PAGE)
def dns_support(view: NetworkView) -> Outcome:
    """The VPC answers queries for names (enableDnsSupport)."""
    off = [vpc.vpc_id for vpc in view.vpcs if not vpc.dns_support]
    return _judged(view, f"DNS support is off in {listed(off)}", "enableDnsSupport") if off else None


@network_check("DnsHostnames", page=_PAGE)
def dns_hostnames(view: NetworkView) -> Outcome:
    """The VPC gives names to what has public addresses, which private DNS of endpoints depends on (enableDnsHostnames)."""
    off = [vpc.vpc_id for vpc in view.vpcs if not vpc.dns_hostnames]
    return _judged(view, f"DNS host names are off in {listed(off)}", "enableDnsHostnames") if off else None


def _judged(view: NetworkView, found: str, attribute: str) -> Finding:
    advice = f"Set the VPC's attribute {attribute} to true."
    if view.secluded:
        return error(
            f"{found}, and without a way to the internet the VPC endpoints are found by private DNS alone.", advice
        )
    return warning(f"{found}; MWAA's own templates have it on.", advice)
