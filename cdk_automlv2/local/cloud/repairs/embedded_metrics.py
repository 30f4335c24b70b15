"""Log lines in the embedded metric format become metrics; ministack keeps them as text.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Line = Mapping[str, Any]


def apply() -> None:
    """Read the metrics out of what is logged."""
    from ministack.services import cloudwatch, cloudwatch_logs

    append = cloudwatch_logs._append_log_events

    def append_and_read(stream: Any, events: Any) -> None:
        append(stream, events)
        found = [item for event in events for item in metrics_of(event.get("message", ""))]
        for namespace, name, value, unit, dimensions in found:
            cloudwatch.record_metric(namespace, name, value, unit, dimensions)
        if found:
            cloudwatch._evaluate_all_alarms()

    cloudwatch_logs._append_log_events = append_and_read


def metrics_of(text: str) -> Iterator[tuple[str, str, float, str, dict[str, str]]]:
    """Yield namespace, name, value, unit and dimensions of each metric in a log line."""
    line = _line(text)
    for directive in _listed(_mapping(line.get("_aws")).get("CloudWatchMetrics")):
        for keys in directive.get("Dimensions") or [[]]:
            dimensions = {key: str(line[key]) for key in keys if key in line}
            for metric in _listed(directive.get("Metrics")):
                for value in _numbers(line.get(str(metric.get("Name")))):
                    unit = metric.get("Unit", "None")
                    yield directive.get("Namespace", ""), metric["Name"], value, unit, dimensions


def _line(text: str) -> Line:
    if '"_aws"' not in text:
        return {}
    try:
        return _mapping(json.loads(text))
    except ValueError:
        return {}


def _mapping(found: Any) -> Line:
    return found if isinstance(found, Mapping) else {}


def _listed(found: Any) -> list[Line]:
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _numbers(found: Any) -> list[float]:
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, int | float)]
