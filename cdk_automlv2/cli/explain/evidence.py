"""What else is known of a cause: the job or endpoint, the execution, the function's log."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli import log_groups, targets
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, JOB
from cdk_automlv2.cli.explain.events import Cause, Found
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.jobs.logs import words_of

_NAMED: Final = re.compile(r"(AutoML job|endpoint) '([^']+)'")
_BAD_EXECUTIONS: Final = ("FAILED", "TIMED_OUT", "ABORTED")
_AROUND: Final = datetime.timedelta(minutes=65)
_MOST_LINES: Final = 3


@dataclass(frozen=True)
class Evidence:
    """One fact.

    Attributes:
        source: Where it is from: ``job``, ``endpoint``, ``execution``, ``log`` or ``release``.
        name: Of what it is.
        text: What it says.
    """

    source: str
    name: str
    text: str


def of_cause(client: Client, found: Found, cause: Cause) -> list[Evidence]:
    """Return what else is known; what may not be read is left out, and said."""
    collected: list[Evidence] = []
    for look in (_named, _executions, _log):
        try:
            collected += look(client, found, cause)
        except (ClientError, Failure) as error:
            collected.append(Evidence("not read", look.__name__.strip("_"), str(error)))
    return collected


def _named(client: Client, _found: Found, cause: Cause) -> Iterator[Evidence]:
    """Yield what SageMaker says of the job and the endpoint that the reason names."""
    for words, name in dict.fromkeys(_NAMED.findall(cause.reason)):
        kind = JOB if words == "AutoML job" else ENDPOINT
        described = targets.describe(client, kind, name)
        source = "job" if kind == JOB else "endpoint"
        if described is None:
            yield Evidence(source, name, "is not there any more")
            continue
        status = described["AutoMLJobStatus" if kind == JOB else "EndpointStatus"]
        reason = described.get("FailureReason") or ""
        is_new = reason and reason not in cause.reason
        yield Evidence(source, name, f"{status}: {reason}" if is_new else str(status))


def _executions(client: Client, found: Found, cause: Cause) -> Iterator[Evidence]:
    """Yield the failed executions that have waited for the resource."""
    if not cause.kind.startswith("Custom::"):
        return
    states = client("stepfunctions")
    for machine in log_groups.machines(client, cause.stack):
        for status in _BAD_EXECUTIONS:
            listed = states.list_executions(stateMachineArn=machine, statusFilter=status)
            for execution in listed["executions"]:
                if execution["name"].startswith(f"{cause.logical_id}-"):
                    told = states.describe_execution(executionArn=execution["executionArn"])
                    text = f"{status}: {told.get('error') or ''} {told.get('cause') or ''}".strip()
                    yield Evidence("execution", execution["name"], text)


def _log(client: Client, found: Found, cause: Cause) -> Iterator[Evidence]:
    """Yield the last errors that the function has logged of the resource."""
    if not cause.kind.startswith("Custom::"):
        return
    groups = log_groups.provided(client, cause.stack, "AWS::Logs::LogGroup")
    sources = [
        log_groups.Source("function", item["PhysicalResourceId"], wanted=(cause.logical_id,))
        for item in groups
    ]
    lines = log_groups.read(client, sources, cause.at - _AROUND)
    errors = [line for line in lines if (line.fields or {}).get("error")]
    for line in errors[-_MOST_LINES:]:
        yield Evidence("log", line.source.group, words_of(line))
