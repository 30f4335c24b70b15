"""Names of stacks and jobs for the shell's completion; silent, and done in half a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from cdk_automlv2.cli import aws
from cdk_automlv2.cli.aws import Client

_SECONDS: Final = 0.5
_MOST: Final = 100
_CHOICES: Final = ("profile", "region", "local")


class _Name(click.ParamType):  # type: ignore[type-arg]
    """A stack, a construct of one, a job or an endpoint."""

    name = "name"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin so; none if they are not there in time."""
        found: list[str] = []
        worker = threading.Thread(target=_find, args=(ctx, incomplete, found), daemon=True)
        worker.start()
        worker.join(_SECONDS)
        return [CompletionItem(name) for name in sorted(set(found)) if name.startswith(incomplete)]


NAME: Final = _Name()


def _find(ctx: click.Context, incomplete: str, found: list[str]) -> None:
    """Add the names as they come; whatever goes wrong, there are none."""
    try:
        chosen: dict[str, Any] = {name: ctx.params.get(name) for name in _CHOICES}
        client: Client = (ctx.find_root().obj or aws.client)(**chosen)
        for name in _names(client, incomplete):
            found.append(name)
            if len(found) >= _MOST:
                return
    except BaseException:
        return


def _names(client: Client, incomplete: str) -> Iterator[str]:
    if "/" in incomplete:
        yield from _of_stack(client, incomplete.partition("/")[0])
        return
    for page in (
        client("cloudformation")
        .get_paginator("list_stacks")
        .paginate(StackStatusFilter=_standing())
    ):
        for stack in page["StackSummaries"]:
            if "ParentId" not in stack:
                yield stack["StackName"]
    request: dict[str, Any] = {"NameContains": incomplete} if incomplete else {}
    for job in client("sagemaker").list_auto_ml_jobs(**request)["AutoMLJobSummaries"]:
        yield job["AutoMLJobName"]


def _of_stack(client: Client, stack: str) -> Iterator[str]:
    from cdk_automlv2.cli import constructs

    for item in constructs.of_stack(client, stack):
        if item.kind in constructs.SHOWN:
            yield item.name


def _standing() -> list[str]:
    """Return the statuses of stacks that exist."""
    done = [f"{verb}_COMPLETE" for verb in ("CREATE", "UPDATE", "ROLLBACK", "UPDATE_ROLLBACK")]
    failed = ["CREATE_FAILED", "UPDATE_FAILED", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED"]
    running = [f"{verb}_IN_PROGRESS" for verb in ("CREATE", "UPDATE", "UPDATE_ROLLBACK")]
    return [*done, *failed, *running, "DELETE_FAILED", "IMPORT_COMPLETE"]
