"""``connections``: whom containers in a VPC may reach, as everywhere in the CDK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError

_GROUPS = "SecurityGroupIds"
OUTSIDE_VPC = ("vpc_config", "must be given where connections is used")
"""The option that is missing where there are no connections, and what it must be."""


class Connected:
    """What has containers that may be in a VPC: an ``ec2.IConnectable``.

    It comes before the CDK's class among the bases.
    """

    _called = ""
    """Name of the class in errors."""

    _outside_vpc = OUTSIDE_VPC

    _connections: ec2.Connections | None = None

    @property
    def connections(self) -> ec2.Connections:
        """Ways to and from the containers, such as ``connections.allow_to(database)``.

        Raises:
            OptionsError: If they are not in a VPC, or it is not known in which security groups.
        """
        if self._connections is None:
            groups = list(dict.fromkeys(self._security_groups()))
            if not groups:
                raise self._fault(*self._outside_vpc, None)
            self._connections = ec2.Connections(security_groups=groups)
        return self._connections

    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        """Return the security groups of the containers; none outside a VPC."""
        return ()

    def _fault(self, option: str, rule: str, value: object) -> OptionsError:
        node_id = self.node.id  # type: ignore[attr-defined]
        return OptionsError(f"{self._called} {node_id!r}", (OptionFault(option, rule, value),))


def connections_of(connectable: object) -> Sequence[ec2.ISecurityGroup]:
    """Return the security groups of an object that may be an ``ec2.IConnectable``."""
    connections = getattr(connectable, "connections", None)
    return () if connections is None else connections.security_groups


class Network:
    """The VPC of a construct's containers.

    Args:
        scope: The construct.
        request: The API's ``VpcConfig``.
        groups: Security groups that are constructs. Default: those that the request names.
        made: The one among them that was made for the construct.
    """

    def __init__(
        self,
        scope: Construct,
        request: Any,
        groups: Sequence[ec2.ISecurityGroup] = (),
        made: ec2.SecurityGroup | None = None,
    ) -> None:
        self.request = request
        self._scope = scope
        self._groups = list(groups)
        self._made = made
        self._user: cdk.CfnResource | None = None

    def apply_before(self, resource: cdk.CfnResource) -> None:
        """Let a resource come after what its security groups allow, and go before it."""
        self._user = resource
        for group in self._groups:
            self._let_wait(group)

    def retain(self, policy: cdk.RemovalPolicy) -> None:
        """Keep a security group that was made here, with what it allows by then."""
        for construct in () if self._made is None else self._made.node.find_all():
            if isinstance(construct, cdk.CfnResource):
                construct.apply_removal_policy(policy)

    def groups(self) -> Sequence[ec2.ISecurityGroup]:
        """Return the security groups; those named by ids are imported when they are asked for.

        Raises:
            ValueError: If the template does not tell which there are.
        """
        if not self._groups:
            self._groups = self._imported()
        return self._groups

    def _imported(self) -> list[ec2.ISecurityGroup]:
        ids = None if is_token(self.request) else self.request[_GROUPS]
        if ids is None or cdk.Token.is_unresolved(ids):
            raise ValueError(_GROUPS)
        imported = [
            ec2.SecurityGroup.from_security_group_id(self._scope, f"SecurityGroup{number}", id_)
            for number, id_ in enumerate(ids, start=1)
        ]
        for group in imported:
            self._let_wait(group)
        return imported

    def _let_wait(self, group: ec2.ISecurityGroup) -> None:
        if self._user is not None and cdk.Stack.of(group) is cdk.Stack.of(self._scope):
            self._user.node.add_dependency(group)


class InNetwork(Connected):
    """What is put into a VPC by an option of its own."""

    _network: Network | None = None

    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        if self._network is None:
            return ()
        try:
            return self._network.groups()
        except ValueError:
            rule = "must be known at synth where connections is used"
            raise self._fault("vpc_config", rule, "a token") from None


class ImportedConnected(Connected):
    """What exists already, and whose security groups may be known."""

    _outside_vpc = ("security_groups", "must be given where connections is used")
    _given_groups: Sequence[ec2.ISecurityGroup] = ()

    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        return self._given_groups
