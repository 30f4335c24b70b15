"""An endpoint that is asked with held-out rows: which keys it responds with, and its responses."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.reports.reading.store import reason_of

_KEYS = "SAGEMAKER_INFERENCE_OUTPUT"
_LABEL = "predicted_label"
_BATCH = 500

Client = Callable[[str], Any]
"""Returns the client of a service, by name."""


class AskingError(Exception):
    """When an endpoint does not respond, or not in a form that is known."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint.

    Attributes:
        name: Its name.
        runtime: Client of ``sagemaker-runtime``.
        keys: Keys of a classifier's responses, in order.
    """

    name: str
    runtime: Any
    keys: list[str]

    @classmethod
    def of(cls, client: Client, name: str) -> Endpoint:
        """Return an endpoint, its keys as its model's last container has them."""
        return cls(name, client("sagemaker-runtime"), _keys_of(client("sagemaker"), name))

    def send(self, body: bytes, content_type: str) -> bytes:
        """Return the response to a body.

        Raises:
            AskingError: If there is none.
        """
        try:
            answer = self.runtime.invoke_endpoint(
                EndpointName=self.name, ContentType=content_type, Body=body
            )
            response: bytes = answer["Body"].read()
        except Exception as error:
            raise AskingError(f"endpoint {self.name}: {reason_of(error)}") from error
        return response

    def rows(self, rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
        """Yield the response to each row.

        Raises:
            AskingError: If a row has none.
        """
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(part)
            answer = self.send(out.getvalue().encode(), "text/csv").decode(errors="replace")
            found = [row for row in csv.reader(io.StringIO(answer)) if row]
            if len(found) != len(part):
                words = f"{len(part)} rows were sent, {len(found)} came back"
                raise AskingError(f"endpoint {self.name}: {words}")
            yield from found


def _keys_of(sagemaker: Any, name: str) -> list[str]:
    """Return the keys of the responses; the label alone where nobody may look or none are set."""
    try:
        config = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
        variants = sagemaker.describe_endpoint_config(EndpointConfigName=config)
        model = sagemaker.describe_model(ModelName=variants["ProductionVariants"][0]["ModelName"])
    except Exception:
        return [_LABEL]
    containers = model.get("Containers") or [model.get("PrimaryContainer") or {}]
    said = (containers[-1].get("Environment") or {}).get(_KEYS, "")
    return [key.strip() for key in said.split(",") if key.strip()] or [_LABEL]
