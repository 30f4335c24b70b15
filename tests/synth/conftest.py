import aws_cdk as cdk
import pytest


@pytest.fixture(autouse=True)
def no_template_validation(monkeypatch):
    """CDK's own validation takes longer than all else; tests/snapshot has it on."""
    monkeypatch.setenv("CDK_VALIDATION", "false")


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")
