"""Runs ministack in this process, with one more route: may this caller do that?

    python -m cdk_automlv2.local.cloud.authorizer PORT

ministack has no SageMaker. The SageMaker service of this package asks here, so that the same
policies decide in both. Requests count as encrypted: they never leave the machine, and policies
that demand TLS, as CDK's bootstrap bucket has one, would refuse every one of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

ROUTE = "/_automlv2/authorize"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    from ministack.app import app

    if scope["type"] != "http":
        await app(scope, receive, send)
    elif scope["path"] == ROUTE:
        question = json.loads(await _body(receive))
        await _send_json(send, authorize(question))
    else:
        await app({**scope, "scheme": "https"}, receive, send)


def authorize(question: dict[str, Any]) -> dict[str, Any]:
    """Answer whether a caller may do something.

    Args:
        question: ``access_key``, ``session_token``, ``account``, ``region``, ``action``,
            ``resource`` (ARN) and ``context`` (condition keys and their values).

    Returns:
        ``allowed``, ``principal`` (ARN) and, where refused, ``code`` and ``message``.
    """
    from ministack.core import iam_evaluator as iam

    account = question["account"]
    credential = iam.resolve_credential(
        question["access_key"], account, question["session_token"] or None
    )
    if isinstance(credential, iam.CredentialResolutionError):
        return {"allowed": False, "code": credential.code, "message": credential.message}
    principal = iam.resolve_principal(question["access_key"], account, credential)
    if isinstance(principal, iam.AuthError):
        return {"allowed": False, "code": principal.code, "message": principal.message}
    if principal.policies is None:
        return {"allowed": True, "principal": principal.arn}
    decision = iam.evaluate(_context(question, principal), principal.policies, *principal.limits)
    if decision.decision == "Allow":
        return {"allowed": True, "principal": principal.arn}
    how = "with an explicit deny in" if decision.decision == "Deny" else "because no"
    what = "an identity-based policy" if decision.decision == "Deny" else "identity-based policy"
    message = (
        f"User: {principal.arn} is not authorized to perform: {question['action']} "
        f"on resource: {question['resource']} {how} {what}"
        + ("" if decision.decision == "Deny" else f" allows the {question['action']} action")
    )
    return {
        "allowed": False,
        "principal": principal.arn,
        "code": "AccessDeniedException",
        "message": message,
    }


def _context(question: dict[str, Any], principal: Any) -> Any:
    from ministack.core.iam_evaluator import EvalContext

    return EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=question["action"],
        resource_arn=question["resource"],
        region=question["region"],
        source_ip="127.0.0.1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in question["context"].items()},
        principal_keys=principal.keys,
    )


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

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(application, config))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(int(sys.argv[1]))
