"""AutoMLV2 of what exists already: attached jobs, jobs by name, jobs of the first version."""

import aws_cdk as cdk
import pytest

from cdk_automlv2 import AutoMLTabularConfig, AutoMLV2, OptionsError

from .helpers import properties, resources

TABULAR = AutoMLTabularConfig("churned", max_total_job_runtime_in_seconds=600)
DATA = "s3://in/train/"
JOB, WAIT = "Custom::AutoMLJobV2", "Custom::AutoMLWait"


@pytest.mark.parametrize("v1", [{}, {"InputDataConfig": []}, {"InputDataConfig": [{}]}])
def test_a_first_version_without_a_target_is_refused_by_name(stack, v1):
    with pytest.raises(OptionsError, match=r"TargetAttributeName'\]: must be a column to predict"):
        AutoMLV2.from_auto_ml(stack, "Old", v1)


def test_an_empty_member_of_the_first_version_counts_as_unset(stack):
    v1 = {"InputDataConfig": [{"TargetAttributeName": "churned"}], "AutoMLJobConfig": None}

    AutoMLV2.from_auto_ml(stack, "Old", v1).fit(DATA)

    assert "SecurityConfig" not in properties(stack, JOB)


def test_fit_after_attach_trains_a_job_beside_the_attached_one(stack):
    automl = AutoMLV2.attach(stack, "Old", "churn-2024", problem_config=TABULAR)

    job = automl.fit(DATA)

    assert automl.describe_auto_ml_job() is job
    assert len(resources(stack, JOB)) == 1
    waited_for = [item["Properties"]["AutoMLJobName"] for item in resources(stack, WAIT)]
    assert waited_for.count("churn-2024") == len(waited_for) - 1


def test_a_job_that_exists_is_waited_for_once_however_often_it_is_asked_for(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR)

    automl.best_candidate("churn-2024")
    automl.list_candidates("churn-2024")

    asked = automl.describe_auto_ml_job("churn-2024")
    assert asked is automl.describe_auto_ml_job("churn-2024")
    assert len(resources(stack, WAIT)) == 14


def test_a_job_that_exists_whose_name_is_a_token_is_refused_with_the_way_round(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR)

    with pytest.raises(OptionsError, match=r"job_name: must be known at synth.*use attach"):
        automl.best_candidate(cdk.Fn.import_value("Name"))
