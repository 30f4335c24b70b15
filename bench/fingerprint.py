"""Fingerprints of a hundred thousand objects, against boto3's own paginator on the same server.

The server answers from memory: what S3 and the way to it take comes on top, in a hundred requests.
"""

from __future__ import annotations

import http.server
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import boto3
from automlv2_handlers.aws.boto3_gateway import Boto3Gateway
from automlv2_handlers.domain.fingerprint import fingerprint

from bench.figure import Figure

_OBJECTS, _PAGE = 100_000, 1000
_ROUNDS = 3
_FUNCTION_SECONDS = 300
_ITEM = (
    "<Contents><Key>train/part-{0:07d}.csv</Key><LastModified>2026-01-01T00:00:00.000Z"
    "</LastModified><ETag>&quot;{0:032x}&quot;</ETag><Size>{0}</Size></Contents>"
)
_REQUEST = {
    "AutoMLJobInputDataConfig": [
        {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/train/"}}}
    ],
    "AutoMLProblemTypeConfig": {"TabularJobConfig": {"TargetAttributeName": "y"}},
}


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    with _server() as url:
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="bench",
            aws_secret_access_key="bench",
        )
        gateway = Boto3Gateway(lambda _: client)
        ours, bare = [], []
        for _ in range(_ROUNDS):
            bare.append(_seconds(lambda: _paginate(client)))
            ours.append(_seconds(lambda: _fingerprint(gateway)))
    seconds = median(ours)
    yield Figure(
        f"fingerprint of {_OBJECTS:,} objects, of the function's {_FUNCTION_SECONDS} s",
        f"{seconds:.1f} s",
        "-",
        seconds / _FUNCTION_SECONDS,
        0.1,
    )
    yield Figure(
        f"fingerprint of {_OBJECTS:,} objects, against boto3's paginator alone",
        f"{seconds:.1f} s",
        f"{median(bare):.1f} s",
        seconds / median(bare),
        1.5,
    )


def _fingerprint(gateway: Boto3Gateway) -> None:
    found = fingerprint(_REQUEST, {}, gateway)
    if found.why:
        raise AssertionError(found.why)


def _paginate(client: Any) -> None:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="in", Prefix="train/")
    seen = sum(len(page["Contents"]) for page in pages)
    if seen != _OBJECTS:
        raise AssertionError(seen)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class _Listing(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        start = int(query.get("continuation-token", ["0"])[0])
        items = "".join(_ITEM.format(number) for number in range(start, start + _PAGE))
        more = start + _PAGE < _OBJECTS
        token = f"<NextContinuationToken>{start + _PAGE}</NextContinuationToken>" if more else ""
        body = (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}"
            "</ListBucketResult>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Listing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
