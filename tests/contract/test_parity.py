"""The parity page names everything that the SDK's module has."""

import re
from pathlib import Path

import pytest

from cdk_automlv2 import AutoMLJobV2, AutoMLV2, problem_configs

PAGE = (Path(__file__).parents[2] / "docs" / "parity.md").read_text()


def public(owner):
    return {name for name in vars(owner) if not name.startswith("_")}


@pytest.mark.parametrize(
    "name",
    [
        *(kind.__name__ for kind in problem_configs.KINDS),
        "AutoMLDataChannel",
        "LocalAutoMLDataChannel",
        "AutoMLV2",
        "AutoMLJobV2",
        "to_request_dict",
        "from_response_dict",
        *sorted(public(AutoMLV2)),
    ],
)
def test_the_page_names(name):
    assert re.search(rf"\b{name}\b", PAGE)


def test_the_jobs_own_words_exist():
    assert {"start_new", "describe", "wait"} <= public(AutoMLJobV2)
