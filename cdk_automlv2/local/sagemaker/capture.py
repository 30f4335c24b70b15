"""Data capture: requests and answers of an endpoint as JSON lines in S3, as SageMaker writes them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

from __future__ import annotations

import base64
import json
import logging
import random
import threading
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.training.objects import split_uri

FLUSH_SECONDS = 60.0
"""How long lines are collected before they make a file."""

_log = logging.getLogger(__name__)
_NEVER = threading.Event()


@dataclass(frozen=True)
class Message:
    """A body with its type."""

    body: bytes
    content_type: str


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    Attributes:
        variant: Who has answered.
        inference_id: As the client gave it; empty if it gave none.
    """

    variant: str
    request: Message
    answer: Message
    inference_id: str = ""


class Capture:
    """Keeps what one endpoint is asked and answers.

    Args:
        endpoint: The endpoint's name.
        config: Its ``DataCaptureConfig``.
        s3: By variant, a client that acts as the role of the variant's model.
        clock: The time, and how long lines are collected.
    """

    def __init__(
        self, endpoint: str, config: Mapping[str, Any], s3: Mapping[str, Any], clock: Clock
    ) -> None:
        self._endpoint = endpoint
        self._config = config
        self._s3 = s3
        self._clock = clock
        self._lock = threading.Lock()
        self._lines: dict[str, list[str]] = defaultdict(list)

    def note(self, exchange: Exchange) -> None:
        """Keep an exchange, if it is among the share to be kept."""
        is_on = self._config.get("EnableCapture", True)
        if not is_on or random.random() * 100 >= self._config["InitialSamplingPercentage"]:
            return
        with self._lock:
            lines = self._lines[exchange.variant]
            lines.append(json.dumps(self._record(exchange)))
            begins = len(lines) == 1
        if begins:
            threading.Thread(target=self._flush_later, args=[exchange.variant], daemon=True).start()

    def flush(self, variant: str) -> None:
        """Write what has been collected of a variant."""
        with self._lock:
            lines = self._lines.pop(variant, [])
        if not lines:
            return
        now = self._clock.now()
        bucket, prefix = split_uri(self._config["DestinationS3Uri"])
        place = "/".join(
            part
            for part in (prefix.strip("/"), self._endpoint, variant, f"{now:%Y/%m/%d/%H}")
            if part
        )
        key = f"{place}/{now:%M-%S}-{now.microsecond // 1000:03}-{uuid.uuid4()}.jsonl"
        kms = self._config.get("KmsKeyId")
        encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms} if kms else {}
        try:
            body = "".join(f"{line}\n" for line in lines).encode()
            self._s3[variant].put_object(Bucket=bucket, Key=key, Body=body, **encrypted)
        except Exception as error:  # As on AWS, the endpoint answers on.
            _log.warning("data capture of %s: s3://%s/%s: %s", self._endpoint, bucket, key, error)

    def _flush_later(self, variant: str) -> None:
        self._clock.wait(FLUSH_SECONDS, _NEVER)
        self.flush(variant)

    def _record(self, exchange: Exchange) -> dict[str, Any]:
        modes = {option["CaptureMode"] for option in self._config["CaptureOptions"]}
        both = "InputAndOutput" in modes
        data = {}
        if both or "Input" in modes:
            data["endpointInput"] = self._captured(exchange.request, "INPUT")
        if both or "Output" in modes:
            data["endpointOutput"] = self._captured(exchange.answer, "OUTPUT")
        given = {"inferenceId": exchange.inference_id} if exchange.inference_id else {}
        moment = f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}"
        metadata = {"eventId": str(uuid.uuid4()), **given, "inferenceTime": moment}
        return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}

    def _captured(self, message: Message, mode: str) -> dict[str, str]:
        encoding = self._encoding(message.content_type)
        text = (
            base64.b64encode(message.body).decode()
            if encoding == "BASE64"
            else message.body.decode(errors="replace")
        )
        shown = {"observedContentType": message.content_type, "mode": mode}
        return {**shown, "data": text, "encoding": encoding}

    def _encoding(self, content_type: str) -> str:
        kind = content_type.partition(";")[0].strip().lower()
        listed = self._config.get("CaptureContentTypeHeader", {})
        for encoding in ("CSV", "JSON"):
            known = listed.get(f"{encoding.capitalize()}ContentTypes", [])
            if kind in (item.lower() for item in known):
                return encoding
        return "BASE64"
