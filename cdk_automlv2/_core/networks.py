"""Which subnets of a VPC a selection stands for, and what is wrong with it where it is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_automlv2.errors import OptionFault

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2


def chosen(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> ec2.SelectedSubnets:
    """Return the subnets that a selection stands for.

    Raises:
        RuntimeError: By the CDK, if it stands for none.
    """
    from aws_cdk import aws_ec2 as ec2

    wanted = selection or ec2.SubnetSelection()
    return vpc.select_subnets(
        availability_zones=wanted.availability_zones,
        one_per_az=wanted.one_per_az,
        subnet_filters=wanted.subnet_filters,
        subnet_group_name=wanted.subnet_group_name,
        subnets=wanted.subnets,
        subnet_type=wanted.subnet_type,
    )


def subnet_faults(
    path: str, vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, *, public: bool = True
) -> Iterator[OptionFault]:
    """Yield what the CDK would say in its own words, and a selection of no subnet at all.

    Args:
        path: The option.
        vpc: The VPC.
        selection: Which of its subnets.
        public: Whether they may be public.
    """
    try:
        found = chosen(vpc, selection)
    except RuntimeError as error:
        words = str(error).strip().splitlines()[0].partition(": ")[2]
        yield OptionFault(path, "must choose subnets that the VPC has", _shown(selection), words)
        return
    if not found.is_pending_lookup and not found.subnet_ids:
        yield OptionFault(path, "must choose one subnet at least", _shown(selection))
    elif found.has_public and not public:
        rule = "must not be public, as a function has no address by which it reaches AWS there"
        yield OptionFault(path, rule, _shown(selection))


def _shown(selection: ec2.SubnetSelection | None) -> str:
    """Return what is chosen by, in words."""
    by = "availability_zones", "subnet_group_name", "subnet_type", "subnet_filters", "subnets"
    given = {name: getattr(selection, name, None) for name in by}
    said = [f"{name}={value}" for name, value in given.items() if value is not None]
    return ", ".join(said) or "the default"
