"""The first deployment of forty models as files: its stacks are done while the jobs go on."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import Figure, python
from cdk_automlv2.local import LocalCloud

_APP = Path(__file__).parents[1] / "examples" / "forty_models"
_MODELS = 40
_SPEED = 60
_SECONDS = 60


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "cdk.out"
        environment = {**os.environ, "CDK_OUTDIR": str(out)}
        subprocess.run(python("app.py"), cwd=_APP, env=environment, check=True, capture_output=True)
        templates = [json.loads(path.read_text()) for path in out.glob("*.template.json")]
        with LocalCloud.start(Path(name) / "cloud", _SPEED) as cloud:
            # The environment that assets go to is there before; an account has it once.
            started = time.monotonic()
            status = _deploy(cloud, out)
            seconds = time.monotonic() - started
            jobs = _jobs(cloud.client("sagemaker"))
    stacks, resources = len(templates), sum(len(one["Resources"]) for one in templates)
    yield Figure(
        f"resources of {_MODELS} models in {stacks} stacks with shared roles, each",
        str(resources),
        "-",
        resources / _MODELS,
        2,
    )
    yield Figure(
        f"first deployment of {_MODELS} models in {stacks} stacks, seconds",
        f"{seconds:.0f} s",
        "-",
        seconds if status == 0 else float("inf"),
        _SECONDS,
    )
    yield Figure(
        "their jobs that have ended when the stacks are done",
        f"{jobs['ended']} of {jobs['all']} started",
        "-",
        jobs["ended"],
        _MODELS - 1,
    )


def _deploy(cloud: LocalCloud, assembly: Path) -> int:
    options = ["--app", str(assembly), "--require-approval", "never", "--concurrency", "4"]
    return cloud.cdk(["deploy", "--all", *options], quiet=True).returncode


def _jobs(sagemaker: Any) -> dict[str, int]:
    pages = sagemaker.get_paginator("list_auto_ml_jobs").paginate()
    states = [job["AutoMLJobStatus"] for page in pages for job in page["AutoMLJobSummaries"]]
    return {"all": len(states), "ended": sum(state != "InProgress" for state in states)}
