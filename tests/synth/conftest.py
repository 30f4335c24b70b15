import aws_cdk as cdk
import pytest


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")
