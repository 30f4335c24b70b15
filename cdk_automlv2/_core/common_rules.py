"""Rules of options that several constructs have; each is named after the options it judges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2._core.key_forms import key_faults
from cdk_automlv2._core.tag_rules import tag_problems
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2._core.wait_times import LONGEST_DAYS, LONGEST_SECONDS, STACK_LIMIT
from cdk_automlv2.errors import OptionFault

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d+:role/[\w+=,.@/-]+")
REMOVAL_POLICIES = ("DESTROY", "RETAIN", "RETAIN_ON_UPDATE_OR_DELETE")
"""Names of those that a custom resource can have."""
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")


def role_rule(role: Any) -> Iterator[OptionFault]:
    """An ARN or a name where the role is given as text."""
    if isinstance(role, str) and not (_ROLE_ARN.fullmatch(role) or _ROLE_NAME.fullmatch(role)):
        yield OptionFault("role", "must be an iam.IRole, the ARN of a role, or its name", role)


def output_kms_key_rule(output_kms_key: Any) -> Iterator[OptionFault]:
    """A key, by construct, ARN, id or alias."""
    yield from key_faults("output_kms_key", output_kms_key)


def volume_kms_key_rule(volume_kms_key: Any) -> Iterator[OptionFault]:
    """A key, by construct, ARN, id or alias."""
    yield from key_faults("volume_kms_key", volume_kms_key)


def kms_key_rule(kms_key: Any) -> Iterator[OptionFault]:
    """A key, by construct, ARN, id or alias."""
    yield from key_faults("kms_key", kms_key)


def tags_rule(tags: Any) -> Iterator[OptionFault]:
    """Tags as AWS takes them, none twice, few enough."""
    if isinstance(tags, Mapping) and set(tags) == {"Key", "Value"}:
        rule = "must be a dict of names and values, or a list of such tags"
        yield OptionFault("tags", rule, tags, f"write [{dict(tags)!r}]")
        return
    yield from tag_problems(tags)
    keys = [tag.get("Key") for tag in tags or []] if isinstance(tags, list) else []
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield OptionFault("tags", "must have each key once", key)


def timeout_rule(timeout: Any) -> Iterator[OptionFault]:
    """A time that is known at synth, as the number of wait resources depends on it."""
    if timeout is None:
        return
    if timeout.is_unresolved():
        yield OptionFault("timeout", "must be known at synth", "a token")
    elif timeout.to_milliseconds() < _SHORTEST_TIMEOUT_MS:
        yield OptionFault("timeout", "must be 1 minute or more", timeout.to_human_string())
    elif timeout.to_milliseconds() % 1000:
        yield OptionFault("timeout", "must be whole seconds", f"{timeout.to_milliseconds():g} ms")


def longest_timeout_rule(timeout: Any) -> Iterator[OptionFault]:
    """A wait that the resources of one stack suffice for."""
    if timeout is None or timeout.is_unresolved():
        return
    if timeout.to_milliseconds() > LONGEST_SECONDS * 1000:
        yield too_long(timeout.to_human_string(), "wait less")


def longest_wait_rule(timeout: Any, wait: bool) -> Iterator[OptionFault]:
    """The same where the deployment may do without waiting."""
    if wait:
        for fault in longest_timeout_rule(timeout):
            yield too_long(fault.got, "wait less, or not at all with wait=False")


def too_long(got: object, fix: str) -> OptionFault:
    """Return the fault of a wait that no stack could hold."""
    rule = f"must be {LONGEST_DAYS} days or less, as a stack has {STACK_LIMIT} resources"
    return OptionFault("timeout", rule, got, fix)


_SHORTEST_TIMEOUT_MS = 60_000


def removal_policy_rule(removal_policy: Any) -> Iterator[OptionFault]:
    """A policy that a custom resource can have."""
    if removal_policy is None:
        return
    from aws_cdk import RemovalPolicy

    if not isinstance(removal_policy, RemovalPolicy):
        yield OptionFault("removal_policy", "must be a cdk.RemovalPolicy", removal_policy)
    elif removal_policy.name not in REMOVAL_POLICIES:
        names = ", ".join(REMOVAL_POLICIES)
        yield OptionFault("removal_policy", f"must be one of {names}", removal_policy.name)


def vpc_config_rule(vpc_config: Any) -> Iterator[OptionFault]:
    """Ids of subnets where subnets belong, and of security groups where those do."""
    if not isinstance(vpc_config, Mapping):
        return
    for member, prefix, other in (
        ("Subnets", "subnet-", "sg-"),
        ("SecurityGroupIds", "sg-", "subnet-"),
    ):
        listed = vpc_config.get(member)
        for index, value in enumerate(listed if isinstance(listed, list) else []):
            if not isinstance(value, str) or is_token(value):
                continue
            if value.startswith(other) or "-" not in value:
                path = f"vpc_config.{member}[{index}]"
                yield OptionFault(path, f"must be an id such as {prefix}0123", value)
