"""Tags as users give them, and what AWS takes of them; without the CDK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2.errors import OptionFault

Tags = Annotated[Mapping[str, str] | list[dict[str, str]], KNOWN_AT_SYNTH]
"""``{"team": "ml"}``, or the API's ``[{"Key": "team", "Value": "ml"}]``."""

MOST_TAGS = 44
"""Tags a user may give."""

TOO_MANY = f"must be {MOST_TAGS} or fewer: of AWS's 50 the library needs some itself"


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
        yield OptionFault("tags", TOO_MANY, f"{len(listed)} tags")
    for tag in listed or []:
        if str(tag.get("Key", "")).lower().startswith(("aws:", "cdk-automlv2:")):
            yield OptionFault(
                "tags", "must not begin with aws: or cdk-automlv2:, which are reserved", tag["Key"]
            )
