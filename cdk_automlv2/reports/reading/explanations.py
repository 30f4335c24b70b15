"""Explainability reports: Clarify's analysis of columns, explained texts and pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cdk_automlv2.reports.facts import Example, Examples, Importance, Source
from cdk_automlv2.reports.reading.store import Store, ending
from cdk_automlv2.reports.texts import clean, number

MOST_EXAMPLES = 12
_LARGEST_PICTURE = 200_000
_LONGEST_TEXT = 400
_FORMATS = {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def importance_of(store: Store, prefix: str) -> list[Importance]:
    """Return how much columns count, an item for each output; nothing if no report says."""
    for found in ending(store.below(prefix), "analysis.json"):
        content = store.json(found.uri)
        if isinstance(content, Mapping):
            return _importance(content, Source("the job's explainability report", clean(found.uri)))
    return []


def _importance(content: Mapping[str, Any], source: Source) -> list[Importance]:
    explanations = content.get("explanations")
    methods = explanations if isinstance(explanations, Mapping) else {}
    outputs: Any = methods.get("kernel_shap") or next(iter(methods.values()), {})
    if not isinstance(outputs, Mapping):
        return []
    found = []
    for output, item in outputs.items():
        values = item.get("global_shap_values") if isinstance(item, Mapping) else None
        pairs = values.items() if isinstance(values, Mapping) else ()
        shares = [(clean(name), number(value) or 0.0) for name, value in pairs]
        if shares:
            shares.sort(key=lambda pair: -abs(pair[1]))
            name = clean(output) if len(outputs) > 1 else ""
            found.append(Importance(source, name, shares))
    return found


def examples_of(
    store: Store, prefix: str, labels: Sequence[str], folders: Sequence[str]
) -> Examples | None:
    """Return explained texts or pictures; ``None`` if no report has any.

    Args:
        store: Where they are.
        prefix: Below which the report is.
        labels: Names of the classes by number, where they are known.
        folders: Prefixes of pictures: the first folder below one is the true label.
    """
    for found in ending(store.below(prefix), ".json"):
        content = store.json(found.uri)
        samples = content if isinstance(content, list) else []
        known = [item for item in samples if isinstance(item, Mapping)]
        items = [_text(item, labels) for item in known if "text" in item][:MOST_EXAMPLES]
        pictures = [item for item in known if "input_image_uri" in item]
        items += _pictures(store, pictures, labels, folders)
        if items:
            return Examples(Source("the job's explainability report", clean(found.uri)), items)
    return None


def _text(item: Mapping[str, Any], labels: Sequence[str]) -> Example:
    scores = item.get("token_scores") or []
    parts = [
        (
            clean((score.get("description") or {}).get("partial_text", "")),
            number(score.get("attribution")) or 0.0,
        )
        for score in scores
        if isinstance(score, Mapping)
    ]
    text = clean(item["text"])
    return Example(
        name="",
        predicted=_label(item, labels),
        probability=number(item.get("probability")),
        text=text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…",
        parts=parts,
    )


def _pictures(
    store: Store,
    samples: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    folders: Sequence[str],
) -> list[Example]:
    named = [
        Example(
            name=clean(item["input_image_uri"]),
            predicted=_label(item, labels),
            true=true_label(str(item["input_image_uri"]), folders),
            probability=number(item.get("probability")),
        )
        for item in samples
    ]
    order = sorted(range(len(named)), key=lambda place: not named[place].is_wrong)
    return [_with_pictures(store, named[place], samples[place]) for place in order[:MOST_EXAMPLES]]


def _with_pictures(store: Store, example: Example, item: Mapping[str, Any]) -> Example:
    picture = store.read(str(item["input_image_uri"]), _LARGEST_PICTURE)
    heat = item.get("heatmap_image_uri")
    heat_map = store.read(str(heat), _LARGEST_PICTURE) if heat else None
    return replace(example, picture=picture or b"", heat_map=heat_map or b"")


def true_label(uri: str, folders: Sequence[str]) -> str:
    """Return the first folder below the prefix that a picture is in; empty if there is none."""
    for folder in folders:
        start = folder if folder.endswith("/") else f"{folder}/"
        label, slash, _ = uri.removeprefix(start).partition("/")
        if uri.startswith(start) and slash:
            return clean(label)
    return ""


def _label(item: Mapping[str, Any], labels: Sequence[str]) -> str:
    """Return the name of the predicted class; its number where names are not known."""
    said = item.get("predicted_label", "")
    place = number(said)
    if place is not None and place == int(place) and 0 <= place < len(labels):
        return labels[int(place)]
    return clean(said)


def data_uri(content: bytes) -> str:
    """Return a picture as an address that holds it; empty for what is no PNG or JPEG."""
    for start, kind in _FORMATS.items():
        if content.startswith(start):
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return ""
