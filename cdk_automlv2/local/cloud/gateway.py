"""Runs ministack in this process, repaired, with two more routes for our SageMaker.

    python -m cdk_automlv2.local.cloud.gateway PORT

Requests count as encrypted: they never leave the machine, and policies that demand TLS, as CDK's
bootstrap bucket has one, would refuse every one of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cdk_automlv2.local.cloud import repairs
from cdk_automlv2.local.cloud.authorizer import AUTHORIZE, SESSION, authorize, session

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_ROUTES = {AUTHORIZE: authorize, SESSION: session}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    from ministack.app import app

    if scope["type"] != "http":
        await app(scope, receive, send)
    elif scope["path"] in _ROUTES:
        question = json.loads(await _body(receive))
        await _send_json(send, _ROUTES[scope["path"]](question))
    else:
        await app({**scope, "scheme": "https"}, receive, send)


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body"):
            return body


async def _send_json(send: Send, answer: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def main(port: int) -> None:
    """Serve on 127.0.0.1 until stopped."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    repairs.apply()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(application, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(int(sys.argv[1]))
