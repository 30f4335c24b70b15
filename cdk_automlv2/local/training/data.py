"""The table a job learns from, read from S3 with the rights of the job's role."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pandas as pd


class DataError(Exception):
    """When the data cannot be used; the text is the job's FailureReason."""


def read_channel(channel: dict[str, Any], s3: Any) -> pd.DataFrame:
    """Return the rows of all objects of a channel.

    Raises:
        DataError: If there are none, they may not be read, or they are no tables.
    """
    frames = [_read(s3, bucket, key, channel) for bucket, key in object_keys(channel, s3)]
    return pd.concat(frames, ignore_index=True)


def object_keys(channel: dict[str, Any], s3: Any) -> list[tuple[str, str]]:
    """Return bucket and key of the objects that a channel names, by prefix or by manifest.

    Raises:
        DataError: If there are none, or the manifest cannot be read.
    """
    source = channel["DataSource"]["S3DataSource"]
    bucket, prefix = split_uri(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile":
        found = [split_uri(uri) for uri in _manifest(s3, bucket, prefix)]
    else:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        found = [(bucket, key) for key in keys if not key.endswith("/")]
    if not found:
        raise DataError(f"No objects found under {source['S3Uri']}.")
    return found


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def read_object(s3: Any, bucket: str, key: str) -> bytes:
    """Return the content of an object."""
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def read_feature_names(uri: str, s3: Any) -> list[str]:
    """Return ``FeatureAttributeNames`` of a feature specification; empty if it has none.

    Raises:
        DataError: If it is no JSON object.
    """
    try:
        names: list[str] = json.loads(read_object(s3, *split_uri(uri))).get(
            "FeatureAttributeNames", []
        )
    except (ValueError, AttributeError) as error:
        raise DataError(f"{uri} is no feature specification: {error}") from error
    return names


def _manifest(s3: Any, bucket: str, key: str) -> list[str]:
    """Return the URIs of ``[{"prefix": "s3://bucket/"}, "a.csv", "b.csv"]``."""
    try:
        head, *names = json.loads(read_object(s3, bucket, key))
        return [f"{head['prefix']}{name}" for name in names]
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"s3://{bucket}/{key} is no manifest: {error!r}") from error


def _read(s3: Any, bucket: str, key: str, channel: dict[str, Any]) -> pd.DataFrame:
    body = read_object(s3, bucket, key)
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
