"""Routes that lead nowhere, or where they must not."""

from __future__ import annotations

from collections.abc import Iterator

from .site import Site
from .world import world


@world("NoInternetGatewayRoute")
def public_subnets(site: Site) -> Iterator[None]:
    nat = site.nat
    site.unroute(site.table)
    site.route(site.table, GatewayId=site.internet_gateway)
    yield
    site.unroute(site.table)
    site.route(site.table, NatGatewayId=nat)


@world("NoInternetGatewayRoute")
def public_subnet_by_the_main_table(site: Site) -> Iterator[None]:
    site.route(site.main_table, GatewayId=site.internet_gateway)
    with site.on_table(site.main_table, site.subnets[1]):
        yield
    site.unroute(site.main_table)


@world("WayOut")
def no_default_route(site: Site) -> Iterator[None]:
    nat = site.nat
    site.unroute(site.table)
    yield
    site.route(site.table, NatGatewayId=nat)


@world("WayOut")
def no_default_route_in_the_main_table(site: Site) -> Iterator[None]:
    with site.on_table(site.main_table, site.subnets[1]):
        yield


@world("DefaultRouteAlive")
def nat_gateway_deleted(site: Site) -> Iterator[None]:
    nat, subnet = site.nat, site.nat_subnet
    site.ec2.delete_nat_gateway(NatGatewayId=nat)
    yield
    site.unroute(site.table)
    made = site.make_nat(subnet)
    site.route(site.table, NatGatewayId=made)


@world("NatInPublicSubnet")
def nat_gateway_without_a_way_out(site: Site) -> Iterator[None]:
    with site.on_table(site.main_table, site.nat_subnet):
        yield


@world("NatInPublicSubnet")
def nat_gateway_in_the_private_subnet(site: Site) -> Iterator[None]:
    good = site.nat
    bad = site.make_nat(site.subnets[0])
    site.unroute(site.table)
    site.route(site.table, NatGatewayId=bad)
    yield
    site.unroute(site.table)
    site.route(site.table, NatGatewayId=good)


@world("NatPublic", error=False)
def private_nat_gateway(site: Site) -> Iterator[None]:
    good, subnet = site.nat, site.nat_subnet
    made = site.make_nat(subnet, ConnectivityType="private")
    site.unroute(site.table)
    site.route(site.table, NatGatewayId=made)
    yield
    site.unroute(site.table)
    site.route(site.table, NatGatewayId=good)


@world("Airflow3ReachesWebServer", private=True)
def airflow_3_with_a_public_web_server(site: Site) -> Iterator[None]:
    site.fields["WebserverAccessMode"] = "PUBLIC_ONLY"
    yield
    site.fields["WebserverAccessMode"] = "PRIVATE_ONLY"
