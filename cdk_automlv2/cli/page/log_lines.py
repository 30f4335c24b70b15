"""The last lines of the logs."""

from __future__ import annotations

import datetime
from typing import Final

from cdk_automlv2.cli import log_groups, times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.jobs.logs import words_of
from cdk_automlv2.cli.log_groups import Source
from cdk_automlv2.cli.page.shown import Row

_MOST: Final = 200
_SINCE: Final = datetime.timedelta(hours=1)


def groups(client: Client) -> list[str]:
    """Return the names of the log groups that there are."""
    pages = client("logs").get_paginator("describe_log_groups").paginate()
    return sorted(item["logGroupName"] for page in pages for item in page["logGroups"])


def last(client: Client, group: str) -> list[Row]:
    """Return the last lines of the last hour.

    Args:
        client: Makes clients.
        group: The log group; empty for all.
    """
    sources = [Source(name, name) for name in ([group] if group else groups(client))]
    lines = log_groups.read(client, sources, times.now() - _SINCE)[-_MOST:]
    return [
        Row(line.id, [line.at.astimezone().strftime("%H:%M:%S"), line.source.group, words_of(line)])
        for line in lines
    ]
