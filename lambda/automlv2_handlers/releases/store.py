"""Where releases are recorded: one table a stack, written only at the version that was read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.aws.tables import Item
from automlv2_handlers.domain.names import digest
from automlv2_handlers.releases.records import Head, Release, Trigger

HEAD: Final = "HEAD"
RELEASE: Final = "R#"
TRIGGER: Final = "T#"
_TRIGGER_DAYS: Final = 30
Record = TypeVar("Record", Head, Release)


@dataclass(frozen=True, slots=True)
class Store:
    """The records of one key.

    Attributes:
        gateway: The only door to AWS.
        table: Name of the stack's table.
        key: Whose releases.
    """

    gateway: Gateway
    table: str
    key: str

    def head(self) -> Head | None:
        """Return the head, if there has been a release."""
        item = self.gateway.item(self.table, self._pk, HEAD)
        return Head.from_record(item.record, item.version) if item else None

    def release(self, number: int) -> Release | None:
        """Return a release."""
        item = self.gateway.item(self.table, self._pk, _sk(number)) if number else None
        return Release.from_record(item.record, item.version) if item else None

    def releases(self) -> Iterator[Release]:
        """Yield all releases, the newest first."""
        for item in self.gateway.items(self.table, self._pk, RELEASE):
            yield Release.from_record(item.record, item.version)

    def number_of(self, trigger: Trigger) -> int:
        """Return the release that a trigger has started; 0 if it has started none."""
        item = self.gateway.item(self.table, self._pk, _trigger_sk(trigger))
        return int(item.record["number"]) if item else 0

    def save(self, *records: Head | Release) -> None:
        """Write records, all or none.

        Raises:
            ChangedError: If somebody else has written one of them since it was read.
        """
        self.gateway.write_items(self.table, [self._item(record) for record in records])

    def start(self, head: Head, release: Release, others: Sequence[Release] = ()) -> None:
        """Record a new release, with the head that names it and the releases that it ends.

        Raises:
            ChangedError: If somebody else has written, or its trigger has started one already.
        """
        expires = int(release.began) + _TRIGGER_DAYS * 24 * 3600
        taken = {"number": release.number}
        trigger = Item(self._pk, _trigger_sk(release.trigger), taken, expires=expires)
        records: list[Head | Release] = [head, release, *others]
        items = [self._item(record) for record in records]
        self.gateway.write_items(self.table, [*items, trigger])

    @property
    def _pk(self) -> str:
        return f"M#{self.key}"

    def _item(self, record: Head | Release) -> Item:
        if isinstance(record, Head):
            return Item(self._pk, HEAD, record.to_record(), record.version)
        since = datetime.datetime.fromtimestamp(record.since, datetime.UTC)
        words = {
            "state": record.state.value,
            "since": since.isoformat(timespec="seconds"),
            "reason": record.reason,
        }
        return Item(self._pk, _sk(record.number), record.to_record(), record.version, words)


def written(record: Record) -> Record:
    """Return a record at the version that it has once it is written."""
    return replace(record, version=record.version + 1)


def _sk(number: int) -> str:
    return f"{RELEASE}{number:08d}"


def _trigger_sk(trigger: Trigger) -> str:
    return f"{TRIGGER}{digest(trigger.kind, trigger.id)}"
