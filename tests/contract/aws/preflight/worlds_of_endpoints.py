"""VPC endpoints that are missing, or of no use."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .site import Site
from .world import world


@world("EndpointsPresent", private=True)
def no_endpoint_for_queues(site: Site) -> Iterator[None]:
    site.delete_endpoint(site.endpoint("sqs"))
    yield
    site.make_endpoint("sqs")


@world("EndpointsPresent", private=True)
def no_endpoint_for_s3(site: Site) -> Iterator[None]:
    site.delete_endpoint(site.endpoint("s3"))
    yield
    site.make_s3_gateway()


@world("EndpointsInBothSubnets", private=True)
def endpoint_in_one_subnet(site: Site) -> Iterator[None]:
    site.ec2.modify_vpc_endpoint(VpcEndpointId=site.endpoint("kms"), RemoveSubnetIds=[site.subnets[1]])
    yield
    site.ec2.modify_vpc_endpoint(VpcEndpointId=site.endpoint("kms"), AddSubnetIds=[site.subnets[1]])


@world("EndpointsPrivateDns", private=True)
def endpoint_without_private_dns(site: Site) -> Iterator[None]:
    site.delete_endpoint(site.endpoint("logs"))
    bare = site.make_endpoint("logs", PrivateDnsEnabled=False)
    yield
    site.delete_endpoint(bare)
    site.make_endpoint("logs")


@world("EndpointsAdmitEnvironment", private=True)
def endpoint_that_admits_nobody(site: Site) -> Iterator[None]:
    closed = site.ec2.create_security_group(GroupName="closed", Description="closed", VpcId=site.vpc_id)["GroupId"]
    endpoint = site.endpoint("monitoring")
    site.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint, AddSecurityGroupIds=[closed], RemoveSecurityGroupIds=[site.group]
    )
    yield
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": site.group}]}
    site.ec2.authorize_security_group_ingress(GroupId=closed, IpPermissions=[https])


@world("EndpointsOfAirflowApi", error=False, private=True)
def no_endpoint_for_airflow(site: Site) -> Iterator[None]:
    site.delete_endpoint(site.endpoint("airflow.api"))
    yield
    site.make_endpoint("airflow.api")


@world("S3GatewayOnBothTables", private=True)
def s3_gateway_on_one_table(site: Site) -> Iterator[None]:
    other = site.ec2.create_route_table(VpcId=site.vpc_id)["RouteTable"]["RouteTableId"]
    with site.on_table(other, site.subnets[1]):
        yield


@world("S3ByGateway", error=False, private=True)
def s3_by_interface_alone(site: Site) -> Iterator[None]:
    site.delete_endpoint(site.endpoint("s3"))
    interface = site.make_endpoint("s3")
    yield
    site.delete_endpoint(interface)
    site.make_s3_gateway()


@world("S3EndpointPolicy", error=False, private=True)
def s3_gateway_for_another_bucket(site: Site) -> Iterator[None]:
    def allow(resource: str) -> None:
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resource}
        site.ec2.modify_vpc_endpoint(
            VpcEndpointId=site.endpoint("s3"),
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    allow("arn:aws:s3:::another-bucket/*")
    yield
    allow("*")
