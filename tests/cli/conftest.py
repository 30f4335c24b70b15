import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from . import running
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


@pytest.fixture
def user():
    """The user of the stack that ``shop`` deploys."""
    return running.user_of_shop()


@pytest.fixture
def shop(user, account):
    """An account with a stack whose first release still trains."""
    running.deploy(user, account)
    return account
