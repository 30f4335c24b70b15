"""What a name on the command line stands for: a construct of a stack, or a job or an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli import constructs, stopped
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, JOB, RELEASE, Construct, NoStack, nearest
from cdk_automlv2.cli.failures import Failure, is_missing
from cdk_automlv2.cli.following import again, run

_WORDS: Final[Mapping[str, str]] = {JOB: "job", ENDPOINT: "endpoint"}
_OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    JOB: ("describe_auto_ml_job_v2", "AutoMLJobName"),
    ENDPOINT: ("describe_endpoint", "EndpointName"),
}


@dataclass(frozen=True)
class Target:
    """A job or an endpoint.

    Attributes:
        kind: ``AutoMLJobV2`` or ``AutoMLEndpoint``.
        name: As SageMaker has it.
        described: What SageMaker says of it.
        construct: Where it is declared, if it was found by that.
    """

    kind: str
    name: str
    described: Mapping[str, Any]
    construct: Construct | None = None


def job(client: Client, name: str) -> Target:
    """Return the job that a name stands for.

    Raises:
        Failure: If there is none, or more than one; says which there are.
    """
    return one(client, name, (JOB,))


def endpoint(client: Client, name: str) -> Target:
    """Return the endpoint that a name stands for.

    Raises:
        Failure: If there is none, or more than one; says which there are.
    """
    return one(client, name, (ENDPOINT,))


def one(client: Client, name: str, kinds: Sequence[str]) -> Target:
    """Return what a name stands for, of the kinds that there are.

    Raises:
        Failure: If there is none, or more than one; says which there are.
    """
    if "/" not in name:
        for kind in kinds:
            if (described := describe(client, kind, name)) is not None:
                return Target(kind, name, described)
    return _of_stack(client, name, kinds)


def describe(client: Client, kind: str, name: str) -> Mapping[str, Any] | None:
    """Return what SageMaker says of a job or an endpoint; nothing if it is not there."""
    operation, member = _OPERATIONS[kind]
    try:
        found: Mapping[str, Any] = getattr(client("sagemaker"), operation)(**{member: name})
    except ClientError as error:
        if is_missing(error):
            return None
        if error.response.get("Error", {}).get("Code") == "ValidationException":
            return None  # No name of this kind can look so: it may be a stack's.
        raise
    return found


def described(client: Client, construct: Construct) -> Mapping[str, Any] | None:
    """Return what is to be said of what a construct has made; nothing if it is not there.

    An endpoint that is missing on purpose is there, with a status of its own.
    """
    found = describe(client, construct.kind, construct.physical_id)
    return found if found is not None else stopped.description(client, construct)


def _of_stack(client: Client, name: str, kinds: Sequence[str]) -> Target:
    stack, _, wanted = name.partition("/")
    words = " or ".join(_WORDS[kind] for kind in kinds)
    try:
        known = constructs.of_stack(client, stack)
    except NoStack as error:
        if "/" in name:
            raise
        raise NoStack(name, error.near, f"no {words} and no stack named") from error
    found = constructs.meant(known, wanted, (*kinds, RELEASE))
    if len(found) != 1:
        raise not_one(name, words, found, constructs.meant(known, "", (*kinds, RELEASE)))
    return _described(client, found[0], kinds)


def not_one(
    name: str, words: str, found: Sequence[Construct], there: Sequence[Construct]
) -> Failure:
    """Return the fault of a name that stands for none, or for more than one.

    Args:
        name: As it was typed.
        words: What was looked for.
        found: What it stands for.
        there: What there is.
    """
    if found:
        message = f"{name} stands for {len(found)} of them: {constructs.listed(found)}"
        return Failure(message, again(name, found[0].name))
    if there:
        message = f"there is no {words} {name}; there are {constructs.listed(there)}"
        return Failure(message, again(name, nearest(name, there)))
    stack = name.partition("/")[0]
    return Failure(f"stack {stack} has no {words}", run("describe", stack), run("describe"))


def _described(client: Client, construct: Construct, kinds: Sequence[str]) -> Target:
    kind, name = construct.kind, construct.physical_id
    if kind == RELEASE:
        kind = kinds[0]
        name = resources(client, construct).get(kind, "")
    described = describe(client, kind, name) if name else None
    missing = stopped.description(client, construct) if described is None else None
    if missing:
        words = f"{construct.name}: the endpoint is {missing['EndpointStatus'].lower()}"
        raise Failure(f"{words}; its schedule starts it", run("describe", construct.name))
    if described is None:
        words = f"{construct.name} has no {_WORDS[kind]} yet: the resource is {construct.status}"
        raise Failure(words, run("watch", construct.stack))
    return Target(kind, name, described, construct)


def resources(client: Client, construct: Construct) -> dict[str, str]:
    """Return the names of the job and the endpoint that a construct stands for, by kind.

    A release stands for its newest job, and for its endpoint.
    """
    if construct.kind != RELEASE:
        known = construct.kind in _OPERATIONS and construct.physical_id
        return {construct.kind: construct.physical_id} if known else {}
    from cdk_automlv2.cli.releases import find, records

    place = find.one(client, construct.name)
    head = records.head(client, place)
    record = records.release(client, place, head["generation"]) if head else None
    if record is None:
        return {}
    endpoint = str(record["settings"]["properties"]["Endpoint"]["EndpointName"])
    return {**({JOB: str(record["job"])} if record["job"] else {}), ENDPOINT: endpoint}
