"""Names for the shell's completion; silent, and done in half a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from cdk_automlv2.cli import aws
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, JOB, RELEASE, SHOWN, of_stack, standing

_SECONDS: Final = 0.5
_MOST: Final = 100
_CHOICES: Final = ("profile", "region", "local")

Found = tuple[str, str]
"""A name, and what the shell shows beside it."""


class Name(click.ParamType):  # type: ignore[type-arg]
    """A name of AWS.

    Args:
        name: What it is of, for people.
        stacks: Whether it may be a stack, or a path below one.
        kinds: Of jobs and endpoints that are known by their own names.
        constructs: Kinds of constructs that a path may lead to.
    """

    def __init__(
        self,
        name: str = "name",
        *,
        stacks: bool = True,
        kinds: Sequence[str] = (JOB, ENDPOINT),
        constructs: Sequence[str] = SHOWN,
    ) -> None:
        self.name = name
        self._stacks = stacks
        self._kinds = kinds
        self._constructs = constructs

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin so; none if they are not there in time."""
        return in_time(incomplete, lambda: self._find(client_of(ctx), incomplete))

    def _find(self, client: Client, incomplete: str) -> Iterator[Found]:
        if "/" in incomplete:
            if self._constructs:
                yield from self._below(client, incomplete.partition("/")[0])
            return
        if self._stacks:
            yield from _stacks(client)
        for kind in self._kinds:
            yield from by_name(client, kind, incomplete)

    def _below(self, client: Client, stack: str) -> Iterator[Found]:
        for item in of_stack(client, stack):
            if item.kind in self._constructs:
                yield item.name, item.kind


NAME: Final = Name()
STACK: Final = Name("stack", kinds=(), constructs=())
STACK_OR_JOB: Final = Name("job", kinds=(JOB,), constructs=(JOB, RELEASE))
STACK_OR_ENDPOINT: Final = Name("endpoint", kinds=(ENDPOINT,), constructs=(ENDPOINT, RELEASE))
RELEASES: Final = Name("release", kinds=(), constructs=(RELEASE,))
RELEASE_OR_JOB: Final = Name("release", kinds=(JOB,), constructs=(RELEASE,))
OWN_NAME: Final = Name("name", stacks=False, constructs=())
OWN_JOB: Final = Name("job", stacks=False, kinds=(JOB,), constructs=())


class Number(click.IntRange):
    """The number of a release of the construct that was typed before."""

    def __init__(self) -> None:
        super().__init__(min=1)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the numbers that begin so, each with its state."""
        return in_time(incomplete, lambda: _numbers(client_of(ctx), str(ctx.params["name"])))


class Synthesized(click.ParamType):  # type: ignore[type-arg]
    """A stack of the app that `cdk synth` has written."""

    name = "stack"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the stacks that begin so."""
        from cdk_automlv2.cli.plan.templates import synthesized

        folder = Path(ctx.params.get("folder") or "cdk.out")
        return in_time(incomplete, lambda: ((name, "") for name, _ in synthesized(folder)))


def client_of(context: click.Context) -> Client:
    """Return what makes clients, by the options that were typed before."""
    chosen: dict[str, Any] = {name: context.params.get(name) for name in _CHOICES}
    made: Client = (context.find_root().obj or aws.client)(**chosen)
    return made


def in_time(incomplete: str, find: Callable[[], Iterator[Found]]) -> list[CompletionItem]:
    """Return what is found that begins so; whatever goes wrong or lasts too long is left out."""
    found: list[Found] = []
    worker = threading.Thread(target=_collect, args=(find, found), daemon=True)
    worker.start()
    worker.join(_SECONDS)
    known = {name: words for name, words in list(found) if name.startswith(incomplete)}
    return [CompletionItem(name, help=words or None) for name, words in sorted(known.items())]


def _collect(find: Callable[[], Iterator[Found]], found: list[Found]) -> None:
    try:
        for each in find():
            found.append(each)
            if len(found) >= _MOST:
                return
    except BaseException:
        return


def _stacks(client: Client) -> Iterator[Found]:
    pages = client("cloudformation").get_paginator("list_stacks")
    for page in pages.paginate(StackStatusFilter=standing()):
        for stack in page["StackSummaries"]:
            if "ParentId" not in stack:
                yield stack["StackName"], "stack"


def by_name(client: Client, kind: str, incomplete: str) -> Iterator[Found]:
    """Yield the jobs or endpoints whose names hold a text."""
    request: dict[str, Any] = {"NameContains": incomplete} if incomplete else {}
    sagemaker = client("sagemaker")
    if kind == JOB:
        for job in sagemaker.list_auto_ml_jobs(**request)["AutoMLJobSummaries"]:
            yield job["AutoMLJobName"], "job"
    else:
        for endpoint in sagemaker.list_endpoints(**request)["Endpoints"]:
            yield endpoint["EndpointName"], "endpoint"


def _numbers(client: Client, name: str) -> Iterator[Found]:
    from cdk_automlv2.cli.releases import find, records

    for record in records.releases(client, find.one(client, name)):
        yield str(record["number"]), str(record["state"])
