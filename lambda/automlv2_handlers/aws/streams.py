"""Bodies of answers, which come in after the answer: the network may fail on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from automlv2_handlers.errors import BusyError


@contextmanager
def received(what: str) -> Iterator[None]:
    """Let a stream that is broken off be tried again at the next look.

    Args:
        what: What is received, for the error.

    Raises:
        BusyError: If the network fails within the block.
    """
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (BotoCoreError, ConnectionError, TimeoutError) as error:
        raise BusyError(f"{what}: {type(error).__name__}") from error
