"""200 jobs with endpoints in ten stacks, against AWS's published rates and chance throttles.

ministack makes the resources of a stack one after another, so that as many jobs run at once as
there are stacks; that figure is measured too. ``LOAD_STACKS`` and ``LOAD_JOBS`` (of each stack)
make it smaller.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.figure import Figure, python
from cdk_automlv2.local import LocalCloud

_APP = Path(__file__).with_name("apps") / "load.py"
_STACKS = int(os.environ.get("LOAD_STACKS", "10"))
_JOBS = int(os.environ.get("LOAD_JOBS", "20"))
_SPEED = 60
_THROTTLES = 0.05
_SECONDS = 120 + _STACKS * _JOBS * 12
"""Bound of all on an idle machine of two processors."""


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder, wanted = Path(name), _STACKS * _JOBS
        sizes = {"LOAD_STACKS": str(_STACKS), "LOAD_JOBS": str(_JOBS)}
        environment = {**os.environ, **sizes, "CDK_OUTDIR": str(folder / "cdk.out")}
        subprocess.run(python(str(_APP)), env=environment, check=True, capture_output=True)
        with LocalCloud.start(folder / "cloud", _SPEED, _THROTTLES) as cloud:
            peak = _Peak(cloud.client("sagemaker"))
            started = time.monotonic()
            statuses = _deploy_all(cloud, folder / "cdk.out")
            seconds = time.monotonic() - started
            found = _inventory(cloud.client("sagemaker"))
            at_once = peak.end()
    failed, missing = sum(status != 0 for status in statuses), wanted - found["endpoints"]
    extra = found["jobs"] - wanted
    yield Figure(f"stacks of {_JOBS} jobs that failed, of {_STACKS}", str(failed), "-", failed, 0)
    what = f"endpoints that are not in service, of {wanted}"
    yield Figure(what, str(missing), "-", missing, 0)
    yield Figure("jobs trained more often than once", str(extra), "-", abs(extra), 0)
    yield Figure("seconds of all", f"{seconds:.0f}", "-", seconds, _SECONDS)
    yield Figure("jobs in progress at once", f"{at_once}, of {wanted}", "-", at_once, _STACKS)


class _Peak:
    """Looks every second how many jobs are in progress, and keeps the most."""

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker
        self._most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(1):
            found = _all(self._sagemaker, "list_auto_ml_jobs", StatusEquals="InProgress")
            self._most = max(self._most, len(found))

    def end(self) -> int:
        """Stop looking, and return the most."""
        self._done.set()
        self._thread.join()
        return self._most


def _deploy_all(cloud: LocalCloud, assembly: Path) -> list[int]:
    options = ["--app", str(assembly), "--require-approval", "never"]

    def deploy(number: int) -> int:
        return cloud.cdk(["deploy", f"Load{number}", *options], quiet=True).returncode

    with ThreadPoolExecutor(_STACKS) as pool:
        return list(pool.map(deploy, range(_STACKS)))


def _inventory(sagemaker: Any) -> dict[str, int]:
    endpoints = _all(sagemaker, "list_endpoints", StatusEquals="InService")
    return {"jobs": len(_all(sagemaker, "list_auto_ml_jobs")), "endpoints": len(endpoints)}


def _all(client: Any, operation: str, **filters: str) -> list[Any]:
    """Return what an operation lists on all its pages."""
    pages = client.get_paginator(operation).paginate(**filters)
    member = {"list_auto_ml_jobs": "AutoMLJobSummaries", "list_endpoints": "Endpoints"}[operation]
    return [item for page in pages for item in page[member]]
