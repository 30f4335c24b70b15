"""A kind of resource is registered once, and keeps what the poll loop relies on."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.resources import kind as kind_module
from automlv2_handlers.resources.registry import KINDS, kind_of

from tests.unit.events import event

ROOT = Path(__file__).parents[2]
FILES = {
    path.stem
    for path in Path(kind_module.__file__).parent.glob("*.py")
    if 'type="Custom::' in path.read_text()
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.type)


def test_every_file_that_has_a_kind_is_registered():
    registered = {kind.step.__module__.rpartition(".")[2] for kind in KINDS.values()}

    assert registered == FILES


def test_every_type_that_a_construct_renders_is_registered_and_no_other():
    rendered = {
        f"Custom::{name}"
        for path in ROOT.glob("cdk_automlv2/**/*.py")
        for name in re.findall(r'resource\(\s*\w+,\s*[^,]+,\s*"(\w+)"', path.read_text())
    }

    assert rendered | {"Custom::AutoMLRelease"} == set(KINDS)  # Its construct comes next.


def test_an_unknown_type_is_named():
    with pytest.raises(LifecycleError, match="does not know the type 'Custom::Novelty'"):
        kind_of(replace(event(), resource_type="Custom::Novelty"))


@each_kind
def test_the_physical_id_of_an_answered_resource_needs_nothing_else(kind):
    given = replace(event(), physical_id="churn-1", properties={}, resource_type=kind.type)

    assert kind.physical_id(given) == "churn-1"


@each_kind
def test_a_kind_answers_before_cloudformation_gives_up(kind):
    link = replace(event(), properties={"LinkSeconds": "3300", "Last": "true"})

    assert 0 < kind.patience(link) <= 3300


@each_kind
def test_only_a_kind_that_makes_something_keeps_its_work_for_the_execution(kind):
    assert kind.makes_things or not kind.not_repeated
    assert "Delete" not in kind.not_repeated
