"""Middleware of both servers: accepts requests of the user who started them, and no others.

Any web page and any user of the machine can send requests to 127.0.0.1. So a request must name
the server's own address, must not come from a web page, and must be signed with a key that was
created at this start, or with a session of a role.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from cdk_automlv2.local.cloud import bodies
from cdk_automlv2.local.cloud.bodies import MalformedError, Receive, TooLargeError
from cdk_automlv2.local.cloud.claims import Claim, Head, SignatureError, claim_of
from cdk_automlv2.local.cloud.page_sessions import API, PageSessions
from cdk_automlv2.local.cloud.refusals import refusal
from cdk_automlv2.local.cloud.signature import Key, hash_of, verify_body, verify_head

ACCOUNT_HEADER = b"x-automlv2-account"
"""Header that names the signer's account to the server; a client cannot set it."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Keys = Callable[[str, str], Awaitable[Key]]
"""Finds a key by its id and session token; raises SignatureError where there is none."""

_LIMIT = 64 * 1024 * 1024
_S3_LIMIT = 5 * 1024 * 1024 * 1024
_UNSIGNED_LIMIT = 64 * 1024
"""CloudFormation's responses have 4 kB at most."""
PRIVATE = ("/_automlv2/", "/_ministack/", "/_localstack/")
"""What the servers ask each other, and ministack's own routes, which ask nobody for a right."""


class Guard:
    """ASGI middleware.

    Args:
        app: The application to protect.
        port: Where it listens, on 127.0.0.1.
        keys: Finds keys.
        unsigned: Requests that need no signature, as (method, path), a path that ends in a slash
            with everything below it: health checks, and URLs that are secrets themselves.
        private: Path prefixes that only the local cloud's own key may call.
        limit: Maximum size of a body in bytes, except for S3.
        page: Sessions of the local cloud's page, on the server that has it: they are asked below
            ``/api/``, in the place of a signature.
    """

    def __init__(
        self,
        app: Application,
        port: int,
        keys: Keys,
        *,
        unsigned: Iterable[tuple[str, str]] = (),
        private: tuple[str, ...] = PRIVATE,
        limit: int = _LIMIT,
        page: PageSessions | None = None,
    ) -> None:
        self._app = app
        self._own = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._keys = keys
        self._unsigned = tuple(unsigned)
        self._private = private
        self._limit = limit
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await self._serve(scope, receive, _without_cors(send))
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = Head.of(scope)
        try:
            self._require_own_address(scope)
            if self._needs_no_signature(scope):
                body = await bodies.read(receive, head.headers, _UNSIGNED_LIMIT)
                key = None
            elif self._page is not None and scope["path"].startswith(API):
                self._page.require(head)
                body = await bodies.read(receive, head.headers, self._limit)
                key = None
            else:
                body, key = await self._signed(scope, head, receive)
            if _is_json(head):
                bodies.json_object(body)
        except (SignatureError, TooLargeError, MalformedError) as error:
            for message in refusal(head, error.code, error.message):
                await send(message)
            return
        except bodies.GoneError:
            return
        account = key.account if key else ""
        await self._app(_with_account(scope, account), bodies.replay(body, receive), send)

    def _require_own_address(self, scope: Scope) -> None:
        """Refuse requests of web pages, and host names that DNS rebinding points here."""
        hosts = _values(scope, b"host")
        origins = _values(scope, b"origin")
        sites = _values(scope, b"sec-fetch-site")
        foreign = (
            len(hosts) != 1
            or hosts[0] not in self._own
            or any(origin.removeprefix("http://") not in self._own for origin in origins)
            or any(site not in ("none", "same-origin") for site in sites)
        )
        if foreign:
            raise SignatureError(
                "AccessDeniedException", "requests of web pages and to other host names are refused"
            )

    def _needs_no_signature(self, scope: Scope) -> bool:
        path = scope["path"]
        return any(
            scope["method"] == method
            and (path.startswith(known) if known.endswith("/") else path == known)
            for method, known in self._unsigned
        )

    async def _signed(self, scope: Scope, head: Head, receive: Receive) -> tuple[bytes, Key]:
        """Return the body once the signature is found right, where possible before reading it."""
        claim = claim_of(head)
        key = await self._keys(claim.access_key, claim.token)
        if (not key.account) != scope["path"].startswith(self._private):
            raise SignatureError("AccessDeniedException", "the key is not one for this address")
        if claim.payload:
            verify_head(claim, head, key, claim.payload)
            body = await bodies.read(receive, head.headers, self._limit_of(claim))
            verify_body(claim, head, key, body)
        else:
            body = await bodies.read(receive, head.headers, self._limit)
            verify_head(claim, head, key, hash_of(body))
        return body, key

    def _limit_of(self, claim: Claim) -> int:
        return _S3_LIMIT if claim.service == "s3" else self._limit


def _is_json(head: Head) -> bool:
    """Whether the body is JSON, which every server must be able to read."""
    kind = head.headers.get("content-type", "")
    return "x-amz-target" in head.headers and kind.startswith("application/x-amz-json")


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _with_account(scope: Scope, account: str) -> Scope:
    headers = [pair for pair in scope["headers"] if pair[0].lower() != ACCOUNT_HEADER]
    if account:
        headers.append((ACCOUNT_HEADER, account.encode()))
    return {**scope, "headers": headers}


def _without_cors(send: Send) -> Send:
    """Drop the headers that let web pages read an answer."""

    async def send_without(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                pair
                for pair in message.get("headers", ())
                if not bytes(pair[0]).lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return send_without
