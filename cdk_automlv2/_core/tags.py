"""Tags of resources that CloudFormation does not tag by itself: ours are custom resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import aws_cdk as cdk

from cdk_automlv2._core import service_model
from cdk_automlv2.errors import OptionFault

Tags = Mapping[str, str] | list[dict[str, str]]
"""``{"team": "ml"}``, or the API's ``[{"Key": "team", "Value": "ml"}]``."""

MOST_TAGS = 45
"""Tags a user may give."""


def tag_list(tags: Tags | None) -> list[dict[str, str]] | None:
    """Return tags in the API's form; ``None`` if there are none."""
    if not tags:
        return None
    if isinstance(tags, Mapping):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    return list(tags)


def tag_problems(tags: Tags | None) -> Iterator[OptionFault]:
    """Yield what is wrong with the tags an option holds."""
    listed = tag_list(tags)
    shape = service_model.shape_at("CreateAutoMLJobV2", "Tags")
    yield from service_model.problems("tags", listed, shape)
    if listed and len(listed) > MOST_TAGS:
        rule = f"must be {MOST_TAGS} or fewer: of AWS's 50 the library needs some itself"
        yield OptionFault("tags", rule, f"{len(listed)} tags")
    for tag in listed or []:
        if str(tag.get("Key", "")).lower().startswith(("aws:", "cdk-automlv2:")):
            yield OptionFault(
                "tags", "must not begin with aws: or cdk-automlv2:, which are reserved", tag["Key"]
            )


class LateTags:
    """A tag manager made when ``Tags.of(…)`` first asks for it, which in most stacks is never.

    Args:
        resource: The custom resource whose ``Tags`` property is written.
        tags: Those given as an option.
    """

    def __init__(self, resource: cdk.CfnResource, tags: Tags | None) -> None:
        self._resource = resource
        self._tags = tag_list(tags)
        self._manager: cdk.TagManager | None = None

    def manager(self) -> cdk.TagManager:
        """Return the tag manager, and from now on take the property from it."""
        if self._manager is None:
            initial: Any = {tag["Key"]: tag["Value"] for tag in self._tags or []}
            kind = self._resource.cfn_resource_type
            self._manager = cdk.TagManager(cdk.TagType.KEY_VALUE, kind, initial)
            self._resource.add_property_override("Tags", self._manager.rendered_tags)
        return self._manager
