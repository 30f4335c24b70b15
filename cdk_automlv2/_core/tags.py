"""Tags of resources that CloudFormation does not tag by itself: ours are custom resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from cdk_automlv2._core.tag_rules import MOST_TAGS, TOO_MANY, Tags, tag_list
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError


class LateTags:
    """Tags of a custom resource: those given, those of ``Tags.of(…)``, those of the stack.

    Its tag manager is made when ``Tags.of(…)`` first asks for it, which in most stacks is never.

    Args:
        resource: The custom resource whose ``Tags`` property is written.
        tags: Those given as an option.
        stack: The stack it is in.
    """

    def __init__(self, resource: cdk.CfnResource, tags: Tags | None, stack: cdk.Stack) -> None:
        self._resource = resource
        self._tags = tag_list(tags)
        self._manager: cdk.TagManager | None = None
        self._merged: list[dict[str, str]] | None = None
        _OF_STACK.setdefault(stack, []).append(self)

    def manager(self) -> cdk.TagManager:
        """Return the tag manager, and from now on take the property from it."""
        if self._manager is None:
            initial: Any = {tag["Key"]: tag["Value"] for tag in self._tags or []}
            kind = self._resource.cfn_resource_type
            self._manager = cdk.TagManager(cdk.TagType.KEY_VALUE, kind, initial)
            self._resource.add_property_override("Tags", self._manager.rendered_tags)
        return self._manager

    def complete(self, of_stack: Mapping[str, str]) -> OptionsError | None:
        """Add the tags of the stack, which CloudFormation gives to its own resources only.

        Returns an error if there are too many by now.
        """
        if self._manager is None and not of_stack:
            return None
        if self._manager is None:
            own = {tag["Key"]: tag["Value"] for tag in self._tags or []}
        else:
            own = dict(self._manager.tag_values())
        merged = {**of_stack, **own}
        if len(merged) > MOST_TAGS:
            rule = f"{TOO_MANY}, with those of Tags.of and of the stack"
            inherited = len(merged) - len(own)
            got = f"{len(merged)} tags"
            got += f", {inherited} of them from its stack" if inherited else ""
            fault = OptionFault("tags", rule, got, "remove some, or exclude this resource")
            return OptionsError(self._resource.node.path.removesuffix("/Resource"), (fault,))
        if merged != own:
            listed = [{"Key": key, "Value": merged[key]} for key in sorted(merged)]
            self._resource.add_property_override("Tags", listed)
            self._merged = listed
        return None

    def final(self) -> Any:
        """Return the property as it is once everything has been declared; ``None`` for no tags."""
        if self._merged is None and self._manager is not None:
            return self._manager.rendered_tags
        return self._merged or self._tags


def complete_tags(stack: cdk.Stack) -> list[OptionsError]:
    """Give every custom resource of a stack the stack's own tags, as far as known at synth.

    Returns an error for each resource that has too many by now.
    """
    tagged = _OF_STACK.get(stack, [])
    of_stack = _literal_tags(stack) if tagged else {}
    errors = (tags.complete(of_stack) for tags in tagged)
    return [error for error in errors if error is not None]


def _literal_tags(stack: cdk.Stack | None) -> dict[str, str]:
    """Return the tags of a stack and of those it is nested in; its own win."""
    if stack is None:
        return {}
    own = {
        key: value
        for key, value in stack.tags.tag_values().items()
        if not is_token(key) and not is_token(value) and not key.startswith("aws:")
    }
    return {**_literal_tags(stack.nested_stack_parent), **own}


_OF_STACK: WeakKeyDictionary[cdk.Stack, list[LateTags]] = WeakKeyDictionary()
