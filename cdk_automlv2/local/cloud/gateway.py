"""Runs ministack in this process, repaired and guarded, with routes more for our SageMaker.

Started by ``local.cloud.servers``. Requests count as encrypted: they never leave the machine, and
policies that demand TLS, as CDK's bootstrap bucket has one, would refuse every one of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from cdk_automlv2.local.cloud import bodies, lifeline, limits, registry_stacks, repairs
from cdk_automlv2.local.cloud.authorizer import AUTHORIZE, SESSION, authorize, session
from cdk_automlv2.local.cloud.bodies import Receive
from cdk_automlv2.local.cloud.credentials import (
    FIND,
    KeyRing,
    admit_administrators,
    answer_key,
    keys_in_ministack,
)
from cdk_automlv2.local.cloud.deliveries import DELIVERIES, plan
from cdk_automlv2.local.cloud.further_rights import FurtherRights
from cdk_automlv2.local.cloud.guard import Application, Guard, Scope, Send
from cdk_automlv2.local.cloud.service_alarms import ALARMS, look
from cdk_automlv2.local.cloud.service_events import EVENT, put_event

Route = Callable[[dict[str, Any]], dict[str, Any]]

HEALTH = "/_ministack/health"
_UNSIGNED = (
    ("GET", HEALTH),
    ("PUT", "/_ministack/cfn-response/"),
    ("PUT", "/_ministack/cfn-signal/"),
)
_QUESTION_LIMIT = 1024 * 1024


def application(ring: KeyRing) -> Application:
    """Return ministack with our routes; nothing of it is guarded."""
    routes: dict[str, Route] = {
        AUTHORIZE: authorize,
        SESSION: session,
        EVENT: put_event,
        ALARMS: look,
        DELIVERIES: plan,
        FIND: partial(answer_key, ring),
    }

    async def ministack(scope: Scope, receive: Receive, send: Send) -> None:
        from ministack.app import app

        await app(scope, receive, send)

    with_rights = FurtherRights(ministack)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await ministack(scope, receive, send)
        elif scope["path"] in routes:
            await _answer(routes[scope["path"]], receive, send)
        else:
            await with_rights({**scope, "scheme": "https"}, receive, send)

    return serve


async def _answer(route: Route, receive: Receive, send: Send) -> None:
    question = json.loads(await bodies.read(receive, {}, _QUESTION_LIMIT))
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(route(question)).encode()})


def main(descriptor: int, port: int) -> None:
    """Serve on the socket of that descriptor and port until stopped; keys are on standard input."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    ring = lifeline.read()
    limits.raise_open_files()
    repairs.apply()
    registry_stacks.apply(ring)
    admit_administrators(ring)
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.keep_alive_timeout = 75
    guarded = Guard(application(ring), port, keys_in_ministack(ring), unsigned=_UNSIGNED)
    asyncio.run(serve(guarded, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    _, _folder, _descriptor, _port = sys.argv
    main(int(_descriptor), int(_port))
