"""Servers of the local cloud: started on free ports, known by process id, stopped for sure."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_STOP_SECONDS = 5
_READY_SECONDS = 60
_STARTED: dict[int, subprocess.Popen[bytes]] = {}
"""Processes that this one started, kept so that they can be reaped."""


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
    finally:
        for item in sockets:
            item.close()


@dataclass(frozen=True)
class Server:
    """A process that we started; told from a later one of the same id by its start time.

    Attributes:
        pid: Process id; the process leads a session of its own.
        started: Start time as the system has it; epoch seconds.
        port: Where it listens.
    """

    pid: int
    started: float
    port: int

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def start(
        cls, command: Sequence[str], port: int, environment: Mapping[str, str], log: Path
    ) -> Server:
        """Start a process in a session of its own; its output goes to ``log``."""
        with log.open("ab") as sink:
            process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _STARTED[process.pid] = process
        return cls(process.pid, psutil.Process(process.pid).create_time(), port)

    def wait_until_ready(self, path: str, log: Path) -> None:
        """Return once ``path`` answers.

        Raises:
            RuntimeError: If the process ends first, or a minute has passed; quotes the log.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and self.is_running():
            try:
                with urllib.request.urlopen(self.url + path, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise RuntimeError(f"a server of the local cloud did not come up; {log} ends with:\n{tail}")

    def is_running(self) -> bool:
        """Whether it is still the process that we started."""
        return self._process() is not None

    def stop(self) -> None:
        """End the process and what it started; returns when they are gone."""
        process = self._process()
        if process is None:
            return
        family = [process, *process.children(recursive=True)]
        for member in family:
            _signal(member.terminate)
        _, alive = psutil.wait_procs(family, timeout=_STOP_SECONDS)
        for member in alive:
            _signal(member.kill)
        psutil.wait_procs(alive, timeout=_STOP_SECONDS)
        child = _STARTED.pop(self.pid, None)
        if child is not None:
            child.wait()

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def _signal(send: object) -> None:
    try:
        send()  # type: ignore[operator]
    except psutil.NoSuchProcess:
        return
