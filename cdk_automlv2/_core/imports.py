"""What exists already, by its name or its ARN: checks, and the one from the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core import service_model
from cdk_automlv2._core.options import Rule, taking
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault

_ARN = re.compile(r"arn:aws[a-z-]*:sagemaker:(?P<region>[^:]*):(?P<account>[^:]*):(?P<rest>.+)")


def name_rules(option: str, operation: str, path: str, by_arn: str) -> tuple[Rule, ...]:
    """Return the rule of a name: not empty, no ARN, and what the API takes.

    Args:
        option: The option.
        operation: The operation of the API that takes such a name.
        path: Its place in the input of that operation.
        by_arn: What to use with an ARN.
    """

    def rule(**values: Any) -> Iterator[OptionFault]:
        name = values[option]
        if name is None:
            return
        if not name:
            yield OptionFault(option, "must not be empty", name)
        elif name.startswith("arn:"):
            yield OptionFault(option, "must be a name", name, f"use {by_arn}")
        else:
            yield from service_model.problems(option, name, service_model.shape_at(operation, path))

    return (taking(rule, [option]),)


def arn_rules(option: str, resource: str, by_name: str) -> tuple[Rule, ...]:
    """Return the rule of an ARN: of that kind, of this account and Region.

    Args:
        option: The option.
        resource: What stands before the name, such as ``endpoint``.
        by_name: What to use with a name.
    """

    def rule(**values: Any) -> Iterator[OptionFault]:
        arn = values[option]
        if arn is None:
            return
        found = _ARN.fullmatch(arn)
        kind, _, name = found["rest"].partition("/") if found else ("", "", "")
        if found is None or kind != resource or not name or "/" in name:
            example = f"arn:aws:sagemaker:REGION:ACCOUNT:{resource}/NAME"
            fix = None if ":" in arn else f"use {by_name}"
            yield OptionFault(option, f"must be an ARN such as {example}", arn, fix)
            return
        stack = cdk.Stack.of(values["scope"])
        for what, own in (("region", stack.region), ("account", stack.account)):
            if found[what] != own and not is_token(own):
                rule = f"must be of this stack's {what}, {own}"
                fix = f"SageMaker uses nothing of another {what}: import it in a stack of its own"
                yield OptionFault(option, rule, arn, fix)

    return (taking(rule, [option, "scope"]),)


def one_of_rules(name: str, arn: str) -> tuple[Rule, ...]:
    """Return the rule that one of two options is given."""

    def rule(**values: Any) -> Iterator[OptionFault]:
        if (values[name] is None) == (values[arn] is None):
            given = "neither" if values[name] is None else "both"
            yield OptionFault(name, f"must be given, or {arn}, and not both", given)

    return (taking(rule, [name, arn]),)


def name_of(scope: Construct, name: str | None, arn: str | None) -> str:
    """Return the name that was given, or the one in the ARN."""
    if name is not None:
        return name
    assert arn is not None
    if not is_token(arn):
        return arn.rpartition("/")[2]
    parts = cdk.Stack.of(scope).split_arn(arn, cdk.ArnFormat.SLASH_RESOURCE_NAME)
    assert parts.resource_name is not None
    return parts.resource_name


def arn_of(scope: Construct, resource: str, name: str | None, arn: str | None) -> str:
    """Return the ARN that was given, or that of the name in this account and Region.

    SageMaker writes names in ARNs in lower case.
    """
    if arn is not None:
        return arn
    assert name is not None
    lowered = name if is_token(name) else name.lower()
    return cdk.Stack.of(scope).format_arn(
        service="sagemaker", resource=resource, resource_name=lowered
    )
