"""What a page or a picture asks its reader's browser to load."""

import re
from html.parser import HTMLParser

LOADS = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src"}
_ADDRESS = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")


class Loads(HTMLParser):
    """Collects what a page asks its reader's browser to load."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        value = dict(attrs).get(LOADS.get(tag, ""))
        if value and not (tag == "link" and dict(attrs).get("rel") == "canonical"):
            self.found.append(value)


def loaded(text):
    """Return every address that a text loads."""
    reader = Loads()
    reader.feed(text)
    return [*reader.found, *_ADDRESS.findall(text)]
