"""All jobs and endpoints of a Region, the newest first, whoever has made them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cdk_automlv2.cli.aws import Client

_LISTS: Final = (
    ("endpoint", "list_endpoints", "Endpoints", "Endpoint"),
    ("job", "list_auto_ml_jobs", "AutoMLJobSummaries", "AutoMLJob"),
)


@dataclass(frozen=True)
class Item:
    """A job or an endpoint.

    Attributes:
        kind: ``job`` or ``endpoint``.
        name: As SageMaker has it.
        status: As SageMaker has it.
        created: When it was made.
    """

    kind: str
    name: str
    status: str
    created: datetime.datetime


def all_of(client: Client) -> Iterator[Item]:
    """Yield the endpoints, then the jobs."""
    sagemaker = client("sagemaker")
    for kind, operation, answer, member in _LISTS:
        found = [
            Item(kind, item[f"{member}Name"], item[f"{member}Status"], item["CreationTime"])
            for page in sagemaker.get_paginator(operation).paginate()
            for item in page[answer]
        ]
        yield from sorted(found, key=lambda item: item.created, reverse=True)
