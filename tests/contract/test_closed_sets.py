"""What completion offers is what the service, or the library's own table, takes."""

from typing import get_args

import pytest

from cdk_automlv2._core import closed_sets
from cdk_automlv2._core.service_model import shape_at
from cdk_automlv2.hosting.option_rules import RESPONSE_KEYS
from cdk_automlv2.problem_configs import KINDS
from cdk_automlv2.problem_configs.time_series_forecasting import ALGORITHMS

CHANNEL = "AutoMLJobInputDataConfig[]"
TABULAR = "AutoMLProblemTypeConfig.TabularJobConfig"
CONFIG = "CandidateGenerationConfig.AlgorithmsConfig[].AutoMLAlgorithms[]"


def offered(kind):
    literal, text = get_args(kind)
    assert text is str
    return set(get_args(literal))


@pytest.mark.parametrize(
    ("kind", "operation", "path"),
    [
        ("S3DataType", "CreateAutoMLJobV2", f"{CHANNEL}.DataSource.S3DataSource.S3DataType"),
        ("ChannelType", "CreateAutoMLJobV2", f"{CHANNEL}.ChannelType"),
        ("CompressionType", "CreateAutoMLJobV2", f"{CHANNEL}.CompressionType"),
        ("Mode", "CreateAutoMLJobV2", f"{TABULAR}.Mode"),
        ("ProblemType", "CreateAutoMLJobV2", f"{TABULAR}.ProblemType"),
        ("CandidateStatus", "ListCandidatesForAutoMLJob", "StatusEquals"),
        ("SortOrder", "ListCandidatesForAutoMLJob", "SortOrder"),
        ("CandidateSortBy", "ListCandidatesForAutoMLJob", "SortBy"),
    ],
)
def test_a_set_is_that_of_the_service(kind, operation, path):
    assert offered(getattr(closed_sets, kind)) == set(shape_at(operation, path).enum)


def test_the_algorithms_are_those_of_the_service_each_for_its_kind():
    forecasting, tabular = closed_sets.ForecastingAlgorithm, closed_sets.TabularAlgorithm
    known = set(shape_at("CreateAutoMLJobV2", f"{TABULAR}.{CONFIG}").enum)

    assert offered(forecasting) == set(ALGORITHMS)
    assert offered(tabular) == known - set(ALGORITHMS)


def test_content_types_are_those_of_the_kinds_of_problems():
    assert offered(closed_sets.ContentType) == {
        name for kind in KINDS for name in kind.content_types
    }


def test_response_keys_are_those_of_the_table():
    assert offered(closed_sets.ResponseKey) == set(RESPONSE_KEYS)
