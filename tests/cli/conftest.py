import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .account import Account


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def call(account):
    """Run the command on the account in memory."""

    def call(*arguments, **options):
        factory = lambda profile, region, local: account.client  # noqa: E731
        return CliRunner().invoke(
            automlv2, [str(item) for item in arguments], obj=factory, **options
        )

    return call
