"""Waits longer than CloudFormation's hour: a chain of resources that each wait a part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.conditions import Conditions
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2._core.wait_times import LONG_CHAIN, STACK_LIMIT

_ANSWER_SECONDS = 4 * 60


def chain(
    provider: AutoMLProvider,
    scope: Construct,
    waits: list[int],
    timeout_seconds: int,
    target: Mapping[str, Any],
    follows: cdk.CfnResource | None = None,
) -> cdk.CfnResource:
    """Make the links and return the last, whose attributes exist once the wait is over.

    Args:
        provider: Makes the links.
        scope: Parent; the links are its children ``Wait1``, ``Wait2``, …
        waits: Seconds of each link.
        timeout_seconds: The whole wait, for the message of the last link.
        target: What is waited for: ``Target`` and the properties that name it.
        follows: The resource waited for, if it is of this stack.
    """
    previous: cdk.CfnResource | None = None
    for number, seconds in enumerate(waits, start=1):
        previous = provider.resource(
            scope,
            f"Wait{number}",
            "AutoMLWait",
            follows=follows,
            **target,
            After=previous.ref if previous is not None else None,
            LinkSeconds=seconds,
            TimeoutSeconds=timeout_seconds,
            Last=number == len(waits),
            ServiceTimeout=min(seconds + _ANSWER_SECONDS, 3600),
        )
        for value in filter(is_token, target.values() if follows is None else ()):
            Conditions.of(provider.stack).follow_text(previous, str(value))
    assert previous is not None
    return previous


def warn_if_long(scope: Construct, what: str, count: int) -> None:
    """Say what a long wait costs in resources of the stack.

    Args:
        scope: Whose wait it is.
        what: It, in words.
        count: Resources that wait.
    """
    if count > LONG_CHAIN:
        cdk.Annotations.of(scope).add_warning_v2(
            "cdk-automlv2:long-wait",
            f"{what} waits in {count} resources of the {STACK_LIMIT} that a stack may have; "
            "lower timeout, or max_total_job_runtime_in_seconds",
        )
