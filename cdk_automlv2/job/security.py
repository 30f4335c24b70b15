"""The VPC of a job or a model: constructs, or the API's own form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdk_automlv2._core import service_model
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.networks import chosen, subnet_faults
from cdk_automlv2._core.options import field_faults
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError, raise_if_any

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from constructs import Construct

    from cdk_automlv2._core.connections import Network

MOST_SECURITY_GROUPS = 5
MOST_SUBNETS = 16


@shown
@dataclass(frozen=True)
class VpcConfig:
    """Where the containers of a job or model live.

    Attributes:
        vpc: The VPC.
        subnets: Which of its subnets; 16 at most. Default: the private ones, and where there are
            none the isolated, then the public ones, as everywhere in the CDK.
        security_groups: 1 to 5. Default: a new one that allows all outbound and intra-group
            traffic.

    Raises:
        OptionsError: If one of them is no construct of the CDK.

    Example:
        >>> from aws_cdk import aws_ec2 as ec2
        >>> network = VpcConfig(ec2.Vpc(stack, "Vpc"))
    """

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection | None = None
    security_groups: Sequence[ec2.ISecurityGroup] | None = None

    def __post_init__(self) -> None:
        raise_if_any("VpcConfig", field_faults(self, lambda name, value: ()))

    def bind(self, scope: Construct, id: str) -> Network:
        """Return the network of a construct; makes a security group where none is given.

        Raises:
            OptionsError: If there are more subnets than the API takes.
        """
        import aws_cdk as cdk
        from aws_cdk import aws_ec2 as ec2

        from cdk_automlv2._core.connections import Network
        from cdk_automlv2._core.nag import Acknowledgements
        from cdk_automlv2._core.nag_reasons import CONTAINERS

        groups: list[ec2.ISecurityGroup] = list(self.security_groups or [])
        made = None
        if not groups:
            group = made = ec2.SecurityGroup(scope, id, vpc=self.vpc)
            # Not allow_internally, which warns that egress is allowed already.
            group.add_ingress_rule(group, ec2.Port.all_traffic(), "containers among themselves")
            among_themselves = group.node.children[-1]
            Acknowledgements.of(cdk.Stack.of(scope)).add(among_themselves, CONTAINERS)
            groups.append(group)
        subnets = list(chosen(self.vpc, self.subnets).subnet_ids)
        if not is_token(subnets) and len(subnets) > MOST_SUBNETS:
            fix = "choose some by vpc_config.subnets"
            rule = f"must have {MOST_SUBNETS} or fewer"
            fault = OptionFault("vpc_config.subnets", rule, len(subnets), fix)
            raise OptionsError(scope.node.path, (fault,))
        raise_if_any(scope.node.path, _twice("vpc_config.subnets", subnets))
        request = {
            "SecurityGroupIds": [group.security_group_id for group in groups],
            "Subnets": subnets,
        }
        return Network(scope, request, groups, made)


def vpc_problems(vpc_config: VpcConfig | dict[str, list[str]] | None) -> Iterator[OptionFault]:
    """Yield what is wrong with the API's form, or with the number of constructs in the other."""
    if isinstance(vpc_config, VpcConfig):
        groups = list(vpc_config.security_groups or [])
        if len(groups) > MOST_SECURITY_GROUPS:
            rule = f"must have {MOST_SECURITY_GROUPS} or fewer"
            yield OptionFault("vpc_config.security_groups", rule, len(groups))
        yield from subnet_faults("vpc_config.subnets", vpc_config.vpc, vpc_config.subnets)
        ids = [group.security_group_id for group in groups]
        yield from _twice("vpc_config.security_groups", ids)
        return
    shape = service_model.shape_at("CreateModel", "VpcConfig")
    yield from service_model.problems("vpc_config", vpc_config, shape)
    for name, ids in (vpc_config or {}).items():
        if isinstance(ids, list | tuple):
            yield from _twice(f"vpc_config.{name}", ids)


def _twice(path: str, ids: Sequence[str]) -> Iterator[OptionFault]:
    for index, item in enumerate(ids):
        if item in ids[:index]:
            yield OptionFault(f"{path}[{index}]", "must not be there twice", item)


def bind_vpc(
    scope: Construct, vpc_config: VpcConfig | dict[str, list[str]] | None
) -> Network | None:
    """Return the network that either stands for."""
    from cdk_automlv2._core.connections import Network

    if vpc_config is None:
        return None
    if isinstance(vpc_config, VpcConfig):
        return vpc_config.bind(scope, "SecurityGroup")
    if is_token(vpc_config):
        return Network(scope, vpc_config)
    # A tuple is a list here, but not for jsii.
    listed = {name: list(v) if isinstance(v, tuple) else v for name, v in vpc_config.items()}
    return Network(scope, listed)
