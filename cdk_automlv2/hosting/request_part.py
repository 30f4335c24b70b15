"""What the parts of an endpoint share: frozen dataclasses whose fields are members of a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, ClassVar, Self

from cdk_automlv2._core import service_model
from cdk_automlv2._core.options import Rule, field_faults, rule_faults
from cdk_automlv2.errors import OptionFault, raise_if_any


class RequestPart:
    """A part of a request: checked when it is made, rendered without a stack."""

    operation: ClassVar[str] = "CreateEndpointConfig"
    root: ClassVar[str]
    """Place of the part in the operation's input."""

    paths: ClassVar[Mapping[str, str]]
    """Field → its place below ``root``; ``A[].B`` is member B of the only item of list A."""

    rules: ClassVar[tuple[Rule, ...]] = ()
    """What must hold of and between fields, each named after those it judges."""

    def __post_init__(self) -> None:
        raise_if_any(type(self).__name__, self.problems())

    @classmethod
    def of_checked(cls, **values: Any) -> Self:
        """Return a part of values that a construct has checked as options of its own."""
        part = object.__new__(cls)
        for item in fields(cls):  # type: ignore[arg-type]
            object.__setattr__(part, item.name, values.get(item.name, item.default))
        return part

    def problems(self) -> Iterator[OptionFault]:
        """Yield every wrong type and broken limit, then every broken rule between fields."""
        found = field_faults(self, lambda _name, _value: ())
        faulty = {re.split(r"[.\[ ]", fault.path)[0] for fault in found}
        yield from found
        yield from self.broken_rules(faulty)

    def broken_rules(self, faulty: set[str]) -> Iterator[OptionFault]:
        """Yield every broken limit and rule, but of fields that are of a wrong type."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}  # type: ignore[arg-type]
        for name in (name for name in values if name not in faulty):
            yield from self._limit(name, values[name])
        yield from rule_faults(self.rules, values, faulty)

    def to_request(self) -> dict[str, Any]:
        """Return the members of the API's request that are known without a stack."""
        request: dict[str, Any] = {}
        for name, path in self.paths.items():
            value = getattr(self, name)
            if value is not None:
                put(request, path, list(value) if isinstance(value, tuple) else value)
        return request

    def _limit(self, name: str, value: Any) -> Iterator[OptionFault]:
        path = self.paths.get(name)
        if path is not None:
            shape = service_model.shape_at(self.operation, f"{self.root}.{path}")
            yield from service_model.problems(name, value, shape)


def put(target: dict[str, Any], path: str, value: Any) -> None:
    """Set a member, given by its path, of a request."""
    head, _, rest = path.partition(".")
    if rest:
        put(target.setdefault(head, {}), rest, value)
    else:
        target[head] = value
