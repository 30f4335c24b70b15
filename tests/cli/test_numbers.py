"""Numbers of options that would be no limit."""

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2


@pytest.mark.parametrize("number", ["nan", "inf", "-1"])
@pytest.mark.parametrize(
    "command",
    [("wait", "Shop/Churn", "--timeout"), ("watch", "Shop", "--timeout"), ("plan", "--max-cost")],
    ids=lambda command: command[0],
)
def test_nan_is_taken_for_a_limit_that_nothing_exceeds(command, number):
    done = CliRunner().invoke(automlv2, [*command, number])

    assert done.exit_code == 2
    assert f"Invalid value for '{command[-1]}': {float(number)} is" in done.stderr
