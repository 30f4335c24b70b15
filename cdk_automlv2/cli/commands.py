"""The command ``automlv2`` and its groups."""

from __future__ import annotations

import click

from cdk_automlv2.cli.lazy import Lazy, LazyGroup

_GROUPS = {
    "local": Lazy(
        "cdk_automlv2.cli.local",
        "local",
        "Deploy a CDK app on this machine: no account, no Docker.",
        "local",
    ),
}


@click.group(cls=LazyGroup, lazy=_GROUPS)
@click.version_option(package_name="cdk-automlv2", message="%(prog)s %(version)s")
def automlv2() -> None:
    """SageMaker AutoML V2 for the AWS CDK."""
