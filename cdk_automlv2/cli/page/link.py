"""The page's server is started when it is asked for; a link to it is good once."""

from __future__ import annotations

import os
import sys
import webbrowser

from cdk_automlv2.local import LocalCloud
from cdk_automlv2.local.cloud import servers
from cdk_automlv2.local.cloud.ask import ask_json

CODE = "/_automlv2/page-code"
PAGE = "/page"
_DISPLAYS = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")


def link_to(cloud: LocalCloud) -> str:
    """Return an address that opens the page once; starts its server where there is none.

    Raises:
        AskError: If the server does not answer.
        RuntimeError: If it does not come up.
    """
    address = servers.page_of(cloud.folder)
    if not address:
        server = servers.start_page(cloud.folder)
        server.wait_until_ready(PAGE, cloud.folder / "page.log")
        address = server.url
    code = ask_json(cloud.keys.own, address + CODE, {})["code"]
    return f"{address}{PAGE}#{code}"


def open_browser(address: str) -> bool:
    """Open a browser with a window; whether there was one."""
    has_window = sys.platform in ("darwin", "win32") or any(map(os.environ.get, _DISPLAYS))
    return has_window and webbrowser.open(address)
