"""The function: its size and its cold start, against bare boto3."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator

from bench.figure import Figure, alternate, python
from cdk_automlv2._core.assets import handlers_dir

_ROUNDS = 15
_OURS = (
    "import automlv2_handlers.entry; from automlv2_handlers.aws.boto3_gateway import client; "
    "client('sagemaker')"
)
_BARE = "import boto3; boto3.client('sagemaker')"


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    size = len(_zipped()) / 1024
    yield Figure("size of the function's zip, KB", f"{size:.1f} KB", "-", size, 90)
    os.environ |= {"PYTHONPATH": str(handlers_dir()), "AWS_DEFAULT_REGION": "eu-west-1"}
    bare, ours = alternate([python("-c", _BARE), python("-c", _OURS)], _ROUNDS)
    yield Figure(
        "cold start: imports and the first SageMaker client, against bare boto3",
        f"{ours * 1000:.0f} ms",
        f"{bare * 1000:.0f} ms",
        ours / bare,
        1.1,
    )


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(handlers_dir().rglob("*.py")):
            archive.write(path, path.relative_to(handlers_dir()))
    return packed.getvalue()
