"""``declare``: what a file describes, as constructs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.job.limits import AutoMLLimits
from cdk_automlv2.release.parts import DetachedJob
from cdk_automlv2.specs.lengths import Length
from cdk_automlv2.specs.spec import Spec

if TYPE_CHECKING:
    from cdk_automlv2.automl import AutoMLV2


def declare(kind: type[AutoMLV2], scope: Construct, id: str, spec: Spec) -> AutoMLV2:
    """Make the constructs of a spec, with the ids that ``fit`` and ``deploy`` give.

    Args:
        kind: ``AutoMLV2`` or a class of the user's that extends it.
        scope: Parent of the construct.
        id: Its id.
        spec: What to make.

    Raises:
        OptionsError: If the constructs find more wrong than the files show.
    """
    options = _constructs_options(spec.job)
    made = kind(scope, id, **_taken(kind.__init__, options))
    if spec.limits is not None:
        AutoMLLimits.of(made).configure(**spec.limits)
    if spec.release is not None:
        _release(made, options, spec, spec.release)
        return made
    job = made.fit(**_taken(kind.fit, options))
    if spec.model is None:
        return made
    is_served = spec.endpoint is not None
    model = AutoMLModel(
        made, "EndpointModel" if is_served else "Model", job=job, **_constructs_options(spec.model)
    )
    if spec.endpoint is not None:
        made.endpoint = AutoMLEndpoint(
            made, "Endpoint", model=model, **_constructs_options(spec.endpoint)
        )
    return made


def _release(
    made: AutoMLV2, options: Mapping[str, Any], spec: Spec, release: Mapping[str, Any]
) -> None:
    """Make one release of all, which no stack waits for; as ``fit(wait=False)`` and ``deploy``."""
    job = made.fit(**_taken(made.fit, {**options, "wait": False}))
    endpoint = _constructs_options(spec.endpoint or {})
    policy = endpoint.pop("removal_policy", None)
    assert isinstance(job, DetachedJob)
    made._release_of(
        "Endpoint",
        job,
        release.get("gates"),
        endpoint.pop("endpoint_name", None),
        _constructs_options(spec.model or {}),
        endpoint,
    )
    if policy is not None:
        made.release.apply_removal_policy(policy)


def _taken(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a function takes: of ``AutoMLV2`` and ``fit`` each has its own."""
    names = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in names}


def _constructs_options(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _constructs_value(name, value) for name, value in options.items()}


def _constructs_value(name: str, value: Any) -> Any:
    if isinstance(value, Length):
        return cdk.Duration.seconds(value.seconds)
    return cdk.RemovalPolicy[value] if name == "removal_policy" else value
