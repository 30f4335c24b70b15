"""Just enough of an S3 client: objects in memory."""

from __future__ import annotations

import io
from typing import Any


class FakeS3:
    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self.headers: dict[str, dict[str, str]] = {}

    def get_paginator(self, operation: str) -> FakeS3:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803
        start = f"{Bucket}/{Prefix}"
        keys = [key for key in sorted(self.objects) if key.startswith(start)]
        return [{"Contents": [{"Key": key.partition("/")[2]} for key in keys]}]

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.objects[f"{Bucket}/{Key}"])}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **more: str) -> None:  # noqa: N803
        self.objects[f"{Bucket}/{Key}"] = Body
        self.headers[f"{Bucket}/{Key}"] = more
