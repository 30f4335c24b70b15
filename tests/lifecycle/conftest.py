import pytest

from .fake_aws import FakeAws
from .stack import Stack


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def stack(aws):
    return Stack(aws)
