"""Headless Chromium driven over a pipe by its DevTools protocol: no driver, no port."""

import base64
import fcntl
import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .browser import CHROMIUM

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = [(1280, False), (1280, True), (390, False), (390, True)]
AUDITED = [(1280, False), (390, True)]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AUDIT = "axe.run().then(found => found.violations.map(rule => `${rule.id}: ${rule.nodes[0].html}`))"

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_HIGH = 20
"""Where the pipe's ends lie before they become 3 and 4, which Chromium uses."""


class Tab:
    """One tab.

    Attributes:
        requests: Addresses that the page has asked for, its own among them.
        messages: What stands on its console.
    """

    def __init__(self, to_browser, from_browser):
        self._to, self._from = to_browser, from_browser
        self._number, self._rest, self._session = 0, b"", None
        self.requests, self.messages = [], []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def look_like(self, width, height, *, dark):
        """Set the size of the window, and what the reader prefers."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, place):
        """Open a file or an address, and wait until it is there."""
        self.requests.clear()
        self.messages.clear()
        url = place if isinstance(place, str) else place.as_uri()
        self._ask("Page.navigate", url=url)
        self._until("Page.loadEventFired")

    def set_file(self, selector, path):
        """Choose a file in a form, as a person would."""
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        found = self._ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._ask("DOM.setFileInputFiles", nodeId=found, files=[str(path)])

    def run(self, script):
        """Return the value of an expression in the page."""
        found = self._ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path):
        """Write what the whole page looks like."""
        found = self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def _ask(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self._number:
                assert "error" not in found, found["error"]
                return found["result"]

    def _until(self, event):
        while self._next().get("method") != event:
            pass

    def _next(self):
        while b"\0" not in self._rest:
            part = os.read(self._from, 2**16)
            assert part, "the browser has ended"
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        found = json.loads(line)
        self._notice(found.get("method"), found.get("params", {}))
        return found

    def _notice(self, method, parameters):
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.consoleAPICalled":
            self.messages.append(str(parameters["args"]))
        elif method == "Log.entryAdded":
            self.messages.append(parameters["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.messages.append(str(parameters["exceptionDetails"]))


@contextmanager
def tab(folder):
    """Start a browser that keeps its profile in a folder; yields a tab."""
    ours, theirs = os.pipe(), os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD, _HIGH) for end in (ours[0], theirs[1])]

    def third_and_fourth():
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(
        [CHROMIUM, *_FLAGS, f"--user-data-dir={folder}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=third_and_fourth,
        pass_fds=(3, 4),
    )
    for end in (*high, ours[0], theirs[1]):
        os.close(end)
    try:
        yield Tab(ours[1], theirs[0])
    finally:
        process.terminate()
        process.wait(timeout=20)
        os.close(ours[1])
        os.close(theirs[0])
