"""``AutoMLLimits``: how much the jobs below a scope may train, as synth finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Self
from weakref import WeakKeyDictionary

import jsii
from constructs import Construct, IConstruct, IValidation

from cdk_automlv2._core.display import Configured
from cdk_automlv2._core.options import checked
from cdk_automlv2.cost import Prices
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.job.job import AutoMLJobV2
from cdk_automlv2.limits import LIMITS, Limits, Trained, amount_faults

_BY_SCOPE: WeakKeyDictionary[IConstruct, AutoMLLimits] = WeakKeyDictionary()


def _amounts_rule(
    max_cost: float | None,
    max_candidates: int | None,
    max_cost_per_model: float | None,
    max_candidates_per_model: int | None,
) -> Iterator[OptionFault]:
    """Numbers, 0 or more."""
    given = (max_cost, max_candidates, max_cost_per_model, max_candidates_per_model)
    yield from amount_faults(dict(zip(LIMITS, given, strict=True)))


class AutoMLLimits(Configured):
    """Limits of what the jobs at or below a scope may train: an app, a stack, or one model.

    They are looked at when the app is synthesized, before anything is deployed: synth fails, and
    names each model with its figure. Limits of several scopes all hold; a scope without prices
    takes those of the scope around it. What a job may train at most is not known without
    ``max_candidates``, and what it may cost not without
    ``max_runtime_per_training_job_in_seconds``: such a job is over every limit. A cost is that of
    one training; retraining costs it again.

    Example:
        >>> app = cdk.App()
        >>> AutoMLLimits.of(app).configure(
        ...     max_cost=500,
        ...     max_candidates_per_model=50,
        ...     prices=Prices("price list of 2026-11-01", "USD", training={"candidate-hour": 0.9}),
        ... )
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._limits = Limits()
        scope.node.add_validation(_WithinLimits(self))

    @classmethod
    @checked()
    def of(cls, scope: Construct) -> Self:
        """Return the limits of a scope.

        Raises:
            OptionsError: If ``scope`` is no construct.
        """
        found = _BY_SCOPE.get(scope)
        if found is None:
            found = _BY_SCOPE[scope] = cls(scope)
        assert isinstance(found, cls)
        return found

    @checked(_amounts_rule)
    def configure(
        self,
        *,
        max_cost: float | None = None,
        max_candidates: int | None = None,
        max_cost_per_model: float | None = None,
        max_candidates_per_model: int | None = None,
        prices: Prices | None = None,
    ) -> None:
        """Set limits; those left out stay as they are.

        Args:
            max_cost: What one training of all jobs below the scope may cost together.
            max_candidates: How many candidates they may train together.
            max_cost_per_model: What one training of each may cost.
            max_candidates_per_model: How many candidates each may train.
            prices: By which costs are told. Default: those of the scope around it.

        Raises:
            OptionsError: With every invalid option.
        """
        given = (max_cost, max_candidates, max_cost_per_model, max_candidates_per_model)
        set_now: dict[str, Any] = {
            name: value for name, value in zip(LIMITS, given, strict=True) if value is not None
        }
        self._limits = replace(self._limits, **set_now)
        if prices is not None:
            self._limits = replace(self._limits, prices=prices)

    def _to_show(self) -> tuple[object, Mapping[str, Any]]:
        return self._scope, vars(self._limits)

    def _excesses(self) -> list[str]:
        """Return what is over the limits, in words."""
        if all(getattr(self._limits, name) is None for name in LIMITS):
            return []
        jobs = [part for part in self._scope.node.find_all() if isinstance(part, AutoMLJobV2)]
        models = [
            Trained(job.node.path, job.problem_config.to_request_dict())
            for job in jobs
            if job.problem_config is not None
        ]
        found = self._limits.priced(self._prices()).excesses(models)
        return [f"{one.name}: {one.words}" if one.name else one.words for one in found]

    def _prices(self) -> Prices | None:
        around = [_BY_SCOPE.get(scope) for scope in reversed(self._scope.node.scopes)]
        given = [limits._limits.prices for limits in around if limits is not None]
        return next((prices for prices in given if prices is not None), None)


@jsii.implements(IValidation)
class _WithinLimits:
    """Asked by the CDK at synth."""

    def __init__(self, limits: AutoMLLimits) -> None:
        self._limits = limits

    def validate(self) -> list[str]:
        """Return what is over the limits."""
        return self._limits._excesses()
