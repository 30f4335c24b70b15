"""What the form sends to an endpoint, and what comes back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli import content
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.page.shown import plain

_MOST: Final = 100_000
"""Bytes of a response that are shown."""


def send(client: Client, given: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
    """Invoke an endpoint.

    Args:
        client: Makes clients.
        given: ``endpoint``; ``type`` of the content, or the ``name`` of its file.
        body: What is sent.

    Raises:
        Failure: If there is nothing to send, or the endpoint refuses it.
    """
    endpoint = given.get("endpoint", "")
    if not endpoint or not body.strip():
        raise Failure("choose an endpoint, and give a row or a file", run("invoke", "--help"))
    kind = given.get("type") or content.content_type(body, given.get("name", ""))
    began = time.monotonic()
    try:
        answer = client("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint, ContentType=kind, Body=body
        )
        response: bytes = answer["Body"].read()
    except ClientError as error:
        words = str(error.response.get("Error", {}).get("Message") or error)
        raise Failure(words, run("logs", endpoint, "--local")) from error
    found: Mapping[str, Any] = plain(
        {
            "sent": kind,
            "type": answer["ContentType"],
            "bytes": len(response),
            "milliseconds": round((time.monotonic() - began) * 1000),
            "variant": answer.get("InvokedProductionVariant", ""),
            "text": response[:_MOST].decode(errors="backslashreplace"),
            "left_out": max(0, len(response) - _MOST),
        }
    )
    return found
