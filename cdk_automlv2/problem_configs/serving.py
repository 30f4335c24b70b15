"""What serving the candidates of a problem takes: each kind of problem says it of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the candidates of a problem are served on, and how.

    Attributes:
        units: Processors that candidates have containers for, or may have: CPU, GPU; the first
            one is the default.
        one_click_instance_type: What SageMaker's own deployment of such a candidate uses.
        load_seconds: Time that the containers get to fetch their model, and again to come up.
            Default: SageMaker decides.
        streams: Whether answers may come as a stream.
        serverless_fault: Rule, and fix, where candidates cannot be served without instances.
        serverless_doubts: Id and words of what may turn out to keep them from that.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-deploy-models-realtime.html

    Example:
        >>> AutoMLTextGenerationConfig().serving.needs_gpu
        True
    """

    units: tuple[str, ...] = ("CPU", "GPU")
    one_click_instance_type: str = "ml.m5.2xlarge"
    load_seconds: int | None = None
    streams: bool = False
    serverless_fault: tuple[str, str] | None = None
    serverless_doubts: tuple[tuple[str, str], ...] = ()

    @property
    def needs_gpu(self) -> bool:
        """Whether there are no containers for a CPU."""
        return "CPU" not in self.units


class Served(Protocol):
    """Whatever says how its candidates are served: a problem configuration."""

    @property
    def serving(self) -> Serving:
        """What it takes."""


UNKNOWN = Serving()
"""Of a job that exists already and of which nothing else is known."""


def serving_of(config: Served | None) -> Serving:
    """Return what serving the candidates of a problem takes, as far as it is known."""
    return UNKNOWN if config is None else config.serving
