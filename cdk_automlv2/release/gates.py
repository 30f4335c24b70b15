"""Gates: what a candidate must show before it serves. They are data, judged by the function.

A gate that says no leaves the former model serving. Within a stack the deployment then fails with
the verdict; a release ends as ``refused``, or as ``undecided`` where a gate could not measure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import field_faults
from cdk_automlv2._core.tokens import is_token, without_none
from cdk_automlv2.errors import OptionFault, raise_if_any

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from cdk_automlv2.problem_configs import ProblemConfig

MOST_ROWS = 100
MOST_ROW_CHARACTERS = 16_384
MOST_GATES = 10
Rows = Annotated[Sequence[str | Sequence[str | int | float] | Mapping[str, Any]], KNOWN_AT_SYNTH]
"""Requests: a line of CSV as text or as a list of values, or an object that is sent as JSON."""

_Value = TypeVar("_Value")


class _Gate:
    """What all gates share."""

    type: ClassVar[str]
    """What the function knows it by."""

    invokes_endpoint: ClassVar[bool] = False
    """Whether it asks an endpoint of its own, which costs instances for as long as it asks."""

    def __post_init__(self) -> None:
        raise_if_any(type(self).__name__, self._problems())

    def to_request(self) -> dict[str, Any]:
        """Return the gate as the function reads it."""
        return {"Type": self.type, **self._members()}

    def metric_problems(self, config: ProblemConfig | None) -> Iterator[tuple[str, str, Any]]:
        """Yield what is wrong between the gate and the problem: field, rule, value."""
        yield from ()

    def _members(self) -> dict[str, Any]:
        raise NotImplementedError

    def _problems(self) -> Iterator[OptionFault]:
        faults = field_faults(self, lambda name, value: ())
        yield from faults
        if not faults:
            yield from self._rules()

    def _rules(self) -> Iterator[OptionFault]:
        yield from ()


class _MetricGate(_Gate):
    """A gate that looks at a metric."""

    metric: str | None

    def metric_problems(self, config: ProblemConfig | None) -> Iterator[tuple[str, str, Any]]:
        """Yield what is wrong between the gate and the problem: field, rule, value."""
        allowed = None if config is None else config.metrics()
        if allowed is None or is_token(self.metric):
            return
        kind = getattr(config, "problem_type", None) or type(config).__name__
        if not allowed and self.metric is None:
            yield "metric", f"must be given for {kind}, which has no objective", None
        elif allowed and self.metric is not None and self.metric not in allowed:
            yield "metric", f"must be one of {', '.join(allowed)} for {kind}", self.metric


@shown
@dataclass(frozen=True)
class ObjectiveGate(_MetricGate):
    """Compares a metric of the candidate with fixed limits.

    Attributes:
        metric: Its name as the API spells it, such as ``F1``. Default: the job's objective.
        minimum: What it must reach.
        maximum: What it must not exceed.

    Raises:
        OptionsError: If there is no limit, or the minimum is above the maximum.

    Example:
        >>> ObjectiveGate("F1", minimum=0.8).to_request()
        {'Type': 'Objective', 'Metric': 'F1', 'Minimum': 0.8}
    """

    type: ClassVar[str] = "Objective"
    metric: str | None = None
    minimum: float | None = None
    maximum: float | None = None

    def _members(self) -> dict[str, Any]:
        return without_none(Metric=self.metric, Minimum=self.minimum, Maximum=self.maximum)

    def _rules(self) -> Iterator[OptionFault]:
        low, high = self.minimum, self.maximum
        if low is None and high is None:
            yield OptionFault("minimum", "must be given, or maximum", None)
        if low is None or high is None or is_token(low) or is_token(high):
            return
        if low > high:
            yield OptionFault("minimum", f"must be the maximum, {high:g}, or less", low)


@shown
@dataclass(frozen=True)
class BetterThanDeployed(_MetricGate):
    """Compares a metric of the candidate with that of the candidate that serves now.

    Passes where nothing serves yet. Of metrics such as RMSE, less is better.

    Attributes:
        metric: Its name as the API spells it, such as ``F1``. Default: the job's objective.
        by: By how much it must be better; 0 or more. Default: 0, so that as good is enough.

    Raises:
        OptionsError: If ``by`` is below 0.

    Example:
        >>> BetterThanDeployed(by=0.01).to_request()
        {'Type': 'BetterThanDeployed', 'By': 0.01}
    """

    type: ClassVar[str] = "BetterThanDeployed"
    metric: str | None = None
    by: float = 0.0

    def _members(self) -> dict[str, Any]:
        return without_none(Metric=self.metric, By=self.by)

    def _rules(self) -> Iterator[OptionFault]:
        if not is_token(self.by) and self.by < 0:
            yield OptionFault("by", "must be 0 or more", self.by)


class _AskingGate(_Gate):
    """A gate that sends rows to an endpoint of its own."""

    invokes_endpoint: ClassVar[bool] = True
    rows: Rows
    content_type: str | None

    def _requests(self) -> dict[str, Any]:
        json_rows = bool(self.rows) and isinstance(self.rows[0], Mapping)
        usual = "application/json" if json_rows else "text/csv"
        rows = [_row(row) for row in self.rows]
        return {"Rows": rows, "ContentType": self.content_type or usual}

    def _rules(self) -> Iterator[OptionFault]:
        if not 1 <= len(self.rows) <= MOST_ROWS:
            yield OptionFault("rows", f"must be 1 to {MOST_ROWS}", len(self.rows))
            return
        objects = [isinstance(row, Mapping) for row in self.rows]
        if any(objects) and not all(objects):
            yield OptionFault("rows", "must be all dicts, or none", self.rows)
            return
        length = sum(len(_row(row)) for row in self.rows)
        if length > MOST_ROW_CHARACTERS:
            rule = f"must have {MOST_ROW_CHARACTERS:,} characters or less together"
            yield OptionFault("rows", rule, length, "send fewer, or use a FunctionGate")


@shown
@dataclass(frozen=True)
class LatencyGate(_AskingGate):
    """Measures how long the candidate takes, on a short-lived endpoint of the same instance type.

    That endpoint has one instance, is charged for the minutes that it exists, and is deleted
    before the release goes on. The function sends one request after another; the first, of a model
    that has just been loaded, does not count.

    Attributes:
        milliseconds: Longest time that is good; 1 to 60000.
        rows: What to send, in turn; 1 to 100: a line of CSV as text or as a list, or a dict that
            is sent as JSON.
        percentile: Which of the measured times is compared; above 0, 100 at most. Default: 90.
        requests: How many to send; 1 to 100. Default: 20.
        content_type: Of the rows. Default: ``text/csv``, or ``application/json`` for dicts.

    Raises:
        OptionsError: With every value out of range.

    Example:
        >>> LatencyGate(50, ["-0.5,1,red"], percentile=99).to_request()["ContentType"]
        'text/csv'
    """

    type: ClassVar[str] = "Latency"
    milliseconds: int
    rows: Rows
    percentile: float = 90.0
    requests: int = 20
    content_type: str | None = None

    def _members(self) -> dict[str, Any]:
        return {
            "Milliseconds": self.milliseconds,
            "Percentile": self.percentile,
            "Requests": self.requests,
            **self._requests(),
        }

    def _rules(self) -> Iterator[OptionFault]:
        if not is_token(self.milliseconds) and not 1 <= self.milliseconds <= 60_000:
            yield OptionFault("milliseconds", "must be 1 to 60000", self.milliseconds)
        if not is_token(self.percentile) and not 0 < self.percentile <= 100:
            yield OptionFault("percentile", "must be above 0 and 100 or less", self.percentile)
        if not is_token(self.requests) and not 1 <= self.requests <= MOST_ROWS:
            yield OptionFault("requests", f"must be 1 to {MOST_ROWS}", self.requests)
        yield from super()._rules()


@shown
@dataclass(frozen=True)
class SmokeTest(_AskingGate):
    """Sends requests to the candidate, on a short-lived endpoint of the same instance type.

    That endpoint has one instance, is charged for the minutes that it exists, and is deleted
    before the release goes on.

    Attributes:
        rows: What to send; 1 to 100: a line of CSV as text or as a list, or a dict that is sent as
            JSON.
        expected: The response to each row: the whole text, or its first field. Default: every row
            need only be answered.
        content_type: Of the rows. Default: ``text/csv``, or ``application/json`` for dicts.

    Raises:
        OptionsError: If there are not as many responses as rows, or too many rows.

    Example:
        >>> SmokeTest([[-0.5, 1, "red"]], expected=["yes"]).to_request()["Rows"]
        ['-0.5,1,red']
    """

    type: ClassVar[str] = "SmokeTest"
    rows: Rows
    expected: Annotated[Sequence[str] | None, KNOWN_AT_SYNTH] = None
    content_type: str | None = None

    def _members(self) -> dict[str, Any]:
        expected = None if self.expected is None else list(self.expected)
        return without_none(Expected=expected) | self._requests()

    def _rules(self) -> Iterator[OptionFault]:
        yield from super()._rules()
        if self.expected is not None and len(self.expected) != len(self.rows):
            rule = f"must have one response for each of the {len(self.rows)} rows"
            yield OptionFault("expected", rule, len(self.expected))


@shown
@dataclass(frozen=True)
class FunctionGate(_Gate):
    """Asks a Lambda function of yours.

    It is invoked with ``{"job", "candidate", "deployed", "key", "release"}`` and returns
    ``{"pass": true, false or null, "reason": "…", "figures": {…}}``; null means that it cannot
    tell. The function of this library is granted to invoke it.

    Attributes:
        fn: The function.

    Raises:
        OptionsError: If it is none.

    Example:
        >>> from aws_cdk import aws_lambda
        >>> fn = aws_lambda.Function.from_function_name(stack, "Judge", "judge")
        >>> FunctionGate(fn).to_request()["Type"]
        'Function'
    """

    type: ClassVar[str] = "Function"
    fn: lambda_.IFunction

    def _members(self) -> dict[str, Any]:
        return {"FunctionArn": self.fn.function_arn}


Gate = ObjectiveGate | BetterThanDeployed | LatencyGate | SmokeTest | FunctionGate


def _row(row: Any) -> str:
    """Return a request as it is sent."""
    if isinstance(row, str):
        return row
    if isinstance(row, Mapping):
        return json.dumps(dict(row), separators=(",", ":"))
    return ",".join(_cell(value) for value in row)


def _cell(value: Any) -> str:
    """Return a value as a cell of CSV."""
    text = str(value)
    if any(character in text for character in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text
