"""What is received after an answer may be broken off, which ends nothing."""

import hashlib

import pytest
from automlv2_handlers import errors
from automlv2_handlers.aws.boto3_gateway import Boto3Gateway

from .streams import BREAKS, Broken

CALLS = {
    "an artifact": lambda aws: aws.fetch_artifact(
        "s3://dev/model.tar.gz", "s3://prod/model.tar.gz", hashlib.sha256(b"half").hexdigest()
    ),
    "a prediction": lambda aws: aws.invoke_endpoint("churn", b"1,2", "text/csv"),
    "an answer of a function": lambda aws: aws.invoke_function("arn:function", {}),
}


class Network:
    """Services whose answers begin well."""

    def __init__(self, error):
        self._body = Broken(b"half", error)

    def head_object(self, **_):
        return {"Metadata": {}}

    def get_object(self, **_):
        return {"Body": self._body, "ContentLength": 4, "ETag": "tag"}

    def invoke_endpoint(self, **_):
        return {"Body": self._body}

    def invoke(self, **_):
        return {"Payload": self._body}

    def copy(self, **_):
        raise AssertionError("copied what was not compared")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", BREAKS, ids=lambda error: type(error).__name__)
def test_what_is_broken_off_is_asked_for_again(call, error):
    with pytest.raises(errors.BusyError, match=type(error).__name__):
        CALLS[call](Boto3Gateway(lambda _: Network(error)))
