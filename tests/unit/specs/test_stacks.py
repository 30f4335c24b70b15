"""Which stack a model is in: by its name alone, for ever."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.specs.stack_file import FILE, StackFile, StackFileError, bucket, read_stack_file
from tests.unit.specs.files import SMALLEST, write

NAMES = st.sets(st.text(min_size=1, max_size=12), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("name", "count", "number"),
    [("churn", 1, 0), ("churn", 8, 3), ("fraud", 8, 5), ("churn", 100, 83), ("größe", 100, 39)],
)
def test_a_name_belongs_where_it_has_always_belonged(name, count, number):
    """These must never change: deployed models would move, and be trained again."""
    assert bucket(name, count) == number


def test_a_thousand_names_spread_evenly():
    loads = [0] * 50
    for number in range(1000):
        loads[bucket(f"model-{number}", 50)] += 1

    assert max(loads) <= 2.5 * 1000 / 50
    assert min(loads) > 0


@given(NAMES, NAMES, st.integers(1, 20))
def test_models_that_come_or_go_move_no_other(names, others, count):
    spread = StackFile("Shop", count)
    before = {name: spread.stack_of(name) for name in names}

    after = {name: spread.stack_of(name) for name in [*others, *names]}

    assert before.items() <= after.items()


@given(NAMES, st.lists(st.integers(0, 30), min_size=1, max_size=4), st.integers(1, 20))
def test_more_stacks_move_no_model_that_is_there(names, steps, count):
    spread = StackFile("Shop", count)
    before = {name: spread.stack_of(name) for name in names}

    for step in steps:
        spread = spread.grown(spread.count + step, names)

    assert {name: spread.stack_of(name) for name in names} == before


def test_a_model_that_may_move_goes_where_its_name_belongs():
    spread = StackFile("Shop", 1).grown(8, ["churn", "fraud"], moved=["fraud"])

    assert (spread.stack_of("churn"), spread.stack_of("fraud")) == (0, 5)
    assert spread.kept == {"churn": 0}


def test_a_model_that_is_gone_is_kept_no_longer():
    spread = StackFile("Shop", 8, {"gone": 1}).grown(8, ["churn"])

    assert spread.kept == {}


def test_fewer_stacks_are_refused():
    with pytest.raises(StackFileError, match="count must be 8 or more, got 7; fewer would move"):
        StackFile("Shop", 8).grown(7, [])


def test_what_is_written_is_what_is_read(tmp_path):
    spread = StackFile("Shop", 8, {"churn": 0})

    (tmp_path / FILE).write_text(spread.to_json())

    assert read_stack_file(tmp_path) == spread


def test_a_folder_without_the_file_names_the_command_that_writes_it(tmp_path):
    with pytest.raises(StackFileError, match=f"`automlv2 stacks {tmp_path}` writes it"):
        read_stack_file(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 2}, "must be of version 1"),
        ({"stacks": 0}, "stacks must be 1 to 1000"),
        ({"stacks": True}, "stacks must be 1 to 1000"),
        ({"stacks": "8"}, "stacks must be 1 to 1000"),
        ({"prefix": "a b"}, "prefix must be letters"),
        ({"prefix": None}, "prefix must be letters"),
        ({"kept": {"churn": 8}}, "numbers from 0 to 7"),
        ({"kept": {"churn": -1}}, "numbers from 0 to 7"),
        ({"kept": []}, "numbers from 0 to 7"),
        ({"buckets": 8}, "must have no buckets"),
    ],
)
def test_a_file_that_was_edited_wrongly_is_refused(tmp_path, change, words):
    data = {"version": 1, "prefix": "Shop", "stacks": 8, "kept": {}} | change
    (tmp_path / FILE).write_text(json.dumps(data))

    with pytest.raises(StackFileError, match=words):
        read_stack_file(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "\xff"])
def test_a_file_that_is_no_json_is_refused(tmp_path, text):
    (tmp_path / FILE).write_text(text, encoding="latin-1")

    with pytest.raises(StackFileError, match=FILE):
        read_stack_file(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 1,\n "stacks": }', f"{FILE}:2:12: file: must be JSON (Expecting value)"),
        ('{"version": 1, "prefix": "A", "stacks": 0}', f"{FILE}:1:1: file: stacks must be 1 to"),
        ('{"version": 1, "prefix": "A", "stacks": 1, "stacks": 2}', "'stacks' stands twice"),
    ],
)
def test_validate_judges_the_file_of_the_stacks_too(tmp_path, text, words):
    write(tmp_path, SMALLEST)
    (tmp_path / FILE).write_text(text)

    found = CliRunner().invoke(automlv2, ["validate", str(tmp_path)])

    assert found.exit_code == 1
    assert words in found.stdout
    failed = CliRunner().invoke(automlv2, ["stacks", str(tmp_path)])
    assert failed.stderr.endswith(f"next: automlv2 validate {tmp_path}\n")
