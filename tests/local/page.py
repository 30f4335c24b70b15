"""The server of the local cloud's page, and a tab that has come by a link."""

import json
import re

from cdk_automlv2.cli.page import link

from .signing import send

TOKEN = "X-Automlv2-Page"


class Page:
    """The server of a page, and a tab that has come by a link."""

    def __init__(self, cloud):
        address = link.link_to(cloud)
        self.port = int(re.search(r":(\d+)/page#", address)[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = self.begin(address.partition("#")[2])[1]["token"]
        self.own = {"Origin": self.url, TOKEN: self.token}

    def begin(self, code):
        status, _, body = send(self, "POST", "/session", code.encode(), {"Origin": self.url})
        return status, json.loads(body)
