"""``declare``: what a file describes, as constructs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from constructs import Construct

from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.job.limits import AutoMLLimits
from cdk_automlv2.release.parts import DetachedJob
from cdk_automlv2.specs.build_parts import (
    add_alarms,
    add_batch_transform,
    add_registration,
    add_retraining,
    add_scaling,
    add_stops,
    construct_options,
    served_variants,
)
from cdk_automlv2.specs.kinds import SCALING, STOPPING
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
    options = construct_options(scope, spec.job)
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
    of_model = construct_options(made, spec.model)
    model = AutoMLModel(made, "EndpointModel" if is_served else "Model", job=job, **of_model)
    if spec.endpoint is not None:
        _endpoint(made, model, dict(spec.endpoint))
    if spec.batch_transform is not None:
        add_batch_transform(made, model, spec.batch_transform)
    return made


def _endpoint(made: AutoMLV2, model: AutoMLModel, options: dict[str, Any]) -> None:
    alarms = options.pop("alarms", None)
    scaling = {name: options.pop(name, None) for name in SCALING}
    stops = {name: options.pop(name, None) for name in STOPPING}
    served = served_variants(made, model, options)
    given = construct_options(made, options) | served
    made.endpoint = AutoMLEndpoint(made, "Endpoint", **given)
    add_scaling(made.endpoint, scaling)
    add_stops(made.endpoint, stops)
    if alarms is not None:
        add_alarms(made, made.endpoint, alarms)


def _release(
    made: AutoMLV2, options: Mapping[str, Any], spec: Spec, release: Mapping[str, Any]
) -> None:
    """Make one release of all, which no stack waits for; as ``fit(wait=False)`` and ``deploy``."""
    job = made.fit(**_taken(made.fit, {**options, "wait": False}))
    given = dict(spec.endpoint or {})
    alarms = given.pop("alarms", None)
    scaling = {name: given.pop(name, None) for name in SCALING}
    endpoint = construct_options(made, given)
    policy = endpoint.pop("removal_policy", None)
    assert isinstance(job, DetachedJob)
    served = made._release_of(
        "Endpoint",
        job,
        release.get("gates"),
        endpoint.pop("endpoint_name", None),
        construct_options(made, spec.model or {}),
        endpoint,
    )
    of_release = construct_options(made, release)
    made.release._settle(
        notify=of_release.get("notify"),
        keep_history=of_release.get("keep_history", False),
        removal_policy=policy,
    )
    add_scaling(served, scaling)
    if alarms is not None:
        add_alarms(made, served, alarms)
    add_retraining(made, made.release, release.get("retraining") or ())
    if "register_in" in release:
        add_registration(made, made.release, release["register_in"])
    if spec.batch_transform is not None:
        add_batch_transform(made, made.release, spec.batch_transform)


def _taken(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a function takes: of ``AutoMLV2`` and ``fit`` each has its own."""
    names = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in names}
