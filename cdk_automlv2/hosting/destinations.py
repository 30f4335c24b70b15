"""Where endpoints write: an ``AutoMLOutput``, a bucket, or text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job.output import AutoMLOutput, given_output

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    from cdk_automlv2._core.s3 import S3Location

    Destination = AutoMLOutput | s3.IBucket | str


def location_of(destination: Destination, kms_key: kms.IKey | str | None = None) -> S3Location:
    """Return a destination as a location, with the keys to write to it."""
    output = AutoMLOutput(destination) if isinstance(destination, str) else destination
    location = given_output(None, output, kms_key)
    assert location is not None
    return location


def destination_faults(option: str, destination: Destination) -> Iterator[OptionFault]:
    """Yield what is wrong with a destination that is given as text."""
    if not isinstance(destination, str) or is_token(destination):
        return
    try:
        AutoMLOutput(destination)
    except OptionsError as error:
        for fault in error.problems:
            yield OptionFault(option, fault.rule, fault.got, fault.fix)


def destination_rule(destination: Destination) -> Iterator[OptionFault]:
    """A place in S3."""
    yield from destination_faults("destination", destination)
