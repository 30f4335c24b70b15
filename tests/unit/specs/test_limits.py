"""Limits in files: of a model in its own, of a folder in one beside the models."""

import json

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.specs.folder import check_folder
from cdk_automlv2.specs.limit_file import FILE
from cdk_automlv2.specs.spec import check

from .files import BOUNDED, write

PRICES = {"source": "a test", "currency": "USD", "training": {"candidate-hour": 2}}


def faults_of(folder):
    return [str(fault).removeprefix(f"{folder}/") for fault in check_folder(folder)[1]]


def folder_of(tmp_path, *more, **limits):
    for number, text in enumerate(more or ("", "")):
        write(tmp_path, BOUNDED + text, f"model-{number}.automlv2.yaml")
    if limits:
        (tmp_path / FILE).write_text(json.dumps({"version": 1, **limits}))
    return tmp_path


def test_a_model_over_the_folder_s_limit_is_named_with_place_and_figure(tmp_path):
    folder = folder_of(tmp_path, "", max_cost_per_model=9, prices=PRICES)

    assert faults_of(folder) == [
        "model-0.automlv2.yaml:2:3: max_cost_per_model: may train 10.00 USD (10 candidates x "
        "0.5 h x 2 USD; a test), and max_cost_per_model is 9"
    ]


def test_models_over_the_folder_s_limit_together_are_all_named(tmp_path):
    [said] = faults_of(folder_of(tmp_path, max_candidates=19))

    assert said.startswith(f"{FILE}:1:1: max_candidates: 2 models together may train 20, and")
    assert "model-0: 10 candidates" in said
    assert "model-1: 10 candidates" in said


def test_a_folder_within_its_limits_has_no_fault(tmp_path):
    assert faults_of(folder_of(tmp_path, max_cost=20, max_candidates=20, prices=PRICES)) == []


def test_a_file_s_own_limit_of_candidates_needs_no_prices(tmp_path):
    path = write(tmp_path, f"{BOUNDED}limits: {{max_candidates: 9}}\n")

    [fault] = check(path)[1]

    assert (fault.line, fault.column) == (8, 26)
    assert "may train 10 candidates, and max_candidates is 9" in str(fault)


def test_a_file_s_own_limit_of_its_cost_is_told_by_the_folder_s_prices(tmp_path):
    text = "limits: {max_cost: 9.5}\n"
    assert faults_of(folder_of(tmp_path, text)) == []

    [said] = faults_of(folder_of(tmp_path, text, prices=PRICES))

    assert "limits.max_cost: may train 10.00 USD" in said


@pytest.mark.parametrize("value", ["-1", "1e400", "no", "'9'", "[1]"])
def test_a_limit_that_is_no_amount_is_refused_in_a_file(tmp_path, value):
    assert check(write(tmp_path, f"{BOUNDED}limits: {{max_cost: {value}}}\n"))[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "must be JSON"),
        ("[]", "version: must be 1"),
        ('{"version": 2}', "version: must be 1"),
        ('{"version": 1, "max_price": 1}', "max_price: must be one of"),
        ('{"version": 1, "max_candidates": -1}', "max_candidates: must be a number"),
        ('{"version": 1, "max_cost": 1}', "prices: must be set"),
        ('{"version": 1, "prices": {"currency": "USD"}}', "prices.source: must be a text"),
    ],
)
def test_a_file_of_limits_that_is_none_is_refused(tmp_path, text, words):
    folder = folder_of(tmp_path)
    (folder / FILE).write_text(text)

    assert any(words in said for said in faults_of(folder))


def test_validate_fails_for_a_folder_over_its_limits(tmp_path):
    folder = folder_of(tmp_path, max_candidates_per_model=9)

    done = CliRunner().invoke(automlv2, ["validate", str(folder)])

    assert done.exit_code == 1
    assert "may train 10 candidates, and max_candidates_per_model is 9" in done.output


def test_a_limits_file_in_a_folder_below_holds_for_nobody_and_is_refused(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "team").mkdir()
    (folder / "team" / FILE).write_text('{"version": 1, "max_candidates": 1}')

    [fault] = faults_of(folder)

    assert fault.startswith(f"team/{FILE}:1:1: file: must be in {folder}")
    assert fault.endswith("move it there")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 1,\n "max_cost": 1 "x"}', f"{FILE}:2:16: file: must be JSON (Expecting ','"),
        ('{"version": 1, "max_cost": 900, "max_cost": 9}', "the key 'max_cost' stands twice"),
        ('{"version": 1, "max_cost": NaN}', "NaN is no number"),
    ],
)
def test_a_limits_file_that_says_two_things_is_refused(tmp_path, text, words):
    folder = folder_of(tmp_path)
    (folder / FILE).write_text(text)

    [fault] = faults_of(folder)

    assert words in fault
