"""The CDK CLI, run against a local cloud."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cdk_automlv2.local.cloud.errors import CdkError
from cdk_automlv2.local.cloud.toolchain import cdk_command

_OPTIONS = ("--ci", "--no-notices")


def run(
    arguments: Sequence[str], place: Path, environment: Mapping[str, str], *, quiet: bool
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; its output is shown, or kept where ``quiet`` is true."""
    return subprocess.run(
        [*cdk_command(place), *arguments, *_OPTIONS],
        cwd=place,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )


def lines(arguments: Sequence[str], place: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Run it and yield its output line by line, as it comes.

    Raises:
        CdkError: After the last line, if it failed.
    """
    process = subprocess.Popen(
        [*cdk_command(place), *arguments, *_OPTIONS],
        cwd=place,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            for line in process.stdout:
                yield line.rstrip()
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise CdkError(f"cdk {arguments[0]} failed with exit status {process.returncode}")
