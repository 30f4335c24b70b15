"""DynamoDB, EventBridge and functions of users, as far as the function asks them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from .account import Account
from .errors import client_error

Row = dict[str, Any]


class Tables(Account):
    """The operations on tables, and what goes out by events.

    Attributes:
        rows: Items of all tables, by table, pk and sk.
        events: Details of the events that were sent.
        functions: Functions of users, by ARN.
        answers: What an endpoint answers to a row, by the row.
        answer_seconds: How long it takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str, str], Row] = {}
        self.events: list[dict[str, Any]] = []
        self.functions: dict[str, Callable[[Any], Any]] = {}
        self.answers: dict[str, str] = {}
        self.answer_seconds = 0.0

    def _get_item(self, TableName: str, Key: Row, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        assert ConsistentRead, "a record decides: it must not be read stale"
        row = self.rows.get((TableName, Key["pk"]["S"], Key["sk"]["S"]))
        return {"Item": row} if row else {}

    def _query(
        self,
        TableName: str,  # noqa: N803
        ExpressionAttributeValues: Row,  # noqa: N803
        ExclusiveStartKey: Row | None = None,  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        pk, prefix = (ExpressionAttributeValues[name]["S"] for name in (":pk", ":sk"))
        found = [
            row
            for (table, own, sk), row in sorted(self.rows.items(), reverse=True)
            if (table, own) == (TableName, pk) and sk.startswith(prefix)
        ]
        if ExclusiveStartKey is not None:
            last = ExclusiveStartKey["sk"]["S"]
            found = [row for row in found if row["sk"]["S"] < last]
        page, rest = found[:2], found[2:]
        key = {"LastEvaluatedKey": {k: page[-1][k] for k in ("pk", "sk")}} if rest else {}
        return {"Items": page, **key}

    def _put_item(self, **put: Any) -> dict[str, Any]:
        if not self._may_put(put):
            raise client_error("PutItem", "ConditionalCheckFailedException")
        self._store(put)
        return {}

    def _transact_write_items(self, TransactItems: list[Row]) -> dict[str, Any]:  # noqa: N803
        puts = [item["Put"] for item in TransactItems]
        keys = [(put["Item"]["pk"]["S"], put["Item"]["sk"]["S"]) for put in puts]
        assert len(set(keys)) == len(keys), "DynamoDB takes an item once a transaction"
        may = [self._may_put(put) for put in puts]
        if not all(may):
            reasons = ", ".join("None" if one else "ConditionalCheckFailed" for one in may)
            words = f"Transaction cancelled, please refer cancellation reasons [{reasons}]"
            raise client_error("TransactWriteItems", "TransactionCanceledException", words)
        for put in puts:
            self._store(put)
        return {}

    def _may_put(self, put: Row) -> bool:
        row = self.rows.get(self._place(put))
        if put["ConditionExpression"] == "attribute_not_exists(pk)":
            return row is None
        wanted = put["ExpressionAttributeValues"][":version"]
        return row is not None and row["version"] == wanted

    def _store(self, put: Row) -> None:
        assert len(json.dumps(put["Item"])) < 400_000
        self.rows[self._place(put)] = put["Item"]

    @staticmethod
    def _place(put: Row) -> tuple[str, str, str]:
        return put["TableName"], put["Item"]["pk"]["S"], put["Item"]["sk"]["S"]

    def record(self, table: str, key: str, sk: str) -> dict[str, Any]:
        """Return what an item says."""
        found: dict[str, Any] = json.loads(self.rows[table, f"M#{key}", sk]["record"]["S"])
        return found

    def _put_events(self, Entries: list[Row]) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            self.events.append(json.loads(entry["Detail"]))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}

    def _invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        try:
            returned = self.functions[FunctionName](json.loads(Payload))
        except ZeroDivisionError as error:
            failed = json.dumps({"errorMessage": str(error)}).encode()
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(failed)}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(returned).encode())}

    def _invoke_endpoint(self, EndpointName: str, Body: bytes, ContentType: str) -> dict[str, Any]:  # noqa: N803
        status = self.api("sagemaker", "describe_endpoint", EndpointName=EndpointName)
        if status["EndpointStatus"] != "InService":
            words = f"Endpoint {EndpointName} of account 111122223333 not found."
            raise client_error("InvokeEndpoint", "ValidationError", words)
        answer = self.answers.get(Body.decode(), "yes")
        return {"Body": io.BytesIO(answer.encode())}
