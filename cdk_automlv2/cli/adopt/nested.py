"""Which stacks cannot take over: the tags say a stack by its name, and AWS makes up nested ones."""

from __future__ import annotations

import re

from botocore.exceptions import ClientError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import again

_NONE = "ValidationError"
_MADE_UP = re.compile(r".+-[A-Za-z0-9]+-[A-Za-z0-9]{12,13}")
"""What CloudFormation calls a nested stack: parent, logical id, and characters by chance."""


def refuse_nested(client: Client, stack: str) -> None:
    """Refuse a stack that is nested in another; one that is not there yet may come.

    CloudFormation is asked of names that are like those of nested stacks alone.

    Raises:
        Failure: If it is; says in which.
    """
    if not _MADE_UP.fullmatch(stack):
        return
    try:
        [found] = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == _NONE:
            return
        raise
    parent = found.get("RootId") or found.get("ParentId")
    if parent:
        name = parent.split("/")[1]
        words = f"stack {stack} is nested in {name}: AWS made up its name, and may make up another"
        raise Failure(words, (again(stack, name), "with the construct there"))
