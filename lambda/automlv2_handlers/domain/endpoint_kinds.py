"""Kinds of endpoints that SageMaker does not turn into each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INSTANCES = ""
"""On instances, in real time; its generated names are what they were before there were others."""

SERVERLESS = "serverless"
ASYNCHRONOUS = "asynchronous"

_WORDS = {INSTANCES: "on instances in real time", SERVERLESS: "serverless"}


def kind_of(config: Mapping[str, Any]) -> str:
    """Return the kind of endpoint that a configuration, or the properties of one, makes."""
    if config.get("AsyncInferenceConfig"):
        return ASYNCHRONOUS
    variants = config.get("ProductionVariants")
    if not isinstance(variants, list):
        return INSTANCES
    serverless = [item for item in variants if isinstance(item, Mapping) and _is_serverless(item)]
    return SERVERLESS if serverless else INSTANCES


def in_words(kind: str) -> str:
    """Return a kind for people."""
    return _WORDS.get(kind, kind)


def _is_serverless(variant: Mapping[str, Any]) -> bool:
    return bool(variant.get("ServerlessConfig"))
