"""The table a job learns from, read from S3 with the rights of the job's role."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pandas as pd


class DataError(Exception):
    """When the data cannot be used; the text is the job's FailureReason."""


def read_channel(channel: dict[str, Any], s3: Any) -> pd.DataFrame:
    """Return the rows of all objects of a channel.

    Raises:
        DataError: If there are none, they may not be read, or they are no tables.
    """
    source = channel["DataSource"]["S3DataSource"]
    if source["S3DataType"] != "S3Prefix":
        raise DataError(f"the local SageMaker reads S3Prefix, not {source['S3DataType']}")
    bucket, _, prefix = source["S3Uri"].removeprefix("s3://").partition("/")
    keys = _keys(s3, bucket, prefix)
    if not keys:
        raise DataError(f"No objects found under {source['S3Uri']}.")
    frames = [_read(s3, bucket, key, channel) for key in keys]
    return pd.concat(frames, ignore_index=True)


def _keys(s3: Any, bucket: str, prefix: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    found = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return [key for key in found if not key.endswith("/")]


def _read(s3: Any, bucket: str, key: str, channel: dict[str, Any]) -> pd.DataFrame:
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    if channel.get("CompressionType") == "Gzip":
        body = gzip.decompress(body)
    try:
        if "parquet" in channel.get("ContentType", "text/csv"):
            return pd.read_parquet(io.BytesIO(body))
        return pd.read_csv(io.BytesIO(body))
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"s3://{bucket}/{key} cannot be read: {error}") from error


def require_column(frame: pd.DataFrame, column: str) -> None:
    """Refuse a table without the column to predict.

    Raises:
        DataError: Naming the column and those there are.
    """
    if column not in frame.columns:
        there = ", ".join(map(str, list(frame.columns)[:20]))
        raise DataError(
            f"Target attribute name {column!r} does not exist in the dataset; it has {there}."
        )
