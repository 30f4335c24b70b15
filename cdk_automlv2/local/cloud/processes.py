"""Servers of the local cloud: started on ports of their own, found again, stopped for sure."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from cdk_automlv2.local.cloud.private_files import open_own

_STOP_SECONDS = 5
_READY_SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_STARTED: dict[int, subprocess.Popen[bytes]] = {}
"""Processes that this one started, kept so that they can be reaped."""


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(listener()) for _ in range(count)]
        return [port_of(item) for item in sockets]


def listener() -> socket.socket:
    """Return a socket with a port of its own on 127.0.0.1; nobody else can take it any more."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


def port_of(bound: socket.socket) -> int:
    """Return the port of a socket."""
    port: int = bound.getsockname()[1]
    return port


@dataclass(frozen=True)
class Server:
    """A process that we started; identified by its id and its start time.

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
        cls,
        command: Sequence[str],
        bound: socket.socket,
        environment: Mapping[str, str],
        log: Path,
        said: str,
    ) -> Server:
        """Start a process in a session of its own.

        Args:
            command: What to run; the socket's descriptor and its port are added.
            bound: Socket to listen on; closed here.
            environment: All of its environment.
            log: Where its output goes; only its owner may read it.
            said: First line that it reads on standard input, which ends with this process.
        """
        port = port_of(bound)
        sink = open_own(log, os.O_APPEND)
        with bound, os.fdopen(sink, "ab") as output:
            process = subprocess.Popen(
                [*command, str(bound.fileno()), str(port)],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[bound.fileno()],
            )
        _STARTED[process.pid] = process
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(said.encode() + b"\n")
            process.stdin.flush()
        return cls(process.pid, psutil.Process(process.pid).create_time(), port)

    def wait_until_ready(self, path: str, log: Path) -> None:
        """Return once ``path`` answers.

        Raises:
            RuntimeError: If the process ends first, or a minute has passed; quotes the log.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and self.is_running():
            try:
                with _DIRECT.open(self.url + path, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        raise RuntimeError(f"a server of the local cloud did not come up; {log} ends with:\n{tail}")

    def is_running(self) -> bool:
        """Whether it is still the process that we started."""
        return self._process() is not None

    def stop(self) -> None:
        """End the process and what it started; returns when they are gone.

        Also ends what is left of a process that has ended by itself.
        """
        end_all(self._family)
        child = _STARTED.pop(self.pid, None)
        if child is not None:
            assert child.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            child.wait()

    def _family(self) -> Iterator[psutil.Process]:
        """Yield the process and all in its session: children of one that is gone stay in it."""
        leader = self._process()
        if leader is not None:
            yield leader
            with contextlib.suppress(psutil.NoSuchProcess):
                yield from leader.children(recursive=True)
        elif psutil.pid_exists(self.pid) and self._is_other():
            return
        for process in psutil.process_iter():
            if process.pid != self.pid and _session_of(process) == self.pid:
                yield process

    def _is_other(self) -> bool:
        """Whether the id belongs to a later process; then its session is not ours."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return abs(psutil.Process(self.pid).create_time() - self.started) >= 1
        return False

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def end_all(find: Callable[[], Iterable[psutil.Process]]) -> None:
    """End the processes that ``find`` finds, and those that they start meanwhile."""
    for send in (psutil.Process.terminate, psutil.Process.kill, psutil.Process.kill):
        family = [process for process in find() if _is_alive(process)]
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                send(member)
        psutil.wait_procs(family, timeout=_STOP_SECONDS)


def servers_of(folder: Path, modules: Sequence[str]) -> list[psutil.Process]:
    """Return this user's processes that run one of ``modules`` for ``folder``."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = process.cmdline()
            ours = process.uids().real == os.getuid()
            if ours and str(folder) in command and any(name in command for name in modules):
                found.append(process)
    return found


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _session_of(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except OSError:
        return 0
