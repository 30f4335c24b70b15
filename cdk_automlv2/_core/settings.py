"""``AutoMLSettings``: what the function and the state machine of every stack below a scope have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from cdk_automlv2._core.display import Configured
from cdk_automlv2._core.networks import subnet_faults
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.pseudo import account, partition, region
from cdk_automlv2.errors import OptionFault

_BY_SCOPE: WeakKeyDictionary[IConstruct, AutoMLSettings] = WeakKeyDictionary()
_IN_USE: WeakKeyDictionary[cdk.Stack, None] = WeakKeyDictionary()
"""Stacks whose function is there already."""


def _network_rule(vpc: Any, vpc_subnets: Any, security_groups: Any) -> Iterator[OptionFault]:
    """Subnets and security groups belong to a VPC."""
    if vpc is not None:
        return
    for name, value in (("vpc_subnets", vpc_subnets), ("security_groups", security_groups)):
        if value is not None:
            yield OptionFault(name, "must come with vpc", value)


def _subnets_rule(vpc: Any, vpc_subnets: Any) -> Iterator[OptionFault]:
    """Subnets that there are."""
    if vpc is not None:
        yield from subnet_faults("vpc_subnets", vpc, vpc_subnets, public=False)


def _other_vpc_rule(
    vpc: Any, vpc_subnets: Any, security_groups: Any, former: Mapping[str, Any]
) -> Iterator[OptionFault]:
    """What belongs to a VPC set before is not dropped without a word."""
    if vpc is None or not former or former["vpc"] is vpc:
        return
    given = {"vpc_subnets": vpc_subnets, "security_groups": security_groups}
    for name, value in given.items():
        if value is None and former[name] is not None:
            rule = "must be given again with another vpc, as the former ones belong to the former"
            yield OptionFault(name, rule, None)


def _concurrency_rule(reserved_concurrent_executions: int | None) -> Iterator[OptionFault]:
    """Enough for the function to run at all."""
    if reserved_concurrent_executions is not None and reserved_concurrent_executions < 1:
        name = "reserved_concurrent_executions"
        yield OptionFault(name, "must be 1 or more", reserved_concurrent_executions)


def _late_rule(scope: Construct) -> Iterator[OptionFault]:
    """No stack has its function yet."""
    for stack in list(_IN_USE):
        if scope in stack.node.scopes:
            rule = "must be called before the first construct of this library is made"
            fix = "call it right after the app or the stack"
            yield OptionFault("configure", rule, f"one in {stack.node.path}", fix)
            return


class AutoMLSettings(Configured):
    """Settings of the Lambda function and the state machine that the constructs of a stack share.

    They hold for every stack at or below a scope: an app, a Stage, a stack, or a construct around
    nested stacks. Where several scopes set an option, the innermost one wins. Call ``configure``
    before the first construct of this library is made there.

    Example:
        >>> from aws_cdk import aws_logs as logs
        >>> app = cdk.App()
        >>> AutoMLSettings.of(app).configure(log_retention=logs.RetentionDays.ONE_YEAR)
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._options: dict[str, Any] = {}

    @classmethod
    @checked()
    def of(cls, scope: Construct) -> Self:
        """Return the settings of a scope.

        Raises:
            OptionsError: If ``scope`` is no construct.
        """
        found = _BY_SCOPE.get(scope)
        if found is None:
            found = _BY_SCOPE[scope] = cls(scope)
        assert isinstance(found, cls)
        return found

    @checked(
        _network_rule,
        _subnets_rule,
        _other_vpc_rule,
        _concurrency_rule,
        _late_rule,
        context=lambda self: {"scope": self._scope, "former": self._options.get("network", {})},
    )
    def configure(
        self,
        *,
        log_encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        reserved_concurrent_executions: int | None = None,
    ) -> None:
        """Set options; those left out stay as they are.

        Args:
            log_encryption_key: Key of both log groups. Its policy is extended so that CloudWatch
                Logs may use it; the policy of an imported key must say so already. Default:
                CloudWatch's own key.
            log_retention: How long both log groups keep their events. Default: 6 months.
            vpc: VPC that the function runs in; the function is granted its network interfaces. It
                must reach SageMaker, Step Functions, CloudFormation, S3 and the S3 buckets that
                CloudFormation takes responses with, by NAT or by VPC endpoints. Default: none.
            vpc_subnets: Which subnets, as for ``lambda_.Function``. Default: the private ones.
            security_groups: Default: a new one that allows all outbound traffic.
            reserved_concurrent_executions: Concurrency reserved for the function of each stack;
                1 or more. Requests beyond it are retried. Default: none is reserved.

        Raises:
            OptionsError: With every invalid option, or if a stack below has its function already.
        """
        given = {
            "log_encryption_key": log_encryption_key,
            "log_retention": log_retention,
            "reserved_concurrent_executions": reserved_concurrent_executions,
        }
        self._options |= {name: value for name, value in given.items() if value is not None}
        if vpc is not None:
            groups = None if security_groups is None else list(security_groups)
            network = {"vpc": vpc, "vpc_subnets": vpc_subnets, "security_groups": groups}
            kept = {name: value for name, value in network.items() if value is not None}
            unset = dict.fromkeys(network)
            self._options["network"] = unset | self._options.get("network", {}) | kept

    @property
    def options(self) -> Mapping[str, Any]:
        """What has been set for this scope itself."""
        return self._options

    def _to_show(self) -> tuple[object, Mapping[str, Any]]:
        """Return what was set, by the names that ``configure`` has for it."""
        network = self._options.get("network", {})
        return self._scope, {**self._options, "network": None, **network}


class ProviderSettings:
    """What holds for the provider of one stack.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        _IN_USE[stack] = None
        self._options: dict[str, Any] = {}
        if len(_BY_SCOPE):
            for scope in stack.node.scopes:
                settings = _BY_SCOPE.get(scope)
                self._options |= {} if settings is None else settings.options

    @property
    def in_vpc(self) -> bool:
        """Whether the function runs in a VPC."""
        return "network" in self._options

    def function_options(self) -> dict[str, Any]:
        """Return options of ``lambda_.Function``."""
        concurrency = self._options.get("reserved_concurrent_executions")
        return {
            "reserved_concurrent_executions": concurrency,
            **self._options.get("network", {}),
        }

    def log_group(self, scope: Construct, id: str) -> logs.LogGroup:
        """Make a log group."""
        key = self._options.get("log_encryption_key")
        if key is not None:
            _let_logs_use(key)
        return logs.LogGroup(
            scope,
            id,
            retention=self._options.get("log_retention", logs.RetentionDays.SIX_MONTHS),
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )


def _let_logs_use(key: kms.IKey) -> None:
    """Let CloudWatch Logs use a key for log groups of this account, if the key's policy is ours.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    place = f"{region()}:{account()}"
    of_this_account = f"arn:{partition()}:logs:{place}:log-group:*"
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AutoMLV2Logs",
            principals=[iam.ServicePrincipal(f"logs.{region()}.amazonaws.com")],
            actions=[
                "kms:Decrypt*",
                "kms:Describe*",
                "kms:Encrypt*",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": of_this_account}},
        )
    )
