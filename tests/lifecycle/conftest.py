import pytest

from . import invariants
from .fake_aws import FakeAws
from .stack import Stack


@pytest.fixture
def aws():
    account = FakeAws()
    yield account
    invariants.check(account)


@pytest.fixture
def stack(aws):
    return Stack(aws)
