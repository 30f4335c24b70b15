import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_automlv2 import AutoMLTabularConfig, OptionsError

FULL = AutoMLTabularConfig(
    "churn",
    algorithms_config=["xgboost", "catboost"],
    feature_specification_s3_uri="s3://b/features.json",
    generate_candidate_definitions_only=False,
    mode="ENSEMBLING",
    problem_type="BinaryClassification",
    sample_weight_attribute_name="weight",
    max_candidates=10,
    max_runtime_per_training_job_in_seconds=600,
    max_total_job_runtime_in_seconds=7200,
)


def test_to_request_dict_is_the_form_of_the_api():
    assert FULL.to_request_dict() == {
        "TabularJobConfig": {
            "TargetAttributeName": "churn",
            "CandidateGenerationConfig": {
                "AlgorithmsConfig": [{"AutoMLAlgorithms": ["xgboost", "catboost"]}]
            },
            "FeatureSpecificationS3Uri": "s3://b/features.json",
            "GenerateCandidateDefinitionsOnly": False,
            "Mode": "ENSEMBLING",
            "ProblemType": "BinaryClassification",
            "SampleWeightAttributeName": "weight",
            "CompletionCriteria": {
                "MaxCandidates": 10,
                "MaxRuntimePerTrainingJobInSeconds": 600,
                "MaxAutoMLJobRuntimeInSeconds": 7200,
            },
        }
    }


def test_what_is_not_set_is_left_out():
    assert AutoMLTabularConfig("y").to_request_dict() == {
        "TabularJobConfig": {"TargetAttributeName": "y"}
    }


@given(
    target=st.text(min_size=1),
    mode=st.sampled_from([None, "AUTO", "ENSEMBLING"]),
    only=st.sampled_from([None, True, False]),
    most=st.none() | st.integers(1, 750),
    seconds=st.none() | st.integers(1, 10**6),
)
def test_from_response_dict_is_the_inverse(target, mode, only, most, seconds):
    config = AutoMLTabularConfig(
        target,
        mode=mode,
        generate_candidate_definitions_only=only,
        max_candidates=most,
        max_total_job_runtime_in_seconds=seconds,
    )

    request = config.to_request_dict()

    assert AutoMLTabularConfig.from_response_dict(request) == config
    assert AutoMLTabularConfig.from_response_dict(request["TabularJobConfig"]) == config


def test_all_fields_come_back():
    assert AutoMLTabularConfig.from_response_dict(FULL.to_request_dict()) == FULL


def test_rejects_every_fault_in_one_error():
    with pytest.raises(OptionsError) as caught:
        AutoMLTabularConfig("", mode="FAST", max_candidates=900)

    assert str(caught.value) == (
        "AutoMLTabularConfig: invalid options:\n"
        "  - target_attribute_name: must have 1 or more characters, got ''\n"
        "  - mode: must be one of AUTO, ENSEMBLING, HYPERPARAMETER_TUNING, got 'FAST'\n"
        "  - max_candidates: must be 1 to 750, got 900"
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        pytest.param(
            {"algorithms_config": ["xgboost"]},
            "algorithms_config: can be used only with mode='ENSEMBLING' or "
            "mode='HYPERPARAMETER_TUNING', got ['xgboost']; mode is None",
            id="algorithms without mode",
        ),
        pytest.param(
            {"algorithms_config": ["xgboost", "mlp"], "mode": "ENSEMBLING"},
            "algorithms_config[1]: must be one of catboost, extra-trees, fastai, lightgbm, "
            "linear-learner, nn-torch, randomforest, xgboost with mode='ENSEMBLING', got 'mlp'",
            id="algorithm of another mode",
        ),
        pytest.param(
            {"algorithms_config": [], "mode": "ENSEMBLING"},
            "algorithms_config: must name 1 algorithm or more, got []",
            id="no algorithm",
        ),
        pytest.param(
            {"sample_weight_attribute_name": "w", "mode": "AUTO"},
            "sample_weight_attribute_name: can be used only with mode='ENSEMBLING', got 'w'; "
            "mode is 'AUTO'",
            id="weights outside ensembling",
        ),
        pytest.param(
            {"max_candidates": "4"}, "max_candidates: must be an int, got '4'", id="a wrong type"
        ),
    ],
)
def test_rejects(options, text):
    with pytest.raises(OptionsError) as caught:
        AutoMLTabularConfig("y", **options)

    assert [str(problem) for problem in caught.value.problems] == [text]


def test_rejects_a_target_that_is_not_set():
    with pytest.raises(OptionsError, match="target_attribute_name: must be set"):
        AutoMLTabularConfig(None)


def test_lets_tokens_pass():
    AutoMLTabularConfig(
        "${Token[TOKEN.1]}",
        mode="${Token[TOKEN.2]}",
        algorithms_config=["mlp"],
        max_candidates=-1.8881545897090e289,
    )
