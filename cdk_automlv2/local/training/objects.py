"""Objects in S3 that a job reads, with the rights of its role."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from cdk_automlv2.local.training.errors import DataError, doing, listed, shown

_MARKERS = re.compile(r"(^|/)(\.[^/]*|_SUCCESS|_(committed|started)_[^/]*|_(common_)?metadata)$")
"""Names that Spark, Hadoop and desktops leave beside data."""

_ENDPOINT = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com(\.cn)?", re.I)
_WRITTEN_BY_JOBS = frozenset(
    {
        *("data-processor-models", "debug-output", "documentation", "notebooks"),
        *("preprocessed-data", "sagemaker-automl-candidates", "transformed-data", "tuning"),
        "validations",
    }
)
"""Folders that a job makes below ``<output path>/<job name>/``."""


class Source:
    """What a channel names: a prefix, or a manifest.

    Args:
        channel: The API's ``AutoMLJobChannel``.
        output: Output path of the job, of which nothing is read.
        s3: Client with the rights of the job's role.
    """

    def __init__(self, channel: dict[str, Any], output: str, s3: Any) -> None:
        source = channel["DataSource"]["S3DataSource"]
        self.uri = str(source["S3Uri"])
        self.kind = str(source["S3DataType"])
        self.channel = str(channel.get("ChannelType", "training"))
        self._output = output
        self._s3 = s3

    def objects(self) -> list[tuple[str, str, str]]:
        """Return bucket, key and the part of the key below the prefix, of each object.

        Raises:
            DataError: If there are none, or the manifest cannot be read.
        """
        if self.kind == "ManifestFile":
            return read_manifest(self.uri, self._s3)
        bucket, prefix = split_uri(self.uri)
        with doing(f"{self.uri} cannot be listed"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        keys = [key for key in keys if not key.endswith("/")]
        kept = [key for key in keys if self.keeps(key)]
        if not kept:
            left = f"; {len(keys)} below the output path were left aside" if keys else ""
            raise DataError(f"No objects found under {self.uri}{left}.")
        return [(bucket, key, below(prefix, key)) for key in kept]

    def tables(self) -> list[tuple[str, str]]:
        """Return bucket and key of the objects, without what tools leave beside data."""
        found = [(bucket, key) for bucket, key, _ in self.objects()]
        if self.kind == "ManifestFile":
            return found
        return [place for place in found if not _MARKERS.search(place[1])] or found

    def keeps(self, key: str) -> bool:
        """Whether an object under the prefix is data, not what a job wrote there.

        As the function that fingerprints the data decides: automlv2_handlers/domain/job_output.py.
        """
        if not self._output:
            return True
        bucket, prefix = split_uri(self.uri)
        there, path = split_uri(self._output)
        folder = f"{path.rstrip('/')}/" if path.strip("/") else ""
        if there != bucket or not key.startswith(folder):
            return True
        if len(folder) > len(prefix.rstrip("/")) + 1 and folder.startswith(prefix):
            return False
        parts = key[len(folder) :].split("/")
        return len(parts) <= 2 or parts[1] not in _WRITTEN_BY_JOBS


def below(prefix: str, key: str) -> str:
    """Return the part of a key below the folder that a prefix names, or begins to name."""
    if not prefix.endswith("/") and not key[len(prefix) :].startswith("/"):
        prefix = prefix.rpartition("/")[0]
    return key[len(prefix) :].lstrip("/")


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``, or of an ``https://`` URL of S3.

    Raises:
        DataError: If it is neither.
    """
    scheme, mark, rest = uri.partition("://")
    if mark and scheme.lower() == "s3":
        bucket, _, key = rest.partition("/")
    elif mark and scheme.lower() == "https":
        bucket, key = _of_url(uri)
    else:
        bucket, key = "", ""
    if not bucket:
        raise DataError(f"{shown(uri)} is no S3 URI: write s3://bucket/key.")
    return bucket, key


def _of_url(url: str) -> tuple[str, str]:
    """Return bucket and key of a URL in the style of virtual hosts, or of paths."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    found = _ENDPOINT.fullmatch(host)
    if found is None:
        return "", ""
    path = unquote(parts.path.removeprefix("/"))
    if found["bucket"]:
        return found["bucket"], path
    bucket, _, key = path.partition("/")
    return bucket, key


def place(bucket: str, key: str) -> str:
    """Return the URI of an object."""
    return f"s3://{bucket}/{key}"


def read_object(s3: Any, bucket: str, key: str) -> bytes:
    """Return the content of an object.

    Raises:
        DataError: If it is not there or may not be read.
    """
    with doing(f"{place(bucket, key)} cannot be read"):
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def read_json_text(uri: str, s3: Any, what: str) -> str:
    """Return the text of a JSON document.

    Raises:
        DataError: If it is not in UTF-8, or begins with a byte order mark, which JSON forbids.
    """
    body = read_object(s3, *split_uri(uri))
    if body[:3] == b"\xef\xbb\xbf" or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        mark = "it begins with a byte order mark (BOM)"
        raise DataError(f"{uri} is no {what}: {mark}; save it as UTF-8 without one.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{uri} is no {what}: it is not in UTF-8: {error}") from error


def read_manifest(uri: str, s3: Any) -> list[tuple[str, str, str]]:
    """Return bucket, key and name of what ``[{"prefix": "s3://bucket/"}, "a.csv"]`` names.

    Raises:
        DataError: If it is no manifest, or names nothing.
    """
    text = read_json_text(uri, s3, "manifest")
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise DataError(f"{uri} is no manifest: {error}") from error
    form = '[{"prefix": "s3://bucket/folder/"}, "name", …]'
    if not isinstance(entries, list) or not entries or not _is_head(entries[0]):
        raise DataError(f"{uri} is no manifest: it must have the form {form}.")
    prefix, names = entries[0]["prefix"], entries[1:]
    if not names:
        raise DataError(f"{uri} names no objects: it must have the form {form}.")
    for number, name in enumerate(names, start=2):
        if not isinstance(name, str) or not name.strip() or name.endswith("/"):
            value = json.dumps(name)
            raise DataError(f"{uri}: entry {number} is {value[:80]}, not the name of an object.")
    return [(*split_uri(f"{prefix}{name}"), name.lstrip("/")) for name in names]


def _is_head(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("prefix"), str)


def read_feature_names(uri: str, s3: Any) -> tuple[list[str], dict[str, str]]:
    """Return names and declared types of the columns of a feature specification.

    Raises:
        DataError: If it is no JSON object of this form.
    """
    what = "feature specification"
    try:
        content = json.loads(read_json_text(uri, s3, what))
    except ValueError as error:
        raise DataError(f"{uri} is no {what}: {error}") from error
    if not isinstance(content, dict):
        raise DataError(f"{uri} is no {what}: it must be a JSON object.")
    names, types = content.get("FeatureAttributeNames", []), content.get("FeatureDataTypes", {})
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DataError(f"{uri} is no {what}: FeatureAttributeNames must be a list of names.")
    if not isinstance(types, dict):
        raise DataError(f"{uri} is no {what}: FeatureDataTypes must be an object.")
    unlisted = [name for name in types if names and name not in names]
    if unlisted:
        words = "FeatureDataTypes names columns that FeatureAttributeNames does not"
        raise DataError(f"{uri}: {words}: {listed(unlisted)}.")
    return list(dict.fromkeys(names)), {str(key): str(value) for key, value in types.items()}
