"""What jobs have written, where their output is among the data that they read."""

from __future__ import annotations

from typing import Final

from automlv2_handlers.domain.s3_uri import S3Uri

WRITTEN_BY_JOBS: Final = frozenset(
    {
        *("data-processor-models", "debug-output", "documentation", "notebooks"),
        *("preprocessed-data", "sagemaker-automl-candidates", "transformed-data", "tuning"),
        "validations",
    }
)
"""Folders that a job makes below ``<output path>/<job name>/``."""


def is_output(output: S3Uri | None, source: S3Uri, key: str) -> bool:
    """Whether an object is no data, but what a job wrote.

    Where the output path is below the input prefix, everything there is; where it is not, what is
    in the folders of a job.

    Args:
        output: Output path of the job; ``None`` where it is not known.
        source: The prefix that the job reads.
        key: Of an object under that prefix.
    """
    if output is None or output.bucket != source.bucket:
        return False
    folder = f"{output.key.rstrip('/')}/" if output.key.strip("/") else ""
    if not key.startswith(folder):
        return False
    if len(folder) > len(source.key.rstrip("/")) + 1 and folder.startswith(source.key):
        return True
    parts = key[len(folder) :].split("/")
    return len(parts) > 2 and parts[1] in WRITTEN_BY_JOBS
