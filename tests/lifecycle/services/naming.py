"""What models, configurations and endpoints have in common: names, records, lists that lag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .account import PLACE
from .errors import invalid
from .tagging import Tagging

Store = dict[str, dict[str, Any]]
_WORDS = {"endpoint-config": "endpoint configuration"}


class Naming(Tagging):
    """Records by name.

    Attributes:
        page: Most items in one answer of a list.
        made_at: When each resource was made, by its ARN.
    """

    def __init__(self) -> None:
        super().__init__()
        self.page = 100
        self.made_at: dict[str, float] = {}
        self._gone: list[tuple[float, str, str]] = []

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of a resource."""
        return f"{PLACE}:{kind}/{name.lower()}"

    def keep(
        self, store: Store, kind: str, operation: str, name: str, request: Mapping[str, Any]
    ) -> str:
        """Make a record, unless there is one of that name, whatever its case."""
        if self.key_of(store, name) is not None:
            words = _WORDS.get(kind, kind)
            raise invalid(operation, f'Cannot create already existing {words} "{name}".')
        arn = self.arn(kind, name)
        store[name] = {key: value for key, value in request.items() if key != "Tags"}
        self.made_at[arn] = self.now
        self.tag_at_creation(arn, request)
        return arn

    def get(self, store: Store, kind: str, operation: str, name: str) -> dict[str, Any]:
        """Return a record that can be seen by now."""
        key = self.key_of(store, name)
        if key is None or self._is_unseen(kind, name, self.lags.describes):
            words = _WORDS.get(kind, kind)
            raise invalid(operation, f'Could not find {words} "{self.arn(kind, name)}".')
        return store[key]

    def drop(self, store: Store, kind: str, operation: str, name: str) -> None:
        """Delete a record; a list may show it for a while."""
        self.get(store, kind, operation, name)
        key = self.key_of(store, name) or name
        del store[key]
        self.forget_tags(self.arn(kind, name))
        self._gone.append((self.now, kind, key))

    def key_of(self, store: Store, name: str) -> str | None:
        """Return the name under which a record is kept: names do not differ by case alone."""
        if name in store:
            return name
        return next((key for key in store if key.lower() == name.lower()), None)

    def names_listed(self, store: Store, kind: str) -> list[str]:
        """Return the names that a list shows: not yet the newest, still what has just gone."""
        shown = [name for name in store if not self._is_unseen(kind, name, self.lags.lists)]
        late = [
            name
            for moment, gone, name in self._gone
            if gone == kind and self.now - moment < self.lags.lists and name not in store
        ]
        return [*shown, *late]

    def page_of(
        self, known: list[dict[str, Any]], member: str, key: str, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return one page of a list."""
        wanted = request.get("NameContains", "").lower()
        found = [item for item in known if wanted in item[key].lower()]
        start = int(request.get("NextToken", 0))
        size = min(self.page, request.get("MaxResults", self.page))
        more = {"NextToken": str(start + size)} if start + size < len(found) else {}
        return {member: found[start : start + size], **more}

    def _is_unseen(self, kind: str, name: str, lag: float) -> bool:
        return bool(lag) and self.now - self.made_at.get(self.arn(kind, name), 0.0) < lag
