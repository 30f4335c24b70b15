"""Which pictures a channel has, and the label of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cdk_automlv2.local.training.errors import DataError, listed, shown
from cdk_automlv2.local.training.objects import Source, place, read_json_text, split_uri

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})
_OTHER_PICTURES = frozenset(
    {".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".svg", ".tif", ".tiff", ".webp"}
)
_METADATA = "-metadata"


@dataclass(frozen=True)
class Picture:
    """A picture and its label."""

    bucket: str
    key: str
    label: str

    @property
    def uri(self) -> str:
        """Where it is."""
        return place(self.bucket, self.key)


def pictures_of(channel: dict[str, Any], s3: Any, output: str) -> list[Picture]:
    """Return the pictures of a channel.

    Raises:
        DataError: If there are none, or one has no label.
    """
    source = Source(channel, output, s3)
    if source.kind == "AugmentedManifestFile":
        return _of_augmented_manifest(source.uri, s3)
    found = []
    for bucket, key, path in source.objects():
        suffix = PurePosixPath(key).suffix.lower()
        if PurePosixPath(key).name.startswith("."):
            continue
        if suffix in _OTHER_PICTURES:
            raise DataError(f"{place(bucket, key)} is neither .png nor .jpg nor .jpeg.")
        if suffix in _SUFFIXES:
            found.append(Picture(bucket, key, _folder(source, bucket, key, path)))
    if not found:
        raise DataError(f"No .png, .jpg or .jpeg among the objects of {source.uri}.")
    return found


def _folder(source: Source, bucket: str, key: str, path: str) -> str:
    """Return the label: the first folder below the prefix, whatever is below that."""
    folder, slash, _ = path.partition("/")
    if not slash:
        raise DataError(
            f"{place(bucket, key)} has no label: it must be in a folder below {source.uri}, whose "
            "name is the label."
        )
    return folder


def _of_augmented_manifest(uri: str, s3: Any) -> list[Picture]:
    lines = read_json_text(uri, s3, "augmented manifest").split("\n")
    if lines[-1] == "":
        lines.pop()
    entries = [_entry(uri, number, line) for number, line in enumerate(lines, start=1)]
    if not entries:
        raise DataError(f"{uri} is empty; a line a picture is needed.")
    names: dict[str, str] = {raw: name for _, raw, name in entries if name is not None}
    return list(_named(entries, names))


def _named(
    entries: list[tuple[tuple[str, str], str, str | None]], names: dict[str, str]
) -> Iterator[Picture]:
    for (bucket, key), raw, name in entries:
        yield Picture(bucket, key, name if name is not None else names.get(raw, raw))


def _entry(uri: str, number: int, line: str) -> tuple[tuple[str, str], str, str | None]:
    """Return bucket and key, label and the label's name of one line.

    Raises:
        DataError: Naming the line, if it has not this form.
    """
    where = f"Line {number} of {uri}"
    if not line.strip():
        raise DataError(f"{where} is blank; each line must be a JSON object.")
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where} is no JSON: {error}: {shown(line)}.") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("source-ref"), str):
        raise DataError(f"{where} has no source-ref: {shown(line)}.")
    name = _label_attribute(where, entry)
    label = entry[name]
    metadata = entry.get(f"{name}{_METADATA}", {})
    metadata = metadata if isinstance(metadata, dict) else {}
    if isinstance(label, list) or "class-map" in metadata:
        raise DataError(f"{where} has several labels in {name!r}; a picture has one.")
    if isinstance(label, dict) or label is None or not str(label).strip():
        value = json.dumps(label)
        raise DataError(f"{where} has no label in {name!r}, but {value[:80]}.")
    given = metadata.get("class-name")
    try:
        split = split_uri(entry["source-ref"])
    except DataError as error:
        raise DataError(f"{where}: source-ref {error}") from error
    return split, str(label), None if given is None else str(given)


def _label_attribute(where: str, entry: dict[str, Any]) -> str:
    """Return the name of the label: the one attribute, or the one that has metadata."""
    names = [name for name in entry if name != "source-ref" and not name.endswith(_METADATA)]
    if len(names) == 1:
        return names[0]
    described = [name for name in names if f"{name}{_METADATA}" in entry]
    if len(described) == 1:
        return described[0]
    found = f"it has {listed(names)}" if names else "it has none"
    raise DataError(f"{where} must have source-ref and one label; {found}.")
