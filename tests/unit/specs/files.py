"""Specs to test with."""

from pathlib import Path

from cdk_automlv2.specs.spec import check

SMALLEST = """\
problem_config:
  kind: tabular
  target_attribute_name: churned
inputs: s3://in/train/
"""
SERVED = f"""{SMALLEST}endpoint:
  instance_type: ml.m5.large
"""
BOUNDED = """\
problem_config:
  kind: tabular
  target_attribute_name: churned
  max_candidates: 10
  max_runtime_per_training_job_in_seconds: 1800
inputs: s3://data/churn/
output_path: s3://models/
"""


def write(folder: Path, text: str, name: str = "churn.automlv2.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str, name: str = "churn.automlv2.yaml") -> list[str]:
    """What is wrong with a file, each as `line:column: …`."""
    path = write(folder, text, name)
    return [str(fault).removeprefix(f"{path}:") for fault in check(path)[1]]
