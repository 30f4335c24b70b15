"""Everything public that may be called with options, read from the package: nothing is listed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

import cdk_automlv2 as lib
from cdk_automlv2._core.annotations import deferred

WIRING = {
    "bind": "constructs call it on parts that they are given",
    "broken_rules": "constructs call it on parts that they are given",
    "failure_location": "constructs call it on parts that they are given",
    "grant": "constructs call it on parts that they are given",
    "location": "constructs call it on parts that they are given",
    "longest_seconds": "constructs call it on parts that they are given",
    "metric_problems": "constructs call it on gates that they are given",
    "objective_faults": "constructs call it on configurations that they are given",
    "of_checked": "constructs call it with options that they have checked",
    "of_job": "AutoMLV2 calls it",
    "output_location": "constructs call it on parts that they are given",
    "problems": "a part calls it when it is made",
}
NOT_MADE = {
    "OptionFault": "the library makes it",
    "OptionsError": "the library makes it",
    "AutoMLLimits": "it is got by of(scope)",
    "AutoMLSettings": "it is got by of(scope)",
    "Candidate": "the library makes it, and what it holds are tokens",
    "ScalableInstanceCount": "it is got by auto_scale_instance_count",
    "ScalableProvisionedConcurrency": "it is got by auto_scale_provisioned_concurrency",
    "ProblemConfig": "it is abstract",
    "Serving": "problem configurations make it",
}
ANSWERS = {
    "from_response_dict": "it reads what the API has answered, not what a user types",
    "validate_and_update_inference_response": "it takes containers as the API has answered them",
}


@dataclass(frozen=True)
class Entry:
    """A constructor or method.

    Attributes:
        owner: The public class.
        method: Name of the method; ``__init__`` for the constructor.
        needs_object: Whether it is called on an object of the class.
    """

    owner: type
    method: str
    needs_object: bool

    @property
    def name(self) -> str:
        """What a user writes."""
        own = self.owner.__name__
        return own if self.method == "__init__" else f"{own}.{self.method}"

    @property
    def function(self) -> Callable[..., Any]:
        """The function, without what checks its arguments."""
        member = inspect.getattr_static(self.owner, self.method)
        return inspect.unwrap(getattr(member, "__func__", member))

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Its options."""
        _, *own = inspect.signature(self.function).parameters.values()
        return {item.name: item for item in own if item.kind is not item.VAR_KEYWORD}

    def annotations(self) -> dict[str, Any]:
        """Return what each option may be."""
        return _annotations(self.function)


@cache
def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(function, localns=deferred(function), include_extras=True)
    return {name: kind for name, kind in hints.items() if name != "return"}


def entries() -> Iterator[Entry]:
    """Yield every public constructor and method that has options."""
    for name in lib.__all__:
        owner = getattr(lib, name)
        if inspect.isclass(owner) and not getattr(owner, "_is_protocol", False):
            yield from _entries_of(owner)


def _entries_of(owner: type) -> Iterator[Entry]:
    seen = set(WIRING) | set(ANSWERS) | ({"__init__"} if owner.__name__ in NOT_MADE else set())
    for base in owner.__mro__:
        if not base.__module__.startswith("cdk_automlv2"):
            continue
        for method, member in vars(base).items():
            if method in seen or (method.startswith("_") and method != "__init__"):
                continue
            seen.add(method)
            is_function = inspect.isfunction(member)
            if not is_function and not isinstance(member, classmethod):
                continue
            entry = Entry(owner, method, is_function and method != "__init__")
            if entry.parameters:
                yield entry
