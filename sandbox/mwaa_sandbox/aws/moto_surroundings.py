"""The rest of AWS as MWAA sees it, read from moto's backends in the same process.

Reads attributes of moto's models and changes nothing, except that it makes log groups as MWAA does. All access is under
the lock that also guards moto's own requests, for its backends are not made for threads.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.backends import get_backend
from moto.iam.exceptions import NotFoundException

from mwaa_sandbox.aws import moto_buckets
from mwaa_sandbox.aws.clock import ScaledClock
from mwaa_sandbox.aws.iam import entities
from mwaa_sandbox.aws.iam.evaluation import Policies
from mwaa_sandbox.aws.judging import keys, routes, runtime_role, verdict
from mwaa_sandbox.aws.judging.network import Network, find_subnet, network_of, security_groups_of
from mwaa_sandbox.aws.judging.verdict import Flaw, Part
from mwaa_sandbox.aws.logs import containers
from mwaa_sandbox.aws.mwaa import identifiers, messages, policies
from mwaa_sandbox.aws.mwaa.errors import ValidationError
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings, UpdateError
from mwaa_sandbox.aws.mwaa.operations import GENERIC_FAILURE
from mwaa_sandbox.aws.mwaa.settings import file_members
from mwaa_sandbox.aws.mwaa.view import awaited_endpoint_services

TRUSTED_SERVICES = ("airflow.amazonaws.com", "airflow-env.amazonaws.com")
"""The principals that a role must let in (§6, execution role trust)."""

_BLOCKS = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


class MotoSurroundings:
    """`mwaa.surroundings.Surroundings` over moto."""

    def __init__(self, clock: ScaledClock, lock: threading.RLock) -> None:
        self._clock = clock
        self._lock = lock

    def judge(self, settings: Settings, *, account: str, region: str, role_age_needed: float) -> None:
        """Refuse what AWS refuses at once (§9.2, "synchronous rejections"), with the texts of §1.3."""
        with self._lock:
            role = self._role_policies(settings["ExecutionRoleArn"], account, region, role_age_needed)
            self._judge_bucket(settings, role, account=account, region=region)
            self._judge_files(settings, role)
            keys.judge_key(settings, account=account, region=region)
            self._judge_network(settings, account=account, region=region)

    def failure_to_come(self, settings: Settings, *, environment: Environment) -> UpdateError | None:
        """§9.2 "asynchronous INCORRECT_CONFIGURATION causes"; AWS says the same of all of them (§1.3)."""
        return GENERIC_FAILURE if self.flaws(settings, environment=environment) else None

    def flaws(self, settings: Settings, *, environment: Environment) -> list[Flaw]:
        """Return what keeps an environment from coming up with these settings, as things are now."""
        account, region = environment.account, environment.region
        with self._lock:
            self._make_log_groups(environment, settings)
            try:
                role = self._role_policies(settings["ExecutionRoleArn"], account, region, 0)
            except ValidationError as error:
                return [Flaw(Part.ROLE, error.message)]
            network = self.network(settings, account=account, region=region)
            if network is None:
                return [Flaw(Part.NETWORK, "a subnet or a security group is gone")]
            key_arn = keys.key_arn(settings, account=account, region=region)
            lacking = runtime_role.permissions(role, environment, settings, key_arn=key_arn)
            logs = get_backend("logs")[account][region]
            return [
                *verdict.network_flaws(network, settings, account=account),
                *(Flaw(Part.ROLE, "the execution role does not allow it", action, on) for action, on in lacking),
                *(
                    Flaw(Part.LOG_GROUP, f"there is no log group {name}")
                    for name in _missing_groups(logs, environment, settings)
                ),
                *(
                    Flaw(Part.LOG_GROUP, text)
                    for text in keys.closed_to_logs(settings, account=account, region=region)
                    if any(module["Enabled"] for module in settings["LoggingConfiguration"].values())
                ),
                *(Flaw(Part.STARTUP_SCRIPT, text) for text in containers.broken(settings, network)),
            ]

    def network(self, settings: Settings, *, account: str, region: str) -> Network | None:
        """Return an environment's network, or None when a part of it is gone."""
        with self._lock:
            try:
                return network_of(settings, account=account, region=region)
            except KeyError:
                return None

    def endpoints_exist(self, environment: Environment) -> bool:
        """§5, CUSTOMER mode: interface endpoints to the awaited services, in both subnets, that let the environment in."""
        with self._lock:
            network = self.network(environment.settings, account=environment.account, region=environment.region)
            if network is None:
                return False
            subnets = {subnet.id for subnet in network.subnets}
            return all(
                any(
                    routes.is_interface(endpoint)
                    and subnets <= set(endpoint.subnet_ids or [])
                    and routes.endpoint_admits(network, endpoint, port)
                    for endpoint in network.endpoints(service)
                )
                for service, port in awaited_endpoint_services(environment).items()
            )

    def ensure_log_groups(self, environment: Environment) -> None:
        """§8: MWAA creates a group per enabled module. One that is there already stays as it is."""
        with self._lock:
            self._make_log_groups(environment, environment.settings)

    def _make_log_groups(self, environment: Environment, settings: Settings) -> None:
        """§6: with a customer's key, CloudWatch Logs must be allowed to use it; else there is no group."""
        account, region = environment.account, environment.region
        logs = get_backend("logs")[account][region]
        missing = _missing_groups(logs, environment, settings)
        if not missing:
            return
        key_arn = keys.key_arn(settings, account=account, region=region)
        if not keys.admits_logs(key_arn, account=account, region=region):
            return
        for name in missing:
            logs.create_log_group(name, {}, **({} if key_arn is None else {"kmsKeyId": key_arn}))

    def _role_policies(self, arn: str, account: str, region: str, age_needed: float) -> Policies:
        """Return what decides over the execution role, once it is clear that MWAA can assume it."""
        partition = identifiers.partition(region)
        iam = get_backend("iam")[account][partition]
        try:
            role = iam.get_role_by_arn(arn)
        except NotFoundException:
            raise ValidationError(messages.cannot_assume(arn)) from None
        age = self._clock.now() - self._clock.aws_time_of(role.create_date.timestamp())
        trusted = all(policies.trusts(role.assume_role_policy_document, service) for service in TRUSTED_SERVICES)
        if age < age_needed or not trusted:
            raise ValidationError(messages.cannot_assume(arn))
        return entities.policies_of(account, partition, arn) or Policies()

    def _judge_bucket(self, settings: Settings, role: Policies, *, account: str, region: str) -> None:
        """§4: the bucket exists, in the Region, versioned, with public access blocked and no other key, and the role can read it."""
        bucket = _bucket(settings["SourceBucketArn"])
        if bucket.region_name != region:
            raise ValidationError(messages.bucket_in_other_region(bucket.name, region))
        arn = settings["SourceBucketArn"]
        if not _public_access_blocked(bucket, role, arn, account=account, region=region):
            raise ValidationError(messages.no_block_public_access(bucket.name))
        if not bucket.is_versioned:
            raise ValidationError(messages.bucket_not_versioned(bucket.name))
        keys.judge_bucket(bucket, settings, account=account, region=region)
        places = [(arn, settings["DagS3Path"])]
        places += [(team["SourceBucketArn"], team["DagS3Path"]) for team in settings.get("Teams", {}).values()]
        for place, path in places:
            _judge_place(place, path, role)

    def _judge_files(self, settings: Settings, role: Policies) -> None:
        """§3.4 and §1.3: each file's version can be read by the role."""
        arn = settings["SourceBucketArn"]
        bucket = _bucket(arn)
        for path_member, version_member in file_members():
            if path_member not in settings:
                continue
            key, version = settings[path_member], settings[version_member]
            versions = {str(one.version_id) for one in bucket.keys.getlist(key, default=[]) if hasattr(one, "etag")}
            readable = policies.allows(role, "s3:GetObjectVersion", f"{arn}/{key}")
            if version not in versions or not readable:
                raise ValidationError(messages.cannot_access_version(version, bucket.name, key))

    def _judge_network(self, settings: Settings, *, account: str, region: str) -> None:
        """§5: subnets and security groups exist. That they fit together is found out later, as in AWS."""
        network = settings["NetworkConfiguration"]
        subnets, missing = [], []
        for subnet_id in network["SubnetIds"]:
            try:
                subnets.append(find_subnet(subnet_id, account=account, region=region))
            except KeyError:
                missing.append(subnet_id)
        if missing:
            raise ValidationError(messages.no_such_subnets(missing))
        groups = security_groups_of(get_backend("ec2")[account][region]) | security_groups_of(subnets[0].ec2_backend)
        missing = [group for group in network["SecurityGroupIds"] if group not in groups]
        if missing:
            raise ValidationError(messages.no_such_security_groups(missing))


def _missing_groups(logs: Any, environment: Environment, settings: Settings) -> list[str]:
    names = [
        identifiers.log_group_name(environment.name, module)
        for module, configuration in settings["LoggingConfiguration"].items()
        if configuration["Enabled"]
    ]
    return [name for name in names if name not in logs.groups]


def _bucket(arn: str) -> Any:
    bucket = moto_buckets.find_by_arn(arn)
    if bucket is None:
        raise ValidationError(messages.no_such_bucket(arn.rpartition(":")[2]))
    return bucket


def _public_access_blocked(bucket: Any, role: Policies, arn: str, *, account: str, region: str) -> bool:
    """§1.3: missing, "or role cannot read it"; §4: on the bucket or on the account."""
    if _all_on(bucket.public_access_block) and policies.allows(role, "s3:GetBucketPublicAccessBlock", arn):
        return True
    of_account = get_backend("s3control")[account][identifiers.partition(region)].public_access_block
    return _all_on(of_account) and policies.allows(role, "s3:GetAccountPublicAccessBlock", "*")


def _all_on(block: Any) -> bool:
    return block is not None and all(str(getattr(block, flag)).lower() == "true" for flag in _BLOCKS)


def _judge_place(bucket_arn: str, path: str, role: Policies) -> None:
    """§4: the DAG prefix must exist at create, and the role must be able to list and read it."""
    bucket = _bucket(bucket_arn)
    prefix = path.strip("/") + "/"
    there = any(key.startswith(prefix) for key in bucket.keys)
    readable = policies.allows(role, "s3:ListBucket", bucket_arn) and policies.allows(
        role, "s3:GetObject", f"{bucket_arn}/{prefix}any.py"
    )
    if not there or not readable:
        raise ValidationError(messages.no_permission_for_location(bucket.name, path))
