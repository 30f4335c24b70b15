"""A value that CDK asks for at synth, from a Python function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii


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
