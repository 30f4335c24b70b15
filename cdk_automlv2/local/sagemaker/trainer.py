"""Starts the training of a job as a process of its own and reads what it reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_PROCESSORS = threading.BoundedSemaphore(os.cpu_count() or 1)


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
        add: Called with each candidate when it is done.
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

    def _run(self, stop: threading.Event) -> Result:
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "HOME") if key in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "cdk_automlv2.local.training", json.dumps(self._spec)],
            env={**kept, **self._environment, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        watcher = threading.Thread(target=self._kill_on_stop, args=(process, stop), daemon=True)
        watcher.start()
        result = Result(failure="the training process ended without a result")
        assert process.stdout is not None
        with process:
            for line in process.stdout:
                report = json.loads(line)
                if "Candidate" in report:
                    self._add(report["Candidate"])
                else:
                    result = Result(report.get("Failure", ""), report.get("Attributes", {}))
        watcher.join()
        return result

    @staticmethod
    def _kill_on_stop(process: subprocess.Popen[str], stop: threading.Event) -> None:
        while process.poll() is None:
            if stop.wait(0.2):
                process.kill()
                return
