"""docs/tutorial.md as a newcomer follows it, command by command."""

import os
import sys
from pathlib import Path

import pytest

from cdk_automlv2.local import LocalCloud
from tests.docs.reader import Reader

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    """A folder as the page's first block leaves it."""
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    yield tmp_path
    LocalCloud.stop_all(tmp_path / ".automlv2")


def test_the_tutorial_works_word_for_word(folder):
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
    }

    followed = Reader(folder, environment).follow(ROOT / "docs" / "tutorial.md")

    assert followed >= 20
    assert (folder / "report.html").stat().st_size > 20_000
