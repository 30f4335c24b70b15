"""Starts the training of a job as a process of its own and reads what it reports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

import psutil

_PROCESSORS = threading.BoundedSemaphore(os.cpu_count() or 1)
_LOOK_SECONDS = 0.2
_NICENESS = 5
"""With it a process gets a third of a processor that another one wants too."""

_LONGEST_LAST_LINE = 600
_OF_CANDIDATES = frozenset({"Started", "Candidate", "Reported"})
_LAST = frozenset({"Attributes", "Failure"})


@dataclass
class Result:
    """How a training ended.

    Attributes:
        failure: The FailureReason; empty if it did not fail.
        attributes: Members for the job's description.
    """

    failure: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


class Trainer:
    """One training.

    Args:
        job: The job's description.
        environment: Credentials of the job's role; the process has no others.
        add: Called with what is known of a candidate: when its trial starts, when it is done, and
            when its reports are written.
        account: Account that the images are said to come from.
        region: Region of the images.
    """

    def __init__(
        self,
        job: dict[str, Any],
        environment: dict[str, str],
        add: Callable[[dict[str, Any]], None],
        account: str,
        region: str,
    ) -> None:
        self._spec = {
            key: job[key]
            for key in (
                "AutoMLJobName",
                "AutoMLJobInputDataConfig",
                "AutoMLProblemTypeConfig",
                "AutoMLJobObjective",
                "DataSplitConfig",
                "OutputDataConfig",
            )
            if key in job
        } | {"Account": account, "Region": region}
        self._environment = environment
        self._add = add

    def run(self, stop: threading.Event) -> Result:
        """Train when a processor is free; returns at the end, or soon after ``stop`` is set."""
        with _PROCESSORS:
            return Result() if stop.is_set() else self._run(stop)

    def command(self) -> list[str]:
        """Return the command line of the training process."""
        return [sys.executable, "-m", "cdk_automlv2.local.training"]

    def _run(self, stop: threading.Event) -> Result:
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "HOME") if key in os.environ}
        with tempfile.TemporaryFile("w+") as errors, tempfile.TemporaryFile("w+") as request:
            json.dump(self._spec, request)
            request.seek(0)
            process = subprocess.Popen(
                self.command(),
                env={**kept, **self._environment, "OMP_NUM_THREADS": "1"},
                stdin=request,  # Arguments are shown to every user, and are limited in length.
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            _give_way(process.pid)
            watch = _Watch(process, stop)
            watch.start()
            with process:
                result = self._reported(process)
            watch.join()
            return result or Result(_silent_end(process.returncode, watch.memory, errors))

    def _reported(self, process: subprocess.Popen[str]) -> Result | None:
        """Read the reports up to the end of the process; return the last one, if there is one."""
        assert process.stdout is not None
        result = None
        for line in process.stdout:
            report = _report_of(line)
            for kind in _OF_CANDIDATES & report.keys():
                self._add(report[kind])
            if _LAST & report.keys():
                result = Result(report.get("Failure", ""), report.get("Attributes", {}))
        return result


def _give_way(pid: int) -> None:
    """Let a training take what the rest leaves: on AWS it has machines of its own."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # It may have ended.
            least = os.getpriority(os.PRIO_PROCESS, pid)
            os.setpriority(os.PRIO_PROCESS, pid, max(least, _NICENESS))


class _Watch(threading.Thread):
    """Ends a process when the job is stopped, and sees how much memory it has.

    Attributes:
        memory: Bytes it held when last looked at.
    """

    def __init__(self, process: subprocess.Popen[str], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.memory = 0
        self._process = process
        self._stop_asked = stop

    def run(self) -> None:
        """Look again and again until the process has ended."""
        while self._process.poll() is None:
            if self._stop_asked.wait(_LOOK_SECONDS):
                self._process.kill()
                return
            self._look()

    def _look(self) -> None:
        try:
            self.memory = psutil.Process(self._process.pid).memory_info().rss or self.memory
        except psutil.Error:
            return


def _report_of(line: str) -> dict[str, Any]:
    """Return a report, or nothing for a line that a library has printed."""
    try:
        report = json.loads(line)
    except ValueError:
        return {}
    known = _OF_CANDIDATES | _LAST
    return report if isinstance(report, dict) and known & report.keys() else {}


def _silent_end(status: int, memory: int, errors: IO[str]) -> str:
    """Return why a process has ended without a result."""
    words = "The training process ended without a result"
    held = f"it held {memory / 2**20:,.0f} MiB of memory" if memory else ""
    if status < 0:
        name = (
            signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        )
        text = f"{words}: it was killed by {name}"
        if name == "SIGKILL":
            text += ", as the system does where memory runs out"
        return f"{text}; {held}." if held else f"{text}."
    errors.seek(0)
    lines = [line.strip() for line in errors if line.strip()]
    last = f": {lines[-1][:_LONGEST_LAST_LINE]}" if lines else ""
    return f"The training process could not start or report, exit status {status}{last}"
