"""Models as files: how long forty take to be checked, and a thousand to be synthesized."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, alternate, python
from cdk_automlv2.specs.capacity import MOST_BYTES
from cdk_automlv2.specs.stack_file import FILE
from cdk_automlv2.specs.stack_plan import plan

_FORTY = Path(__file__).parents[1] / "examples" / "forty_models" / "models"
_ROUNDS = 5
_MANY = 1000
_SPEC = """\
problem_config:
  kind: tabular
  target_attribute_name: column_{number}
  max_total_job_runtime_in_seconds: 3600
inputs: s3://data/table-{number}/
output_path: s3://models/
tags: {{team: team-{team}}}
endpoint:
  instance_type: ml.m5.large
"""


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    command = python("-m", "cdk_automlv2.cli", "validate", str(_FORTY))
    started = _spent()
    [seconds] = alternate([command], _ROUNDS)
    spent = (_spent() - started) / _ROUNDS
    yield Figure(
        "checking 40 models as files, seconds of a processor",
        f"{seconds:.2f} s",
        "-",
        spent,
        1,
    )
    with tempfile.TemporaryDirectory() as folder:
        yield from _thousand(Path(folder))


def _thousand(folder: Path) -> Iterator[Figure]:
    models = folder / "models"
    models.mkdir()
    for number in range(_MANY):
        text = _SPEC.format(number=number, team=number % 7)
        (models / f"model-{number}.automlv2.yaml").write_text(text)
    found = plan(models)
    (models / FILE).write_text(found.stacks.to_json())
    out = folder / "cdk.out"
    code = f"from cdk_automlv2 import specs; specs.app({str(models)!r}).synth()"
    started, spent = time.perf_counter(), _spent()
    subprocess.run(python("-c", code), check=True, env={**os.environ, "CDK_OUTDIR": str(out)})
    seconds, spent = time.perf_counter() - started, _spent() - spent
    sizes = [path.stat().st_size for path in out.glob("*.template.json")]
    words = f"{found.stacks.count} stacks, {min(sizes) >> 10} to {max(sizes) >> 10} kB"
    yield Figure(
        f"synth of {_MANY} models as files ({words}), ms of a processor each",
        f"{seconds:.0f} s",
        "-",
        1000 * spent / _MANY,
        250,
    )
    yield Figure(
        "the largest of their templates, of what CloudFormation takes",
        f"{max(sizes) >> 10} kB",
        f"{MOST_BYTES >> 10} kB",
        max(sizes) / MOST_BYTES,
        0.8,
    )


def _spent() -> float:
    """Return the processor time of the processes run so far: others may use the machine too."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
