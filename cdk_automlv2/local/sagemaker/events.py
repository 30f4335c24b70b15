"""What the service sends to EventBridge: models, endpoints, transforms and packages.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
There is no event of an AutoML job. Delivery is best effort, as on AWS, but in order here.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cdk_automlv2.local.cloud.ask import AskError, ask_json
from cdk_automlv2.local.cloud.service_events import EVENT
from cdk_automlv2.local.cloud.signature import Key

SOURCE = "aws.sagemaker"
ENDPOINT_CHANGE = "SageMaker Endpoint State Change"
MODEL_CHANGE = "SageMaker Model State Change"
TRANSFORM_CHANGE = "SageMaker Transform Job State Change"
PACKAGE_CHANGE = "SageMaker Model Package State Change"

Record = Mapping[str, Any]
Event = dict[str, Any]
_log = logging.getLogger(__name__)


def nobody(_event: Event) -> None:
    """Hear an event, and do nothing."""


class Events:
    """Makes events of what changes.

    Args:
        send: Sends one; must not wait.
    """

    def __init__(self, send: Callable[[Event], object] = nobody) -> None:
        self._send = send

    @classmethod
    def to_ministack(cls, url: str, key: Key) -> Events:
        """Return what sends events to the server of that address."""
        return cls(_Outbox(url, key).put)

    def endpoint_changed(self, endpoint: Record) -> None:
        """Publish the status of an endpoint, in the form that events have it: ``IN_SERVICE``."""
        status = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", endpoint["EndpointStatus"]).upper()
        detail = _plain({**endpoint, "EndpointStatus": status}, _milliseconds)
        self._tell(ENDPOINT_CHANGE, endpoint["EndpointArn"], detail)

    def model_changed(self, model: Record) -> None:
        """Publish that a model was created or deleted."""
        self._tell(MODEL_CHANGE, model["ModelArn"], _plain(model, _milliseconds))

    def transform_changed(self, job: Record) -> None:
        """Publish the status of a transform job."""
        self._tell(TRANSFORM_CHANGE, job["TransformJobArn"], _plain(job, _milliseconds))

    def package_changed(self, package: Record) -> None:
        """Publish that a version of a model was registered, or changed."""
        self._tell(PACKAGE_CHANGE, package["ModelPackageArn"], _plain(package, _iso))

    def _tell(self, detail_type: str, arn: str, detail: Any) -> None:
        region, account = arn.split(":")[3:5]
        place = {"account": account, "region": region, "source": SOURCE}
        self._send({**place, "detail_type": detail_type, "resources": [arn], "detail": detail})


class _Outbox:
    """Sends events one after another, in a thread of its own."""

    def __init__(self, url: str, key: Key) -> None:
        self._url = url
        self._key = key
        self._waiting: queue.Queue[Event] = queue.Queue()
        self.put = self._waiting.put
        threading.Thread(target=self._work, name="events", daemon=True).start()

    def _work(self) -> None:
        while True:
            event = self._waiting.get()
            try:
                ask_json(self._key, self._url + EVENT, event)
            except AskError as error:
                _log.warning(
                    "%s of %s is lost: %s", event["detail_type"], event["resources"], error
                )


def _plain(value: Any, moment: Callable[[datetime], Any]) -> Any:
    """Return a record as JSON has it; members that begin with ``_`` are the service's own."""
    match value:
        case dict():
            return {k: _plain(v, moment) for k, v in value.items() if not k.startswith("_")}
        case list():
            return [_plain(item, moment) for item in value]
        case datetime():
            return moment(value)
    return value


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
