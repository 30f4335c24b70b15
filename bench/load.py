"""A hundred jobs and endpoints at once, against AWS's published rates and chance throttles."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.figure import Figure, python
from cdk_automlv2.local import LocalCloud

_APP = Path(__file__).with_name("apps") / "load.py"
_STACKS = 5
_JOBS = 100
_SPEED = 60
_THROTTLES = 0.05


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "CDK_OUTDIR": str(folder / "cdk.out")}
        subprocess.run(python(str(_APP)), env=environment, check=True, capture_output=True)
        with LocalCloud.start(folder / "cloud", _SPEED, _THROTTLES) as cloud:
            started = time.monotonic()
            statuses = _deploy_all(cloud, folder / "cdk.out")
            seconds = time.monotonic() - started
            found = _inventory(cloud.client("sagemaker"))
    failed = sum(status != 0 for status in statuses)
    yield Figure("stacks of 20 jobs that failed, of 5 at once", str(failed), "-", failed, 0)
    missing = _JOBS - found["endpoints"]
    yield Figure(
        "endpoints that are not in service, of 100",
        f"{missing} in {seconds:.0f} s",
        "-",
        missing,
        0,
    )
    extra = found["jobs"] - _JOBS
    yield Figure("jobs trained more often than once", str(extra), "-", extra, 0)


def _deploy_all(cloud: LocalCloud, assembly: Path) -> list[int]:
    options = ["--app", str(assembly), "--require-approval", "never"]

    def deploy(number: int) -> int:
        return cloud.cdk(["deploy", f"Load{number}", *options], quiet=True).returncode

    with ThreadPoolExecutor(_STACKS) as pool:
        return list(pool.map(deploy, range(_STACKS)))


def _inventory(sagemaker: Any) -> dict[str, int]:
    jobs = sagemaker.get_paginator("list_auto_ml_jobs").paginate().search("AutoMLJobSummaries")
    endpoints = sagemaker.get_paginator("list_endpoints").paginate().search("Endpoints")
    return {
        "jobs": sum(1 for _ in jobs),
        "endpoints": sum(item["EndpointStatus"] == "InService" for item in endpoints),
    }
