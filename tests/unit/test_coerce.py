import pytest
from automlv2_handlers.domain.coerce import is_true, request_from
from automlv2_handlers.errors import LifecycleError

from cdk_automlv2._core import service_model

TYPED = {
    "AutoMLJobName": "churn",
    "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": {"S3Uri": "s3://b/"}}}],
    "AutoMLProblemTypeConfig": {
        "TimeSeriesForecastingJobConfig": {
            "ForecastHorizon": 14,
            "Transformations": {"Filling": {"demand": {"backfill": "value"}}},
        },
    },
    "SecurityConfig": {"EnableInterContainerTrafficEncryption": True},
    "DataSplitConfig": {"ValidationFraction": 0.25},
}


def stringified(value):
    if isinstance(value, dict):
        return {key: stringified(item) for key, item in value.items()}
    if isinstance(value, list):
        return [stringified(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_types_come_back_by_the_shape_of_the_api():
    shape = service_model.input_shape("CreateAutoMLJobV2")

    assert request_from(stringified(TYPED), shape) == TYPED


def test_properties_that_are_not_of_the_api_are_left_out():
    shape = service_model.input_shape("CreateModel")

    assert request_from({"ServiceToken": "x", "ModelName": "m"}, shape) == {"ModelName": "m"}


def test_a_nested_member_that_is_not_known_is_named_and_not_left_out():
    shape = service_model.input_shape("CreateAutoMLJobV2")
    config = {"TabularJobConfig": {"TargetAttributeName": "y", "BrandNewOption": "x"}}

    with pytest.raises(LifecycleError) as caught:
        request_from({"AutoMLProblemTypeConfig": config}, shape)

    assert str(caught.value).startswith(
        "AutoMLProblemTypeConfig.TabularJobConfig.BrandNewOption: not known to the function's boto3"
    )


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"DataSplitConfig": "0.2"}, "DataSplitConfig: must be an object, got '0.2'"),
        ({"Tags": "team"}, "Tags: must be a list, got 'team'"),
        ({"Tags": [{"Key": "a", "Value": "b", "X": "c"}]}, "Tags[0].X: not known"),
        (
            {"DataSplitConfig": {"ValidationFraction": []}},
            "DataSplitConfig.ValidationFraction: must be of type float, got []",
        ),
    ],
)
def test_rejects_a_property_of_another_shape_and_names_it(properties, text):
    with pytest.raises(LifecycleError) as caught:
        request_from(properties, service_model.input_shape("CreateAutoMLJobV2"))

    assert text in str(caught.value)


def test_rejects_a_number_that_is_none_and_names_its_place():
    shape = service_model.input_shape("CreateAutoMLJobV2")
    bad = {"DataSplitConfig": {"ValidationFraction": "much"}}

    with pytest.raises(LifecycleError, match=r"^DataSplitConfig.ValidationFraction: must be of"):
        request_from(bad, shape)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), (True, True)])
def test_is_true(text, value):
    assert is_true(text) is value


def test_is_true_rejects_what_is_neither():
    with pytest.raises(ValueError, match="yes"):
        is_true("yes")
