"""Whoever calls a public name can name every type that it takes and returns."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import cdk_automlv2
from cdk_automlv2._core.annotations import deferred

WIRING = {"bind", "failure_location", "location", "of_job", "output_location"}
"""Methods of parts that only the constructs call which they are given to."""

PUBLIC = {name: getattr(cdk_automlv2, name) for name in cdk_automlv2.__all__}


def functions_of(owner: Any) -> Iterator[tuple[str, Any]]:
    """Yield the constructor and the public methods and properties of a class, inherited or not."""
    if not inspect.isclass(owner):
        return
    for base in owner.__mro__:
        if not base.__module__.startswith("cdk_automlv2"):
            continue
        for name, member in vars(base).items():
            target = getattr(member, "fget", None) or getattr(member, "__func__", member)
            if inspect.isfunction(target) and _is_public(name):
                yield name, inspect.unwrap(target)


def _is_public(name: str) -> bool:
    return name == "__init__" or (not name.startswith("_") and name not in WIRING)


def classes_in(kind: Any) -> Iterator[type]:
    """Yield the classes that an annotation is made of."""
    for part in get_args(kind):
        yield from classes_in(part)
    if inspect.isclass(kind) and get_origin(kind) is None:
        yield kind


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_a_public_name_takes_and_returns_public_types(name):
    unnamed = {
        f"{member}: {kind.__module__}.{kind.__name__}"
        for member, function in functions_of(PUBLIC[name])
        for hint in get_type_hints(function, localns=deferred(function)).values()
        for kind in classes_in(hint)
        if kind.__module__.startswith("cdk_automlv2") and kind not in PUBLIC.values()
    }

    assert not unnamed
