import pytest

from . import invariants
from .fake_aws import FakeAws
from .stack import Stack


@pytest.fixture
def aws(request):
    """An account, with the models of somebody else's that a test module names in MODELS."""
    account = FakeAws()
    account.has_models(*getattr(request.module, "MODELS", ()))
    yield account
    invariants.check(account)


@pytest.fixture
def stack(aws):
    return Stack(aws)
