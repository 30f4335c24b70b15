"""Options of ``cloudwatch.Metric`` that a method passes on, checked as options of ours are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_automlv2._core.options import type_faults
from cdk_automlv2.errors import OptionFault


def metric_options_rule(options: Mapping[str, Any]) -> Iterator[OptionFault]:
    """Each of the type that ``Metric`` takes."""
    yield from type_faults(cloudwatch.Metric.__init__, options)[0]
