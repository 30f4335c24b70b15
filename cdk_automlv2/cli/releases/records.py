"""Reads what is recorded of releases; never writes."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import tool
from cdk_automlv2.cli.releases.find import Place
from cdk_automlv2.cli.releases.states import schema

Record = Mapping[str, Any]


def head(client: Client, place: Place) -> Record | None:
    """Return the head of a construct's releases, if there has been one."""
    answer = client("dynamodb").get_item(
        TableName=place.table, Key=_key(place, "HEAD"), ConsistentRead=True
    )
    return _parsed(answer["Item"]) if "Item" in answer else None


def release(client: Client, place: Place, number: int) -> Record | None:
    """Return one release."""
    answer = client("dynamodb").get_item(
        TableName=place.table, Key=_key(place, f"R#{number:08d}"), ConsistentRead=True
    )
    return _parsed(answer["Item"]) if "Item" in answer else None


def releases(client: Client, place: Place) -> Iterator[Record]:
    """Yield all releases, the newest first."""
    dynamodb = client("dynamodb")
    request: dict[str, Any] = {
        "TableName": place.table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeValues": {":pk": {"S": f"M#{place.key}"}, ":sk": {"S": "R#"}},
        "ScanIndexForward": False,
        "ConsistentRead": True,
    }
    while True:
        page = dynamodb.query(**request)
        yield from map(_parsed, page["Items"])
        if not page.get("LastEvaluatedKey"):
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def shown(record: Record, place: Place, serving: int) -> dict[str, Any]:
    """Return a release as ``--json`` shows it; docs/releases.md lists the members."""
    metric = record.get("metric") or {}
    return {
        "stack": place.stack,
        "id": place.key,
        "release": record["number"],
        "state": record["state"],
        "since": _moment(record["since"]),
        "began": _moment(record["began"]),
        "serving": record["number"] == serving,
        "trigger": record["trigger"]["kind"],
        "by": record["trigger"].get("by") or None,
        "why": record["trigger"].get("why") or None,
        "job": record["job"] or None,
        "candidate": record["candidate"] or None,
        "metric": metric.get("MetricName"),
        "value": metric.get("Value"),
        "package": record.get("package") or None,
        "gates": record["gates"],
        "endpoint": record["settings"]["properties"]["Endpoint"]["EndpointName"],
        "reason": record["reason"] or None,
    }


def _moment(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")


def _key(place: Place, sk: str) -> dict[str, Any]:
    return {"pk": {"S": f"M#{place.key}"}, "sk": {"S": sk}}


def _parsed(item: Mapping[str, Any]) -> Record:
    record: Record = json.loads(item["record"]["S"])
    known, own = (text.partition(".")[0] for text in (schema(), str(record.get("schema"))))
    if own != known:
        words = f"the records are of schema {record.get('schema')}, this command knows {known}"
        update = tool("pip", "install", "--upgrade", "cdk-automlv2")
        raise Failure(f"{words}; update cdk-automlv2", update)
    return record
