"""Tags of SageMaker's resources, which others may see a little late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .account import Account
from .errors import client_error, invalid

_MOST_TAGS = 50


class Tagging(Account):
    """The operations on tags.

    Attributes:
        tags: What each resource is tagged with, by its ARN.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, dict[str, str]] = {}
        self._seen_before: dict[str, list[tuple[float, dict[str, str]]]] = {}

    def tags_seen_by_iam(self, arn: str) -> Mapping[str, str]:
        """Return the tags by which IAM decides; none for what is not there."""
        return self._tags_seen(arn) if arn in self.tags else {}

    def tag_at_creation(self, arn: str, request: Mapping[str, Any]) -> None:
        """Tag something that has just been made."""
        self._remember(arn, {})
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}

    def forget_tags(self, arn: str) -> None:
        """Something has been deleted, and its tags with it."""
        self.tags.pop(arn, None)
        self._seen_before.pop(arn, None)

    def _list_tags(self, ResourceArn: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._must_have_tags("ListTags", ResourceArn)
        seen = self._tags_seen(ResourceArn)
        return {"Tags": [{"Key": key, "Value": value} for key, value in seen.items()]}

    def _add_tags(self, ResourceArn: str, Tags: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        self._must_have_tags("AddTags", ResourceArn)
        present = self.tags[ResourceArn]
        wanted = present | {tag["Key"]: tag["Value"] for tag in Tags}
        if len(wanted) > _MOST_TAGS:
            raise client_error("AddTags", "ResourceLimitExceeded", f"more than {_MOST_TAGS} tags")
        self._remember(ResourceArn, present)
        self.tags[ResourceArn] = wanted
        return {}

    def _delete_tags(self, ResourceArn: str, TagKeys: list[str]) -> dict[str, Any]:  # noqa: N803
        self._must_have_tags("DeleteTags", ResourceArn)
        present = self.tags[ResourceArn]
        self._remember(ResourceArn, present)
        self.tags[ResourceArn] = {k: v for k, v in present.items() if k not in TagKeys}
        return {}

    def _must_have_tags(self, operation: str, arn: str) -> None:
        if arn not in self.tags:
            raise invalid(operation, f"Could not find resource {arn}")

    def _remember(self, arn: str, before: Mapping[str, str]) -> None:
        if self.lags.tags:
            seen = self._seen_before.setdefault(arn, [])
            seen.append((self.now + self.lags.tags, dict(before)))

    def _tags_seen(self, arn: str) -> dict[str, str]:
        """Return the tags as they were a while ago."""
        for until, before in self._seen_before.get(arn, []):
            if until > self.now:
                return dict(before)
        return dict(self.tags[arn])
