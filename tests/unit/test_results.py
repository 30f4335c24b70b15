"""Answers of each kind of problem, as values with types."""

import doctest

import pandas as pd
import pytest

from cdk_automlv2 import results
from cdk_automlv2.results import (
    Classification,
    ForecastStep,
    classifications,
    forecasts,
    frame,
    generated_text,
    numbers,
)

ALL = ["predicted_label", "probability", "probabilities", "labels"]


def test_the_examples_work():
    assert doctest.testmod(results).failed == 0


def test_a_label_alone_is_what_a_model_answers_by_default():
    assert classifications([["yes"], ["no"]]) == [Classification("yes"), Classification("no")]


def test_the_probability_of_each_label_is_found_by_the_label():
    answer = "b,0.7,\"[0.3, 0.7]\",\"['a', 'b']\"\n"

    [found] = classifications(answer, ALL)

    assert (found.label, found.probability) == ("b", 0.7)
    assert found.probabilities == {"a": 0.3, "b": 0.7}


def test_probabilities_without_labels_are_numbered():
    [found] = classifications(b'"[0.3, 0.7]"\n', ["probabilities"])

    assert found == Classification(probabilities={"0": 0.3, "1": 0.7})


@pytest.mark.parametrize(
    ("answer", "keys", "words"),
    [
        ("yes,0.8", ["predicted_label"], "row 1 has 2 values, and keys are 1: predicted_label"),
        ("yes", ["label"], "keys: must be of predicted_label"),
        ("x", ["probabilities"], "no list of values: x"),
        ("7", ["probabilities"], "no list of values: 7"),
    ],
)
def test_an_answer_of_other_keys_is_refused_by_name(answer, keys, words):
    with pytest.raises(ValueError, match=words):
        classifications(answer, keys)


def test_a_forecast_is_a_table_of_quantiles_by_series_and_step():
    answer = "shop,item,day,p10,p50,mean\nx,a,2026-01-01,1,2,2.5\nx,b,2026-01-01,3,4,4.5\n"

    first, second = forecasts(answer)

    quantiles = {"p10": 1.0, "p50": 2.0, "mean": 2.5}
    assert first == ForecastStep({"shop": "x", "item": "a"}, "2026-01-01", quantiles)
    assert second.item["item"] == "b"


@pytest.mark.parametrize("answer", ["", "a,b\n1,2\n", "p50\n1\n"])
def test_a_table_without_quantiles_is_no_forecast(answer):
    with pytest.raises(ValueError, match="no header with quantiles"):
        forecasts(answer)


@pytest.mark.parametrize("answer", [{"generated_text": "hi"}, [{"generated_text": "hi"}]])
def test_the_text_of_a_language_model_is_found_in_both_forms(answer):
    assert generated_text(answer) == "hi"


@pytest.mark.parametrize("answer", [[], {}, "hi", [{"text": "hi"}]])
def test_what_is_no_generated_text_is_refused(answer):
    with pytest.raises(ValueError, match="no generated_text"):
        generated_text(answer)


def test_results_are_tables_where_pandas_is_there():
    said = frame(classifications("yes,0.8\nno,0.9\n", ALL[:2]), index=["p1", "p2"])
    steps = frame(forecasts("item,day,p50\na,1,2\n"))

    assert list(said.columns) == ["label", "probability"]
    assert said.loc["p2", "label"] == "no"
    assert steps.iloc[0].to_dict() == {"item": "a", "timestamp": "1", "p50": 2.0}
    assert list(frame(numbers("1\n2\n"))["value"]) == [1.0, 2.0]
    assert isinstance(said, pd.DataFrame)
