"""Signed requests of the local cloud to its own servers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cdk_automlv2.local.cloud.signature import Key

_SECONDS = 30
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens without a proxy, whatever the environment names."""


class AskError(Exception):
    """When a server of the local cloud does not answer, or refuses."""

    next = "automlv2 local status"


def ask(key: Key, url: str, body: bytes = b"", method: str = "POST") -> bytes:
    """Send a request signed by the local cloud's own key, and return the answer.

    Raises:
        AskError: If there is no answer, or a refusal.
    """
    request = AWSRequest(method=method, url=url, data=body)
    SigV4Auth(Credentials(key.access_key, key.secret_key), "automlv2", "local").add_auth(request)
    headers = dict(request.headers.items())
    sent = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with _DIRECT.open(sent, timeout=_SECONDS) as answer:
            found: bytes = answer.read()
            return found
    except (urllib.error.URLError, OSError) as error:
        raise AskError(f"{url} does not answer: {error}") from error


def ask_json(key: Key, url: str, question: dict[str, Any]) -> dict[str, Any]:
    """Ask in JSON, and read the answer's.

    Raises:
        AskError: If there is no answer, or a refusal.
    """
    found: dict[str, Any] = json.loads(ask(key, url, json.dumps(question).encode()))
    return found
