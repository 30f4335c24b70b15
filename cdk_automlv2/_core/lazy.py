"""A value that CDK asks for at synth, from a Python function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
from constructs import IValidation


@jsii.implements(cdk.IStableAnyProducer)
class Producer:
    """Calls ``make`` once, when the template is rendered.

    Args:
        make: Returns the value; by then everything has been declared.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def produce(self) -> Any:
        """Return the value."""
        return self._make()


@jsii.implements(cdk.IStringProducer)
class BeforeRendering:
    """A text that has something done first, once everything has been declared and aspects have run.

    Args:
        text: The text.
        act: Called each time the CDK prepares the app; what it refers to must be known already.
    """

    def __init__(self, text: str, act: Callable[[], None]) -> None:
        self._text = text
        self._act = act

    def produce(self, context: cdk.IResolveContext) -> str:
        """Return the text."""
        if context.preparing:
            self._act()
        return self._text


@jsii.implements(IValidation)
class WhenAspectsHaveRun:
    """Calls ``then`` once aspects have run and references are resolved.

    Args:
        then: Returns what is wrong.
    """

    def __init__(self, then: Callable[[], list[str]]) -> None:
        self._then = then

    def validate(self) -> list[str]:
        """Return what ``then`` finds wrong."""
        return self._then()
