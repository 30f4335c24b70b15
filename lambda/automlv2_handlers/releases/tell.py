"""Tells of a change of state: an event for EventBridge, and a metric of the objective.

After the write, and from the record: what a crash has left out the next look tells. An event may
come twice; release and sequence tell it from others.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain.names import endpoint_arn
from automlv2_handlers.domain.plain import plain
from automlv2_handlers.domain.release_states import SCHEMA, ReleaseState
from automlv2_handlers.errors import ChangedError, GatewayError
from automlv2_handlers.releases.records import Head, Release
from automlv2_handlers.releases.store import Store

SOURCE: Final = "cdk.automlv2"
DETAIL_TYPE: Final = "Release State Change"
_MOST_REASON: Final = 1000


_NEWEST: Final = 20


def tell_all(store: Store) -> None:
    """Tell what has not been told of the newest releases, the oldest first."""
    head = store.head()
    newest = list(itertools.islice(store.releases(), _NEWEST))
    for release in reversed(newest):
        if head is not None and release.told < release.sequence:
            tell(store, head, release)


def tell(store: Store, head: Head, release: Release) -> None:
    """Tell a release's state, and note that; what does not come through now a later look tells."""
    if not _send(store, head, release):
        return
    try:
        store.save(replace(release, told=release.sequence))
    except ChangedError as error:
        logs.fact("told, but not noted", release=release.number, why=str(error))


def _send(store: Store, head: Head, release: Release) -> bool:
    """Send the event; whether that came through."""
    detail = detail_of(head, release)
    endpoint = endpoint_arn(release.settings.stack_id, str(detail["endpoint"]))
    event = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(detail),
        "Resources": [release.settings.stack_id, endpoint],
    }
    try:
        store.gateway.put_event(event)
    except GatewayError as error:
        logs.fact("state not told yet", release=release.number, why=str(error))
        return False
    if release.state is ReleaseState.TRAINED:
        _measure(detail, release)
    return True


def detail_of(head: Head, release: Release) -> dict[str, Any]:
    """Return the event's detail; docs/releases.md has its members."""
    last = release.gates[-1] if release.gates else None
    detail: dict[str, Any] = {
        "schema-version": SCHEMA,
        "stack": release.settings.stack_id.split("/")[1],
        "id": release.key,
        "release": release.number,
        "sequence": release.sequence,
        "state": release.state.value,
        "since": release.since,
        "trigger": release.trigger.kind,
        "endpoint": release.settings.endpoint_name,
        "serving-release": head.serving,
        "reason": release.reason[:_MOST_REASON],
    }
    if release.candidate:
        detail["candidate"] = {
            "job": release.job,
            "name": release.candidate,
            "metric": release.metric.get("MetricName"),
            "value": release.metric.get("Value"),
        }
    if last is not None:
        detail["gate"] = {
            "verdict": last["Verdict"],
            "name": last["Gate"],
            "reason": last["Reason"],
        }
    told: dict[str, Any] = plain(detail)
    return told


def _measure(detail: dict[str, Any], release: Release) -> None:
    """Write the objective where CloudWatch takes metrics from: the function's log."""
    value = release.metric.get("Value")
    if value is not None:
        dimensions = {"Stack": detail["stack"], "Release": release.key}
        logs.metric("Objective", float(value), dimensions, release.since)
