"""Type checkers and completion see the package as users do."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import jedi
import pytest

import cdk_automlv2

ROOT = Path(__file__).parents[2]
APP = "tests/packaging/users/app.py"


@pytest.mark.parametrize(
    "checker",
    [
        ["mypy", "--strict", "--config-file=", APP],
        ["pyright", "--pythonpath", sys.executable, APP],
    ],
    ids=["mypy", "pyright"],
)
def test_an_app_of_a_user_has_no_type_error(checker):
    done = subprocess.run(
        [sys.executable, "-m", *checker], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "code", ["import cdk_automlv2\ncdk_automlv2.", "from cdk_automlv2 import "]
)
def test_completion_offers_the_public_names_and_no_helper(code):
    modules = {module.name for module in pkgutil.iter_modules(cdk_automlv2.__path__)}

    offered = {item.name for item in jedi.Script(code).complete() if item.name[0] != "_"}

    assert offered - modules == set(cdk_automlv2.__all__)
