"""The page's server, with the guard before it; started by ``local.cloud.servers``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config

from cdk_automlv2.cli.page.account import accounts_of
from cdk_automlv2.cli.page.server import LIMIT, UNSIGNED, application
from cdk_automlv2.local import LocalCloud
from cdk_automlv2.local.cloud.claims import SignatureError
from cdk_automlv2.local.cloud.guard import Guard
from cdk_automlv2.local.cloud.page_sessions import PageSessions
from cdk_automlv2.local.cloud.signature import Key

_LOOK_SECONDS = 1


def guarded(cloud: LocalCloud, port: int) -> Guard:
    """Return the page of a cloud, which listens on that port, behind the guard."""

    async def own(access_key: str, token: str) -> Key:
        if access_key != cloud.keys.own.access_key or token:
            raise SignatureError("AccessDeniedException", "the key is not one for this address")
        return cloud.keys.own

    sessions = PageSessions()
    app = application(accounts_of(cloud), sessions)
    return Guard(app, port, own, unsigned=UNSIGNED, limit=LIMIT, page=sessions)


async def _serve(cloud: LocalCloud, descriptor: int, port: int) -> None:
    async def ended() -> None:
        while cloud.is_running():
            await asyncio.sleep(_LOOK_SECONDS)

    config = Config()
    config.bind = [f"fd://{descriptor}"]
    await serve(guarded(cloud, port), config, shutdown_trigger=ended)  # type: ignore[arg-type]


def main(folder: Path, descriptor: int, port: int) -> None:
    """Serve the page of the cloud of a folder, until that has ended."""
    asyncio.run(_serve(LocalCloud.attach(folder), descriptor, port))


if __name__ == "__main__":
    _, _folder, _descriptor, _port = sys.argv
    main(Path(_folder), int(_descriptor), int(_port))
