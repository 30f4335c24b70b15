"""An account in memory below the function's real gateway, with a clock that the test moves.

The fakes of the services stand where boto3's clients stand, so that what the gateway makes of
their answers and errors is tried too. Statuses follow from how long ago a thing was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from automlv2_handlers.aws.boto3_gateway import Boto3Gateway

from .services.account import PLACE, Account, Crash, Lags
from .services.control import Control
from .services.endpoints import Endpoints
from .services.jobs import CONTAINER, Jobs, candidate
from .services.models import models_of
from .services.packages import Packages
from .services.storage import Storage
from .services.tables import Tables
from .services.transforms import Transforms

if TYPE_CHECKING:
    from .stack import Stack

__all__ = ["CONTAINER", "PLACE", "Account", "Crash", "FakeAws", "Lags", "candidate", "model_of"]


class FakeAws(Jobs, Transforms, Endpoints, Packages, Storage, Tables, Control, Boto3Gateway):
    """All services of the account, and the gateway to them.

    Attributes:
        stacks: Those of the account.
        requests: How many requests CloudFormation has sent.
    """

    def __init__(self) -> None:
        super().__init__()
        Boto3Gateway.__init__(self, self.client)
        self.stacks: list[Stack] = []
        self.requests = 0

    def begin(self) -> None:
        for stack in self.stacks:
            stack.begin_executions()

    def invoke_endpoint(self, name: str, body: bytes, content_type: str) -> tuple[bytes, float]:
        return super().invoke_endpoint(name, body, content_type)[0], self.answer_seconds

    def remove_objects(self, uri: str) -> None:
        self.enter("remove_objects")
        super().remove_objects(uri)


def model_of(config: dict[str, object]) -> str:
    """Return the name of the model that a configuration serves."""
    return (models_of(config) or [""])[0]
