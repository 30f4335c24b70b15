"""Who may use the local cloud's page: a code that is good once becomes the token of one tab.

The code comes with the link, behind its ``#``, which no server and no other page is sent. The
token is a header that the page's script sets: unlike a cookie it is not sent to whatever else
listens on 127.0.0.1, and no form or foreign page can send it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from cdk_automlv2.local.cloud.claims import Head, SignatureError

API = "/api/"
"""Below this the page's token is asked for, and nothing else is accepted."""
HEADER = "x-automlv2-page"
SECONDS = 15 * 60
"""How long a code is good for, if it is not used before."""
_MOST = 64
"""Codes and tokens that are remembered, the newest."""


class PageSessions:
    """Codes that were handed out, and tokens that they were exchanged for.

    Args:
        now: Seconds since any moment.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._codes: dict[str, float] = {}
        self._tokens: list[str] = []

    def code(self) -> str:
        """Return a new code."""
        made = secrets.token_urlsafe(32)
        self._codes = dict([*self._codes.items(), (made, self._now() + SECONDS)][-_MOST:])
        return made

    def begin(self, code: str) -> str:
        """Return the token that a code stands for; the code is then used up.

        Raises:
            SignatureError: If it was used, is too old, or was never handed out.
        """
        until = self._codes.pop(code, 0.0)
        if until <= self._now():
            raise SignatureError("AccessDeniedException", "the link was used before, or is too old")
        token = secrets.token_urlsafe(32)
        self._tokens = [*self._tokens, token][-_MOST:]
        return token

    def require(self, head: Head) -> None:
        """Refuse a request that is not the page's own.

        Raises:
            SignatureError: If it has no token, or changes something and does not say from where.
        """
        given = head.headers.get(HEADER, "").encode()
        known = [secrets.compare_digest(given, token.encode()) for token in self._tokens]
        if not any(known):
            raise SignatureError("AccessDeniedException", "the page's token is missing or unknown")
        if head.method not in ("GET", "HEAD") and "origin" not in head.headers:
            raise SignatureError("AccessDeniedException", "a request of the page has an Origin")
