"""The network of an environment in the simulated EC2, in the two ways that MWAA knows, and the verbs to change it by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.aws.prerequisites import Prerequisites

ANYWHERE = "0.0.0.0/0"
SERVICES = ("monitoring", "logs", "sqs", "kms", "airflow.api", "airflow.env")


@dataclass
class Site:
    """The parts of the network. `fields` are members of CreateEnvironment, which a world may change as well."""

    ec2: Any
    vpc_id: str
    bucket_arn: str
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, ec2: Any, made: Prerequisites) -> Site:
        network = {"SubnetIds": list(made.subnet_ids), "SecurityGroupIds": list(made.security_group_ids)}
        fields = {
            "AirflowVersion": "3.3.1",
            "WebserverAccessMode": "PRIVATE_ONLY",
            "SourceBucketArn": made.bucket_arn,
            "DagS3Path": "dags",
            "MaxWorkers": 5,
            "NetworkConfiguration": network,
        }
        site = cls(ec2, made.vpc_id, made.bucket_arn, fields)
        site.wait_for_nat(site.nat)
        return site

    @property
    def subnets(self) -> list[str]:
        return list(self.fields["NetworkConfiguration"]["SubnetIds"])

    @property
    def group(self) -> str:
        return str(self.fields["NetworkConfiguration"]["SecurityGroupIds"][0])

    @property
    def table(self) -> str:
        """The private subnets' own route table."""
        return str(self._tables("association.subnet-id", self.subnets[0])["RouteTableId"])

    @property
    def main_table(self) -> str:
        (table,) = self.ec2.describe_route_tables(
            Filters=[
                {"Name": "vpc-id", "Values": [self.vpc_id]},
                {"Name": "association.main", "Values": ["true"]},
            ]
        )["RouteTables"]
        return str(table["RouteTableId"])

    @property
    def nat(self) -> str:
        (route,) = [route for route in self._tables("route-table-id", self.table)["Routes"] if "NatGatewayId" in route]
        return str(route["NatGatewayId"])

    @property
    def nat_subnet(self) -> str:
        (gateway,) = self.ec2.describe_nat_gateways(NatGatewayIds=[self.nat])["NatGateways"]
        return str(gateway["SubnetId"])

    @property
    def internet_gateway(self) -> str:
        (gateway,) = self.ec2.describe_internet_gateways(
            Filters=[{"Name": "attachment.vpc-id", "Values": [self.vpc_id]}]
        )["InternetGateways"]
        return str(gateway["InternetGatewayId"])

    def zone(self, subnet: str) -> str:
        return str(self.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailabilityZone"])

    def endpoint(self, service: str) -> str:
        (found,) = self.ec2.describe_vpc_endpoints(
            Filters=[
                {"Name": "vpc-id", "Values": [self.vpc_id]},
                {"Name": "service-name", "Values": [self.service(service)]},
                {"Name": "vpc-endpoint-state", "Values": ["available"]},
            ]
        )["VpcEndpoints"]
        return str(found["VpcEndpointId"])

    def service(self, name: str) -> str:
        return f"com.amazonaws.{self.ec2.meta.region_name}.{name}"

    def make_endpoint(self, service: str, **changes: Any) -> str:
        """An interface endpoint as the User Guide has it: in both subnets, with private DNS and the environment's own group."""
        usual = {
            "VpcId": self.vpc_id,
            "ServiceName": self.service(service),
            "VpcEndpointType": "Interface",
            "SubnetIds": self.subnets,
            "SecurityGroupIds": [self.group],
            "PrivateDnsEnabled": True,
        }
        return str(self.ec2.create_vpc_endpoint(**(usual | changes))["VpcEndpoint"]["VpcEndpointId"])

    def make_s3_gateway(self) -> str:
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc_id,
            ServiceName=self.service("s3"),
            VpcEndpointType="Gateway",
            RouteTableIds=[self.table],
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def delete_endpoint(self, endpoint: str) -> None:
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])

    def make_nat(self, subnet: str, **kind: str) -> str:
        """A NAT gateway in a subnet, public unless its kind is given, once it is available."""
        address = {} if kind else {"AllocationId": self.ec2.allocate_address(Domain="vpc")["AllocationId"]}
        made = str(self.ec2.create_nat_gateway(SubnetId=subnet, **address, **kind)["NatGateway"]["NatGatewayId"])
        self.wait_for_nat(made)
        return made

    def wait_for_nat(self, nat: str) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "available":
                return
            time.sleep(0.1)
        raise AssertionError(f"{nat} has not become available")

    def make_subnet(self, cidr: str, zone: str, vpc_id: str | None = None) -> str:
        made = self.ec2.create_subnet(VpcId=vpc_id or self.vpc_id, CidrBlock=cidr, AvailabilityZone=zone)
        return str(made["Subnet"]["SubnetId"])

    def route(self, table: str, destination: str = ANYWHERE, **target: str) -> None:
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=destination, **target)

    def unroute(self, table: str, destination: str = ANYWHERE) -> None:
        self.ec2.delete_route(RouteTableId=table, DestinationCidrBlock=destination)

    def use_endpoints(self) -> None:
        """Go over from public to private routing."""
        table = self.table
        self.unroute(table)
        self.make_s3_gateway()
        for service in SERVICES:
            self.make_endpoint(service)

    @contextmanager
    def on_table(self, table: str, subnet: str) -> Iterator[None]:
        """Have another route table serve a subnet."""
        own = self._tables("association.subnet-id", subnet)
        association = next(one for one in own["Associations"] if one.get("SubnetId") == subnet)
        self.ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
        other = None
        if table != self.main_table:
            other = self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
        yield
        if other:
            self.ec2.disassociate_route_table(AssociationId=other)
        self.ec2.associate_route_table(RouteTableId=own["RouteTableId"], SubnetId=subnet)

    @contextmanager
    def asking(self, **network: list[str]) -> Iterator[None]:
        """Have the environment ask for other subnets or security groups."""
        before = dict(self.fields["NetworkConfiguration"])
        self.fields["NetworkConfiguration"].update(network)
        yield
        self.fields["NetworkConfiguration"].update(before)

    def _tables(self, name: str, value: str) -> Any:
        (table,) = self.ec2.describe_route_tables(Filters=[{"Name": name, "Values": [value]}])["RouteTables"]
        return table
