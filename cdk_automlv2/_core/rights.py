"""Rights as plain data, grouped into as few statements as they need.

Plain data rather than one ``PolicyStatement`` each: those are a trip into Node every time, and an
app of a hundred jobs has hundreds of rights that come down to a dozen statements.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Condition = tuple[tuple[str, str, str | tuple[str, ...]], ...]
"""``((operator, key, value or values), …)``; all of them must hold."""

SAGEMAKER = "sagemaker.amazonaws.com"
PASSED_TO_SAGEMAKER: Condition = (("StringEquals", "iam:PassedToService", SAGEMAKER),)

_TOKEN = re.compile(r"[$#]\{Token\[[^\]]*\]\}")
_PSEUDO_LENGTH = 32
_REFERENCE_LENGTH = 110
_JOIN_LENGTH = 26
_ITEM_LENGTH = 6
_STATEMENT_LENGTH = 80
_LISTING_LENGTH = 50
"""Characters in a template; what references stand for is shorter as a rule."""


@dataclass(frozen=True, slots=True)
class Right:
    """Actions on one resource.

    Attributes:
        actions: The actions; a statement holds all rights of the same actions and conditions.
        resource: ARN or pattern.
        prefix: For listing a bucket: pattern of the keys. Default: any.
        condition: What else must hold.
    """

    actions: tuple[str, ...]
    resource: str
    prefix: str | None = None
    condition: Condition = ()

    @property
    def group(self) -> tuple[Any, ...]:
        """What rights of one statement have in common."""
        if self.prefix is not None:
            return (self.actions, self.resource, self.condition)
        return (self.actions, None, self.condition)

    @property
    def member(self) -> str:
        """What they differ in."""
        return self.resource if self.prefix is None else self.prefix


@dataclass
class Statements:
    """The statements of one policy document, and about how long they are.

    Attributes:
        fixed: Statements that are there from the beginning.
        length: Characters, references to resources counted as long as the template has them,
            which is longer than what they stand for.
    """

    fixed: list[dict[str, Any]] = field(default_factory=list)
    length: int = 0
    _groups: dict[tuple[Any, ...], dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.length = 50 + sum(estimate(json.dumps(line)) for line in self.fixed)

    def cost(self, right: Right) -> int:
        """Return by how much the document grows with that right."""
        known = self._groups.get(right.group)
        if known is not None and right.member in known:
            return 0
        return estimate(right.member) + (0 if known is not None else _statement_cost(right))

    def add(self, right: Right) -> None:
        """Add a right."""
        self.length += self.cost(right)
        self._groups.setdefault(right.group, {})[right.member] = None

    def render(self) -> dict[str, Any]:
        """Return the policy document."""
        grown = [_statement(group, list(members)) for group, members in self._groups.items()]
        return {"Version": "2012-10-17", "Statement": [*self.fixed, *grown]}


def allow(
    actions: Iterable[str], resources: list[str], condition: Condition = ()
) -> dict[str, Any]:
    """Return a statement."""
    return _statement((tuple(actions), None, condition), resources)


def estimate(text: str) -> int:
    """Return about how many characters a text takes in a template."""
    tokens = _TOKEN.findall(text)
    pseudo = sum("[AWS." in token for token in tokens)
    length = _PSEUDO_LENGTH * pseudo + _REFERENCE_LENGTH * (len(tokens) - pseudo)
    return len(_TOKEN.sub("", text)) + _ITEM_LENGTH + length + (_JOIN_LENGTH if tokens else 0)


def _statement_cost(right: Right) -> int:
    shared = json.dumps([right.actions, right.condition])
    listing = 0 if right.prefix is None else _LISTING_LENGTH + estimate(right.resource)
    return _STATEMENT_LENGTH + estimate(shared) + listing


def _statement(group: tuple[Any, ...], members: list[str]) -> dict[str, Any]:
    actions, resource, condition = group
    conditions: dict[str, dict[str, Any]] = {}
    for operator, key, value in condition:
        conditions.setdefault(operator, {})[key] = value if isinstance(value, str) else list(value)
    if resource is not None and "*" not in members:
        conditions.setdefault("StringLike", {})["s3:prefix"] = members
    statement = {
        "Effect": "Allow",
        "Action": _one_or_all(list(actions)),
        "Resource": resource if resource is not None else _one_or_all(members),
    }
    return statement | ({"Condition": conditions} if conditions else {})


def _one_or_all(items: list[str]) -> str | list[str]:
    return items[0] if len(items) == 1 else items
