"""Items of a DynamoDB table: records in JSON, written only at the version they were read at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from automlv2_handlers.aws.paging import each
from automlv2_handlers.domain.plain import plain
from automlv2_handlers.errors import BusyError, ChangedError, RefusedError

Call = Callable[..., dict[str, Any]]
"""Calls one operation of DynamoDB, with its errors classified."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it was read, or is to be written.

    Attributes:
        pk: Whose it is.
        sk: Which of these.
        record: What it says.
        version: The version that it was read at; 0 of one that must not exist yet.
        words: What stands beside the record, for people and filters.
        expires: Epoch seconds after which it may go; 0 of one that stays.
    """

    pk: str
    sk: str
    record: Mapping[str, Any]
    version: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    expires: int = 0


def read(call: Call, table: str, pk: str, sk: str) -> Item | None:
    """Return an item as it is now."""
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    found = call("get_item", TableName=table, Key=key, ConsistentRead=True).get("Item")
    return _parsed(found) if found else None


def listed(call: Call, table: str, pk: str, prefix: str) -> Iterator[Item]:
    """Yield the items of one ``pk`` whose ``sk`` begins with ``prefix``, the last first."""

    def page(**request: Any) -> dict[str, Any]:
        return call("query", **request)

    found = each(
        page,
        "Items",
        asked="ExclusiveStartKey",
        next_member="LastEvaluatedKey",
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": pk}, ":sk": {"S": prefix}},
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    yield from map(_parsed, found)


def write(call: Call, table: str, items: Sequence[Item]) -> None:
    """Write items, all or none.

    Raises:
        ChangedError: If one is not at the version that it was read at.
    """
    puts = [_put(table, item) for item in items]
    try:
        if len(puts) == 1:
            call("put_item", **puts[0])
        else:
            call("transact_write_items", TransactItems=[{"Put": put} for put in puts])
    except RefusedError as error:
        if "ConditionalCheckFailed" in str(error):
            raise ChangedError(f"{table}: somebody else has written first") from error
        if "TransactionConflict" in str(error) or "Throttling" in str(error):
            raise BusyError(str(error)) from error
        raise


def _put(table: str, item: Item) -> dict[str, Any]:
    stored: dict[str, Any] = {
        **{key: {"S": text} for key, text in item.words.items() if text},
        "pk": {"S": item.pk},
        "sk": {"S": item.sk},
        "version": {"N": str(item.version + 1)},
        "record": {"S": json.dumps(plain(item.record))},
    }
    if item.expires:
        stored["expires"] = {"N": str(item.expires)}
    if not item.version:
        return {
            "TableName": table,
            "Item": stored,
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    return {
        "TableName": table,
        "Item": stored,
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(item.version)}},
    }


def _parsed(found: Mapping[str, Any]) -> Item:
    return Item(
        pk=found["pk"]["S"],
        sk=found["sk"]["S"],
        record=json.loads(found["record"]["S"]),
        version=int(found["version"]["N"]),
        expires=int(found.get("expires", {}).get("N", 0)),
    )
