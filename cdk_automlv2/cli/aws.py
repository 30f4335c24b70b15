"""Which AWS a command talks to: the account that boto3 finds, or the local cloud if asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Client = Callable[[str], Any]
"""Returns the boto3 client of a service, by name."""

Command = TypeVar("Command", bound=Callable[..., Any])
_LOCAL_FOLDER = Path(".automlv2")


def options(command: Command) -> Command:
    """Add the options that say which AWS is meant; the command gets ``client``."""
    from functools import wraps

    @wraps(command)
    def with_client(*args: Any, **given: Any) -> Any:
        chosen = {name: given.pop(name) for name in ("profile", "region", "local")}
        factory = click.get_current_context().obj or client
        return command(*args, client=factory(**chosen), **given)

    for option in (
        click.option("--local", is_flag=True, help="Talk to the local cloud of this folder."),
        click.option("--region", help="Region. Default: as boto3 finds it."),
        click.option("--profile", help="Profile of the AWS configuration."),
    ):
        with_client = option(with_client)
    return with_client  # type: ignore[return-value]


def client(profile: str | None, region: str | None, local: bool) -> Client:
    """Return what makes clients.

    Raises:
        UsageError: If the local cloud and a profile are asked for at once.
        ClickException: If there are no credentials, or no local cloud.
    """
    if local:
        if profile or region:
            raise click.UsageError("--local goes without --profile and --region")
        return _of_local_cloud()
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.Session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        raise click.ClickException(str(error)) from error
    if session.region_name is None:
        words = "no Region is known; give --region, set AWS_REGION, or ask --local"
        raise click.ClickException(words)
    made: Client = session.client
    return made


def _of_local_cloud() -> Client:
    try:
        from cdk_automlv2.local import LocalCloud, LocalCloudError
    except ModuleNotFoundError as error:
        words = f"--local needs {error.name}; pip install 'cdk-automlv2[local]'"
        raise click.ClickException(words) from error
    try:
        return LocalCloud.attach(_LOCAL_FOLDER).client
    except LocalCloudError as error:
        raise click.ClickException(str(error)) from error
