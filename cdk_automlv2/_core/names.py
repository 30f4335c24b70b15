"""Beginnings of names, in the characters that SageMaker takes."""

from __future__ import annotations

import re

from cdk_automlv2._core.tokens import is_token


def base_name(text: str) -> str:
    """Return ``text`` in lower case, with ``-`` for whatever a name may not hold."""
    if is_token(text):
        return text
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "automl"
