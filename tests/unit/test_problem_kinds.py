"""The other four kinds of problem: form, inverse, limits and rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_automlv2 import (
    AutoMLImageClassificationConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    OptionsError,
)

SERIES = {
    "forecast_frequency": "1D",
    "forecast_horizon": 14,
    "item_identifier_attribute_name": "shop",
    "target_attribute_name": "demand",
    "timestamp_attribute_name": "day",
}
FULL_SERIES = AutoMLTimeSeriesForecastingConfig(
    **SERIES,
    grouping_attribute_names=["city"],
    feature_specification_s3_uri="s3://b/f.json",
    forecast_quantiles=["p10", "p50", "p90"],
    holiday_config=["US"],
    aggregation={"demand": "avg"},
    filling={
        "demand": {"frontfill": "none", "middlefill": "nan"},
        "price": {"backfill": "value", "backfill_value": "2"},
    },
    max_candidates=1,
    max_runtime_per_training_job_in_seconds=600,
    max_total_job_runtime_in_seconds=3600,
    algorithms_config=["ets", "deepar"],
)


def test_a_forecast_has_the_form_of_the_api():
    assert FULL_SERIES.to_request_dict() == {
        "TimeSeriesForecastingJobConfig": {
            "ForecastFrequency": "1D",
            "ForecastHorizon": 14,
            "TimeSeriesConfig": {
                "ItemIdentifierAttributeName": "shop",
                "TargetAttributeName": "demand",
                "TimestampAttributeName": "day",
                "GroupingAttributeNames": ["city"],
            },
            "FeatureSpecificationS3Uri": "s3://b/f.json",
            "ForecastQuantiles": ["p10", "p50", "p90"],
            "HolidayConfig": [{"CountryCode": "US"}],
            "Transformations": {
                "Aggregation": {"demand": "avg"},
                "Filling": {
                    "demand": {"frontfill": "none", "middlefill": "nan"},
                    "price": {"backfill": "value", "backfill_value": "2"},
                },
            },
            "CompletionCriteria": {
                "MaxCandidates": 1,
                "MaxRuntimePerTrainingJobInSeconds": 600,
                "MaxAutoMLJobRuntimeInSeconds": 3600,
            },
            "CandidateGenerationConfig": {
                "AlgorithmsConfig": [{"AutoMLAlgorithms": ["ets", "deepar"]}]
            },
        }
    }


def test_a_language_model_has_the_form_of_the_api():
    config = AutoMLTextGenerationConfig("Llama2-7B", True, {"epochCount": "3"}, 1)

    assert config.to_request_dict() == {
        "TextGenerationJobConfig": {
            "BaseModelName": "Llama2-7B",
            "ModelAccessConfig": {"AcceptEula": True},
            "TextGenerationHyperParameters": {"epochCount": "3"},
            "CompletionCriteria": {"MaxCandidates": 1},
        }
    }


def test_an_image_problem_may_be_empty():
    assert AutoMLImageClassificationConfig().to_request_dict() == {
        "ImageClassificationJobConfig": {}
    }


SECONDS = st.none() | st.integers(1, 10**3)
MORE_SECONDS = st.none() | st.integers(10**3, 10**6)
NAMES = st.text("abcdefghij_", min_size=1, max_size=20)
COMPLETION = {
    "max_candidates": st.sampled_from([None, 1]),
    "max_runtime_per_training_job_in_seconds": SECONDS,
    "max_total_job_runtime_in_seconds": MORE_SECONDS,
}
CONFIGS = st.one_of(
    st.builds(AutoMLImageClassificationConfig, **COMPLETION),
    st.builds(
        AutoMLTextClassificationConfig,
        content_column=st.just("text"),
        target_label_column=NAMES,
        **COMPLETION,
    ),
    st.builds(
        AutoMLTextGenerationConfig,
        base_model_name=st.sampled_from([None, "Falcon7B", "MPT7B"]),
        accept_eula=st.sampled_from([None, True, False]),
        text_generation_hyper_params=st.none()
        | st.dictionaries(
            st.sampled_from(["epochCount", "batchSize"]), st.sampled_from(["1", "5"]), max_size=2
        ),
        **COMPLETION,
    ),
    st.builds(
        AutoMLTimeSeriesForecastingConfig,
        forecast_frequency=st.sampled_from(["1H", "15min", "W", "2D"]),
        forecast_horizon=st.integers(1, 500),
        item_identifier_attribute_name=NAMES,
        target_attribute_name=st.just("demand"),
        timestamp_attribute_name=NAMES.map("time-{}".format),
        grouping_attribute_names=st.none()
        | st.lists(NAMES.map("group-{}".format), min_size=1, max_size=5, unique=True),
        forecast_quantiles=st.none()
        | st.lists(st.integers(1, 99).map("p{}".format), min_size=1, max_size=5),
        holiday_config=st.none() | st.sampled_from([["US"], ["DE"]]),
        aggregation=st.none() | st.just({"demand": "max"}),
        filling=st.none() | st.just({"price": {"futurefill": "zero"}}),
        algorithms_config=st.none() | st.just(["npts"]),
        **COMPLETION,
    ),
)


@given(CONFIGS)
def test_from_response_dict_is_the_inverse_of_to_request_dict(config):
    request = config.to_request_dict()

    assert type(config).from_response_dict(request) == config
    assert type(config).from_response_dict(request[config.api_name]) == config


def faults(kind, **options):
    with pytest.raises(OptionsError) as caught:
        kind(**options)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (AutoMLImageClassificationConfig, {}),
        (AutoMLTextClassificationConfig, {"content_column": "a", "target_label_column": "b"}),
        (AutoMLTextGenerationConfig, {}),
        (AutoMLTimeSeriesForecastingConfig, SERIES),
    ],
    ids=lambda value: getattr(value, "api_name", ""),
)
def test_rejects_more_than_the_one_candidate_that_the_service_makes(kind, options):
    assert faults(kind, **options, max_candidates=2) == [
        "max_candidates: must be 1 for this kind of problem, got 2"
    ]
    kind(**options, max_candidates=1)


def test_rejects_one_column_for_text_and_class():
    assert faults(AutoMLTextClassificationConfig, content_column="a", target_label_column="a") == [
        "target_label_column: must be another column than content_column, got 'a'"
    ]


@pytest.mark.parametrize("accepted", [None, False])
def test_rejects_a_llama_whose_licence_is_not_accepted(accepted):
    assert faults(
        AutoMLTextGenerationConfig, base_model_name="Llama2-7BChat", accept_eula=accepted
    ) == [f"accept_eula: must be True for Llama2-7BChat, got {accepted!r}; read its licence first"]
    AutoMLTextGenerationConfig("Llama2-7BChat", accept_eula=True)
    AutoMLTextGenerationConfig("Mistral7B")


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("epochCount", "11", "must be an integer from 1 to 10, as a string, got '11'"),
        ("epochCount", "1.5", "must be an integer from 1 to 10, as a string, got '1.5'"),
        ("batchSize", "0", "must be an integer from 1 to 64, as a string, got '0'"),
        ("learningRate", "2", "must be a number from 0 to 1, as a string, got '2'"),
        ("learningRateWarmupSteps", "251", "must be an integer from 0 to 250, as a string"),
        ("temperature", "1", "must be one of epochCount, batchSize, learningRate, learn"),
    ],
)
def test_rejects_hyper_parameters(key, value, text):
    [fault] = faults(AutoMLTextGenerationConfig, text_generation_hyper_params={key: value})

    assert fault.startswith(f"text_generation_hyper_params[{key!r}]: {text}")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        pytest.param({"forecast_horizon": 501}, "forecast_horizon: must be 500 or less, got 501"),
        pytest.param({"forecast_horizon": 0}, "forecast_horizon: must be 1 or more, got 0"),
        pytest.param(
            {"forecast_frequency": "60min"},
            "forecast_frequency: must match 1Y|Y|([1-9]|1[0-1])M|M|[1-4]W|W|[1-6]D|D|",
            id="an hour in minutes",
        ),
        pytest.param({"forecast_quantiles": ["p0"]}, "forecast_quantiles[0]: must match"),
        pytest.param(
            {"forecast_quantiles": ["p1", "p2", "p3", "p4", "p5", "p6"]},
            "forecast_quantiles: must have 1 to 5 items",
        ),
        pytest.param(
            {"holiday_config": ["us"]}, "holiday_config[0]: must match [A-Z]{2}, got 'us'"
        ),
        pytest.param(
            {"holiday_config": ["EN"]},
            "holiday_config[0]: must be the ISO 3166-1 code of a country, got 'EN'",
        ),
        pytest.param({"holiday_config": ["US", "DE"]}, "holiday_config: must have 1 item, got"),
        pytest.param(
            {"aggregation": {"price": "sum"}},
            "aggregation: must name the target, 'demand', alone, got 'price'",
        ),
        pytest.param(
            {"aggregation": {"demand": "mode"}},
            "aggregation['demand']: must be one of sum, avg, first, min, max, got 'mode'",
        ),
        pytest.param(
            {"filling": {"demand": {"frontfill": "zero"}}},
            "filling['demand']['frontfill']: must be one of none, got 'zero'",
        ),
        pytest.param(
            {"filling": {"price": {"frontfill": "none"}}},
            "filling['price']['frontfill']: cannot be used for columns other than the target",
        ),
        pytest.param(
            {"filling": {"demand": {"futurefill": "zero"}}},
            "filling['demand']['futurefill']: cannot be used for the target, got 'zero'",
        ),
        pytest.param(
            {"filling": {"price": {"backfill": "value"}}},
            "filling['price']['backfill']: must come with backfill_value, got 'value'",
        ),
        pytest.param(
            {"filling": {"price": {"backfill": "value", "backfill_value": "1.5"}}},
            "filling['price']['backfill_value']: must match",
        ),
        pytest.param(
            {"algorithms_config": ["xgboost"]},
            "algorithms_config[0]: must be one of cnn-qr, deepar, prophet, npts, arima, ets",
        ),
        pytest.param({"algorithms_config": []}, "algorithms_config: must name 1 algorithm or more"),
        pytest.param(
            {"grouping_attribute_names": []}, "grouping_attribute_names: must have 1 to 5 items"
        ),
    ],
)
def test_rejects_a_forecast(options, text):
    [fault] = faults(AutoMLTimeSeriesForecastingConfig, **(SERIES | options))

    assert fault.startswith(text)


def test_rejects_a_forecast_with_every_fault_at_once():
    found = faults(
        AutoMLTimeSeriesForecastingConfig,
        forecast_frequency=None,
        forecast_horizon="14",
        item_identifier_attribute_name="",
        target_attribute_name=None,
        timestamp_attribute_name="day",
    )

    assert found == [
        "forecast_frequency: must be set, got None",
        "forecast_horizon: must be an int, got '14'",
        "item_identifier_attribute_name: must have 1 to 256 characters, got ''",
        "target_attribute_name: must be set, got None",
    ]
