"""What all List operations share: filters, order, pages and tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.state import Record

_SECRET = secrets.token_bytes(16)
_PAGE = 10
_MARK_BYTES = 32


def _created(item: Record) -> float:
    return _seconds(item["CreationTime"])


@dataclass(frozen=True)
class Listing:
    """What is particular to one List operation.

    Attributes:
        answer: Member of the answer that holds the items.
        name: Member of an item that names it.
        status: Member of an item that ``StatusEquals`` and ``SortBy=Status`` look at.
        sort_by: Default of ``SortBy``.
        descending: Whether that is the default of ``SortOrder``.
        keys: Further values of ``SortBy``.
    """

    answer: str
    name: str
    status: str = ""
    sort_by: str = "CreationTime"
    descending: bool = True
    keys: Mapping[str, Callable[[Record], Any]] = field(default_factory=dict)

    def page(self, items: list[Record], request: Record) -> Record:
        """Return the page of the answer that the request asks for.

        Raises:
            ServiceError: If its ``NextToken`` is not one that this listing gave.
        """
        key = self._key(request.get("SortBy", self.sort_by))
        default = "Descending" if self.descending else "Ascending"
        falling = request.get("SortOrder", default) == "Descending"
        kept = [item for item in items if self._wanted(item, request)]
        kept.sort(key=key, reverse=falling)
        if "NextToken" in request:
            last = _position(self._digest(request), request["NextToken"])
            kept = [item for item in kept if (key(item) < last if falling else key(item) > last)]
        size = request.get("MaxResults", _PAGE)
        answer: Record = {self.answer: kept[:size]}
        if len(kept) > size:
            answer["NextToken"] = _token(self._digest(request), key(kept[size - 1]))
        return answer

    def _key(self, sort_by: str) -> Callable[[Record], list[Any]]:
        """Return by what items are sorted; the name decides between equals."""
        known = {
            "Name": lambda item: item[self.name].lower(),
            "CreationTime": _created,
            "Status": lambda item: item[self.status],
            **self.keys,
        }
        return lambda item: [known[sort_by](item), item[self.name]]

    def _wanted(self, item: Record, request: Record) -> bool:
        part = request.get("NameContains", "").lower()
        return (
            part in item[self.name].lower()
            and request.get("CandidateNameEquals") in (None, item[self.name])
            and request.get("StatusEquals") in (None, item.get(self.status))
            and _within(item, request, "CreationTime")
            and _within(item, request, "LastModifiedTime")
        )

    def _digest(self, request: Record) -> str:
        """Return what stays the same from page to page."""
        same = {
            key: value for key, value in request.items() if key not in ("NextToken", "MaxResults")
        }
        text = json.dumps([self.answer, same], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def refuse_token(request: Record) -> None:
    """Refuse any token, where all there is fits on one page."""
    if "NextToken" in request:
        raise _unknown_token()


def _within(item: Record, request: Record, member: str) -> bool:
    after, before = request.get(f"{member}After"), request.get(f"{member}Before")
    moment = _seconds(item[member]) if member in item else 0.0
    return (after is None or moment >= _seconds(after)) and (
        before is None or moment < _seconds(before)
    )


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _token(digest: str, position: list[Any]) -> str:
    body = json.dumps(position).encode()
    return base64.urlsafe_b64encode(_mark(digest, body) + body).decode()


def _position(digest: str, token: str) -> list[Any]:
    try:
        packed = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError as error:
        raise _unknown_token() from error
    mark, body = packed[:_MARK_BYTES], packed[_MARK_BYTES:]
    if not hmac.compare_digest(mark, _mark(digest, body)):
        raise _unknown_token()
    position: list[Any] = json.loads(body)
    return position


def _mark(digest: str, body: bytes) -> bytes:
    return hmac.digest(_SECRET, digest.encode() + body, "sha256")


def _unknown_token() -> ServiceError:
    return validation("The pagination token is invalid: it is not one that this request was given.")
