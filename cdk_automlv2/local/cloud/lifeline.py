"""What a server reads on standard input: its keys, then nothing until its parent is gone.

A server that is not left running ends with the process that has started it, however that ends,
and takes with it what it has started itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time

from cdk_automlv2.local.cloud.credentials import KeyRing

_GRACE_SECONDS = 5


def message(keys: KeyRing, *, left_running: bool) -> str:
    """Return the line that a server is sent."""
    return json.dumps({"keys": keys.to_json(), "left_running": left_running})


def read() -> KeyRing:
    """Read that line; from then on the process ends when its parent does, if it must."""
    found = json.loads(sys.stdin.readline())
    if not found["left_running"]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    return KeyRing.from_json(found["keys"])


def _end_with_parent() -> None:
    while sys.stdin.readline():
        continue
    # The process leads a group of its own, in which everything is that it has started.
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)
