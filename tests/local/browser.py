"""A page of somebody else in a real browser: headless Chromium, where the machine has one."""

import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDED = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"
)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP evil.example 127.0.0.1",
)


class Page:
    """Serves one page, and keeps what the page and others send to it.

    Attributes:
        requests: Method, path and body of what came, without the page's own.
        result: What the page's script has told at its end.
    """

    def __init__(self, script):
        self.requests = []
        self.result = None
        self._told = threading.Event()
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                text = f"<!doctype html><body><script>{script}</script>" if self.path == "/" else ""
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(text.encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                self.send_response(204)
                self.end_headers()
                if self.path == "/result":
                    page.result = json.loads(body)
                    page._told.set()
                else:
                    page.requests.append(("POST", self.path, body))

            def log_message(self, *_):
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def wait(self):
        assert self._told.wait(60), "the page's script has not come to its end"
        return self.result


@contextmanager
def visited(script, folder):
    """Let the browser open a page of another origin with that script; yields the page."""
    page = Page(script)
    url = f"http://evil.example:{page.port}/"
    process = subprocess.Popen(
        [CHROMIUM, *_FLAGS, f"--user-data-dir={folder}", url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield page
    finally:
        process.terminate()
        process.wait(timeout=20)
        page.close()
