"""Which metric of a candidate a gate looks at."""

import pytest
from automlv2_handlers.releases.gates import metric_of

LISTED = {
    "CandidateProperties": {
        "CandidateMetrics": [
            {"MetricName": "Perplexity", "Set": "Train", "Value": 3.5},
            {"MetricName": "Perplexity", "Set": "Validation", "Value": 4.25},
        ]
    }
}


def test_a_candidate_without_an_objective_has_no_metric_by_default():
    assert metric_of(LISTED) == ("", None)


@pytest.mark.parametrize("name", ["Perplexity"])
def test_a_candidate_without_an_objective_has_the_metrics_that_are_listed(name):
    assert metric_of(LISTED, name) == (name, 4.25)


def test_a_metric_that_nobody_has_measured_is_told_as_none():
    assert metric_of({}, "F1") == ("F1", None)
