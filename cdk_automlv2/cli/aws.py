"""Which AWS a command talks to: the account that boto3 finds, or the local cloud if asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from cdk_automlv2.cli import out
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import (
    LOCAL_FOLDER,
    again,
    choose,
    local_choice,
    of_error,
    run,
    tool,
)

Client = Callable[[str], Any]
"""Returns the boto3 client of a service, by name."""

Command = TypeVar("Command", bound=Callable[..., Any])
_ENDPOINT: Final = "AWS_ENDPOINT_URL"
_ELSEWHERE: Final = {"pricing": "us-east-1"}
"""Regions of services that are not in every one."""


def options(command: Command) -> Command:
    """Add the options that say which AWS is meant; the command gets ``client``."""
    from functools import wraps

    @wraps(command)
    def with_client(*args: Any, **given: Any) -> Any:
        chosen = {name: given.pop(name) for name in ("profile", "region", "local")}
        context = click.get_current_context()
        choose(context, **chosen)
        factory = context.obj or client
        return command(*args, client=factory(**chosen), **given)

    for option in (
        click.option("--local", is_flag=True, help="Talk to the local cloud of this folder."),
        click.option("--region", help="Region. Default: as boto3 finds it, else AWS_REGION."),
        click.option("--profile", help="Profile of the AWS configuration."),
    ):
        with_client = option(with_client)
    return with_client  # type: ignore[return-value]


def client(profile: str | None, region: str | None, local: bool) -> Client:
    """Return what makes clients; says where they lead if that is not AWS.

    Raises:
        UsageError: If the local cloud and a profile are asked for at once.
        Failure: If there is no such profile, no Region, or no local cloud.
    """
    if local:
        if profile or region:
            raise click.UsageError("--local goes without --profile and --region")
        return _of_local_cloud()
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        if session.region_name is None:  # The CLIs read this variable, boto3 does not.
            named = os.environ.get("AWS_REGION") or None
            session = boto3.Session(profile_name=profile, region_name=named)
    except BotoCoreError as error:
        raise Failure(str(error), tool("aws", "configure", "list-profiles")) from error
    if session.region_name is None:
        words = "no Region is known: give --region, or set AWS_REGION"
        raise Failure(words, again("", "", "--region", "REGION"), *local_choice())
    if os.environ.get(_ENDPOINT):
        out.hint(f"{_ENDPOINT} is set: talking to {os.environ[_ENDPOINT]}")
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10)

    def made(service: str) -> Any:
        return session.client(service, region_name=_ELSEWHERE.get(service), config=config)

    return made


def _of_local_cloud() -> Client:
    try:
        from cdk_automlv2.local import LocalCloud, LocalCloudError
    except ModuleNotFoundError as error:
        words = f"--local needs {error.name}"
        raise Failure(words, tool("pip", "install", "cdk-automlv2[local]")) from error
    try:
        return LocalCloud.attach(LOCAL_FOLDER).client
    except LocalCloudError as error:
        raise Failure(error.message, of_error(error) or run("local", "status")) from error
