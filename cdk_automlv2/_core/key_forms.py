"""What the text of a KMS key may look like; without the CDK, which data channels do not import."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault

_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d+:(key/[\w-]+|alias/[\w/-]+)")
_KEY_ID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}")
_ALIAS = re.compile(r"alias/[\w/-]{1,250}")


def key_faults(option: str, key: Any) -> Iterator[OptionFault]:
    """Yield what is wrong with a key that is given as text."""
    if not isinstance(key, str) or is_token(key):
        return
    if not any(form.fullmatch(key) for form in (_KEY_ARN, _KEY_ID, _ALIAS)):
        rule = "must be a kms.IKey, the ARN or id of a key, or alias/name"
        yield OptionFault(option, rule, key)
