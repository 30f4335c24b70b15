"""The page's routes: its three files, a session, what it shows as JSON, and one that invokes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cdk_automlv2.cli.failures import Failure, aws_errors
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.page import style
from cdk_automlv2.cli.page.account import Account
from cdk_automlv2.cli.page.link import CODE, PAGE
from cdk_automlv2.cli.page.sending import send
from cdk_automlv2.local.cloud.claims import SignatureError
from cdk_automlv2.local.cloud.page_sessions import API, PageSessions

SESSION: Final = "/session"
UNSIGNED: Final = (
    *(("GET", PAGE), ("GET", "/page.css"), ("GET", "/page.js")),
    ("POST", SESSION),
)
"""What the guard lets through without a token: nothing of it is known of the cloud."""
LIMIT: Final = 6 * 1024 * 1024
"""Of a body that an endpoint takes."""
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Found = Mapping[str, Any]
Make = Callable[[Account, Mapping[str, str], bytes], Found]


def application(accounts: Mapping[str, Account], sessions: PageSessions) -> Starlette:
    """Return the ASGI application of the page; the guard stands before it.

    Args:
        accounts: Those of the cloud, by number.
        sessions: Who may use it; the guard asks them too.
    """
    numbers = list(accounts)
    own = {"accounts": numbers, "limit": LIMIT}

    def route(path: str, make: Make, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            query, body = dict(request.query_params), await request.body()
            number = query.pop("account", "") or numbers[0]
            return await run_in_threadpool(_answer, accounts.get(number), make, query, body)

        return Route(API + path, answer, methods=[method])

    async def session(request: Request) -> Response:
        try:
            return _json({"token": sessions.begin((await request.body()).decode("latin-1"))})
        except SignatureError as error:
            return _json({"error": error.message, "next": "automlv2 local page"}, 403)

    async def code(_request: Request) -> Response:
        return _json({"code": sessions.code()})

    return Starlette(
        routes=[
            _file(PAGE, "text/html", _static("page.html")),
            _file("/page.js", "text/javascript", _static("page.js")),
            _file("/page.css", "text/css", style.sheet()),
            Route(SESSION, session, methods=["POST"]),
            Route(CODE, code, methods=["POST"]),
            route("overview", lambda account, *_: {**own, **account.overview()}),
            route("job", lambda account, query, _: account.job(query.get("name", ""))),
            route("logs", lambda account, query, _: account.logs(query.get("group", ""))),
            route("invoke", lambda account, *given: send(account.client, *given), "POST"),
        ],
    )


def _answer(account: Account | None, make: Make, query: Mapping[str, str], body: bytes) -> Response:
    """Return what is asked for, or why there is none and what to do next."""
    try:
        if account is None:
            raise Failure("there is no such account", run("local", "start", "--account", "NUMBER"))
        with aws_errors():
            return _json(make(account, query, body))
    except Failure as error:
        return _json({"error": error.message, "next": error.next}, 400)


def _file(path: str, kind: str, text: str) -> Route:
    async def answer(_request: Request) -> Response:
        return Response(text, media_type=kind, headers=dict(HEADERS))

    return Route(path, answer)


def _static(name: str) -> str:
    return (files("cdk_automlv2.cli.page") / "static" / name).read_text("utf-8")


def _json(value: Found, status: int = 200) -> Response:
    return JSONResponse(value, status, headers=dict(HEADERS))
