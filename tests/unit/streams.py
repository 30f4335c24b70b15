"""Bodies of answers that are broken off."""

from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError

BREAKS = [
    ReadTimeoutError(endpoint_url="https://s3"),
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ResponseStreamingError(error="connection reset"),
    ConnectionResetError("reset"),
    TimeoutError("timed out"),
]


class Broken:
    """A stream that ends with an error after some bytes."""

    def __init__(self, content, error):
        self._content, self._error = content, error

    def iter_chunks(self, _size):
        yield self._content
        raise self._error

    def read(self):
        raise self._error
