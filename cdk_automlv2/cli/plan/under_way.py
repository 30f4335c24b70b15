"""The release that a deployment would end: templates do not show it, its records do."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import DENIED
from cdk_automlv2.cli.plan.compare import Change
from cdk_automlv2.cli.plan.templates import Pair
from cdk_automlv2.cli.releases import records
from cdk_automlv2.cli.releases.find import Place

_ENDS: Final = frozenset({"train", "move", "judge", "delete"})


def noted(client: Client, pair: Pair, change: Change) -> Change:
    """Return a change of a release with the release in progress that it ends, if there is one.

    Whoever may not read the records is told nothing of it: a plan needs no right to them.
    """
    if change.type != "AutoMLRelease" or change.action not in _ENDS:
        return change
    properties = change.resource.get("Properties", {})
    table = pair.ids.get((properties.get("TableName") or {}).get("Ref", ""))
    if not table:
        return change
    place = Place(pair.stack, str(properties["Key"]), table, "")
    try:
        head = records.head(client, place)
    except ClientError as error:
        if error.response["Error"]["Code"] in DENIED:
            return change
        raise
    if not head or not head["active"]:
        return change
    words = f"{change.why}; release {head['active']}, which is in progress, ends"
    return replace(change, why=words)
