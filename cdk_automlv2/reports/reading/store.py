"""Objects of S3 below a prefix, found by listing: what cannot be read is noted, not fatal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.reports.texts import clean

_LARGEST = 20 * 2**20
_MOST_KEYS = 2_000


@dataclass(frozen=True)
class Found:
    """An object.

    Attributes:
        uri: Where it is.
        size: Bytes; -1 if the listing does not say.
    """

    uri: str
    size: int


class Store:
    """Reads objects.

    Args:
        s3: A client.
        note: Called with what could not be read, and why.
    """

    def __init__(self, s3: Any, note: Callable[[str], None]) -> None:
        self._s3 = s3
        self._note = note

    def below(self, uri: str) -> list[Found]:
        """Return the objects below a prefix; a prefix that is a folder ends with a slash."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found: list[Found] = []
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
            for page in pages:
                for item in page.get("Contents", []):
                    found.append(Found(f"s3://{bucket}/{item['Key']}", item.get("Size", -1)))
                if len(found) >= _MOST_KEYS:
                    break
        except Exception as error:
            self._note(f"{uri} cannot be listed: {reason_of(error)}")
        return [item for item in found if not item.uri.endswith("/")]

    def read(self, uri: str, most: int = _LARGEST) -> bytes | None:
        """Return an object; ``None``, with a note, if it cannot be read or is too large."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read(most + 1)
        except Exception as error:
            self._note(f"{uri} cannot be read: {reason_of(error)}")
            return None
        if len(body) > most:
            self._note(f"{uri} has more than {most:,} bytes and is left out")
            return None
        return body

    def json(self, uri: str) -> Any:
        """Return the value of a JSON object; ``None``, with a note, if there is none."""
        body = self.read(uri)
        if body is None:
            return None
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            self._note(f"{uri} is no JSON: {reason_of(error)}")
            return None


def ending(found: list[Found], *ends: str) -> list[Found]:
    """Return the objects whose keys end so, in the order of the ends."""
    return [item for end in ends for item in found if item.uri.endswith(end)]


def reason_of(error: Exception) -> str:
    """Return why something failed, on one line."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        told = response.get("Error", {})
        return clean(f"{told.get('Code', '')}: {told.get('Message', '')}")
    return clean(f"{type(error).__name__}: {error}")
