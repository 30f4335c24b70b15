"""What all fakes of services stand on: calls come in here, are checked, and may fail."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.lifecycle.timeline import Timeline

from . import validation
from .errors import client_error
from .rights import refuse_what_is_not_allowed

if TYPE_CHECKING:
    from tests.lifecycle.stack import Stack

PLACE = "arn:aws:sagemaker:eu-west-1:111122223333"
_COUNTED_AS = {
    "delete_tags": "remove_tags",
    "describe_stack_resource": "physical_id",
    "describe_stacks": "stack_status",
    "list_objects_v2": "objects",
    "put_object": "write",
}
"""Calls that tests know by the gateway's name."""

_CALL_SECONDS = 0.05
_PAUSES_OF_BOTO3 = (0.5, 1.0)


class Crash(BaseException):
    """The function dies: no handler of its own can catch that."""


class Lags:
    """Seconds after which others see what has been done: none, until a test sets them.

    Attributes:
        describes: Of what was made, when it is asked for by name.
        lists: Of what was made or deleted.
        tags: Of tags that were changed, and of those given at creation.
    """

    def __init__(self) -> None:
        self.describes = self.lists = self.tags = 0.0


class Rate:
    """A bucket of tokens: a call takes one, or is throttled.

    Args:
        per_second: How many come back in a second.
        burst: How many it holds.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left: defaultdict[str, float] = defaultdict(lambda: float(burst))
        self._seen: dict[str, float] = {}

    def take(self, call: str, now: float) -> bool:
        """Take a token of one operation; whether there was one."""
        back = (now - self._seen.get(call, now)) * self._per_second
        self._seen[call] = now
        self._left[call] = min(self._left[call] + back, self._burst)
        if self._left[call] < 1:
            return False
        self._left[call] -= 1
        return True


class FakeClient:
    """A boto3 client: every operation goes to the account."""

    def __init__(self, account: Account, service: str) -> None:
        self._account = account
        self._service = service
        self.meta = self

    @property
    def service_model(self) -> Any:
        return validation.service_model(self._service)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_"):
            raise AttributeError(operation)
        return partial(self._account.api, self._service, operation)


class Account(Timeline):
    """An account that takes calls.

    Attributes:
        calls: How often each was made.
        entered: How many have come in.
        interrupt: Called when the ``interrupt_at``-th call arrives, before it takes effect; may
            raise ``Crash``.
        crash_after: Number of the call after whose effect the function dies.
        failures: Errors to raise, by call: those of boto3, or the gateway's own.
        lags: How late others see what has been done.
        rate: How many calls of one operation the account bears; ``None`` is any number.
        caller: Whose function runs; ``None`` is a person or a test, who may do anything.
        denied: What IAM did not allow the function, in words.
        unlimited: Calls that could have hung until AWS Lambda ends the function.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.entered = 0
        self.interrupt: Callable[[], None] | None = None
        self.interrupt_at = 0
        self.crash_after = 0
        self.failures: dict[str, list[Exception]] = defaultdict(list)
        self.lags = Lags()
        self.rate: Rate | None = None
        self._hidden: dict[str, tuple[str, str, int]] = {}
        self.caller: Stack | None = None
        self.denied: list[str] = []
        self.unlimited: list[str] = []

    @contextmanager
    def called_by(self, stack: Stack) -> Iterator[None]:
        """Let the function of a stack make the calls."""
        before, self.caller = self.caller, stack
        try:
            yield
        finally:
            self.caller = before

    def client(self, service: str) -> FakeClient:
        """Return the client of a service."""
        return FakeClient(self, service)

    def fail(self, call: str, code: str, message: str = "", times: int = 1) -> None:
        """Let the next calls fail with an error of the service."""
        error = client_error(validation.operation_name(call), code, message)
        self.failures[call] += [error] * times

    def shows_late(
        self, call: str, words: str = "Could not find it", times: int = 3, *, after: str = ""
    ) -> None:
        """Let a call not find a few times what is there.

        Args:
            call: Which one.
            words: What SageMaker says then.
            times: How often.
            after: Call after whose effect it begins; at once where none is named.
        """
        if after:
            self._hidden[after] = (call, words, times)
        else:
            self.fail(call, "ValidationException", words, times)

    def api(self, service: str, operation: str, **request: Any) -> Any:
        """Take one call of an API."""
        self.enter(_COUNTED_AS.get(operation, operation))
        number = self.entered
        if self.caller is not None:
            validation.check(service, operation, request)
            refuse_what_is_not_allowed(self, service, operation, request)
        answer = getattr(self, f"_{operation}")(**copy.deepcopy(request))
        if number == self.crash_after:
            raise Crash
        if operation in self._hidden:
            self.shows_late(*self._hidden.pop(operation))
        return answer

    def enter(self, call: str) -> None:
        """Count a call, and let it fail if it is to fail."""
        self.calls[call] += 1
        self.entered += 1
        if self.caller is not None and not self.caller.is_limited:
            self.unlimited.append(call)
        if self.entered == self.interrupt_at and self.interrupt is not None:
            self.interrupt()
        if self.failures[call]:
            raise self.failures[call].pop(0)
        if self.caller is not None and self.rate is not None:
            self._throttle(call, self.rate)

    def _throttle(self, call: str, rate: Rate) -> None:
        """Let boto3 try a call as often as it does, a moment later each time."""
        for pause in (*_PAUSES_OF_BOTO3, None):
            self.now += _CALL_SECONDS
            if rate.take(call, self.now):
                return
            if pause is not None:
                self.now += pause
        raise client_error(validation.operation_name(call), "ThrottlingException", "Rate exceeded")
