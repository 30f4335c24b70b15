"""Limits of what may be trained: an app over them does not synthesize, and says who is over."""

import json

import aws_cdk as cdk
import pytest

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLJobV2,
    AutoMLLimits,
    AutoMLRelease,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLV2,
    OptionsError,
    Prices,
    specs,
)
from cdk_automlv2.specs.stack_file import StackFile
from tests.unit.specs.files import BOUNDED

PRICES = Prices("a test", "USD", training={"candidate-hour": 2})
CHANNEL = AutoMLDataChannel("S3Prefix", "s3://in/data/")


def config(candidates=10, seconds=1800, **more):
    return AutoMLTabularConfig(
        "churn",
        max_candidates=candidates,
        max_runtime_per_training_job_in_seconds=seconds,
        max_total_job_runtime_in_seconds=3600,
        **more,
    )


@pytest.fixture
def app():
    return cdk.App()


def trained(app, name="Shop", problem_config=None):
    stack = cdk.Stack(app, name)
    AutoMLJobV2(stack, "Job", problem_config=problem_config or config(), inputs=CHANNEL)
    return stack


def refusal(app):
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    return str(caught.value)


def test_a_model_over_the_limit_of_each_is_named_with_its_figure_and_its_source(app):
    AutoMLLimits.of(app).configure(max_cost_per_model=9.99, prices=PRICES)
    trained(app)
    trained(app, "Cheap", config(1))

    said = refusal(app)

    figure = "10.00 USD (10 candidates x 0.5 h x 2 USD; a test)"
    assert f"Shop/Job: may train {figure}, and max_cost_per_model is 9.99" in said
    assert "Cheap/Job" not in said


def test_models_over_the_limit_together_are_all_named_the_dearest_first(app):
    AutoMLLimits.of(app).configure(max_cost=10.5, prices=PRICES)
    trained(app, "Cheap", config(1))
    trained(app)

    said = refusal(app)

    assert "2 models together may train 11, and max_cost is 10.5:" in said
    assert said.index("Shop/Job: 10.00 USD") < said.index("Cheap/Job: 1.00 USD")


@pytest.mark.parametrize("limits", [{"max_cost": 20}, {"max_cost_per_model": 10}])
def test_what_is_within_the_limits_to_the_cent_is_synthesized(app, limits):
    AutoMLLimits.of(app).configure(prices=PRICES, **limits)
    trained(app)
    trained(app, "Other")

    assert len(app.synth().stacks) == 2


@pytest.mark.parametrize("limits", [{"max_candidates": 19}, {"max_candidates_per_model": 9}])
def test_candidates_are_counted_without_prices(app, limits):
    AutoMLLimits.of(app).configure(**limits)
    trained(app)
    trained(app, "Other")

    said = refusal(app)

    assert "Shop/Job: " in said
    assert "10 candidates" in said


def test_a_kind_of_problem_that_trains_one_candidate_counts_as_one(app):
    AutoMLLimits.of(app).configure(max_candidates=1)
    text = AutoMLTextClassificationConfig("text", "label", max_total_job_runtime_in_seconds=3600)
    trained(app, problem_config=text)

    assert app.synth().stacks


def parameter(stack):
    return cdk.CfnParameter(stack, "Most", type="Number").value_as_number


@pytest.mark.parametrize(
    ("candidates", "seconds"), [(None, 1800), (10, None), (parameter, 1800), (10, parameter)]
)
def test_what_is_not_known_is_over_every_limit(app, candidates, seconds):
    AutoMLLimits.of(app).configure(max_cost=1e9, prices=PRICES)
    parameters = cdk.Stack(app, "Shop")
    given = [value(parameters) if callable(value) else value for value in (candidates, seconds)]
    AutoMLJobV2(parameters, "Job", problem_config=config(*given), inputs=CHANNEL)

    assert "Shop/Job: may train a sum that is not known (no bound: set max_" in refusal(app)


def test_a_cost_without_prices_has_no_figure_and_is_refused(app):
    AutoMLLimits.of(app).configure(max_cost=1e9)
    trained(app)

    assert "there are no prices to tell what it may cost" in refusal(app)


def test_limits_of_the_app_a_stage_a_stack_and_a_model_all_hold(app):
    AutoMLLimits.of(app).configure(max_cost=1000, prices=PRICES)
    stage = cdk.Stage(app, "Prod")
    stack = cdk.Stack(stage, "Shop")
    model = AutoMLV2(stack, "Churn", config())
    model.fit("s3://in/data/")
    AutoMLLimits.of(stage).configure(max_candidates=9)
    AutoMLLimits.of(stack).configure(max_candidates=8)
    AutoMLLimits.of(model).configure(max_cost=7)

    with pytest.raises(RuntimeError) as caught:
        stage.synth()

    said = str(caught.value)
    for figure, limit in (("10 candidates", "max_candidates is 9"), ("10 candidates", "8")):
        assert f"Prod/Shop/Churn/Job: may train {figure}, and " in said
        assert limit in said
    assert "Prod/Shop/Churn/Job: may train 10.00 USD" in said


def test_a_release_counts_once_and_a_job_that_exists_already_not_at_all(app):
    AutoMLLimits.of(app).configure(max_candidates=10)
    stack = cdk.Stack(app, "Shop")
    AutoMLRelease(
        stack, "Churn", problem_config=config(), inputs=CHANNEL, instance_type="ml.m5.large"
    )
    AutoMLV2.attach(stack, "Old", "old-job", problem_config=config(700))

    assert app.synth().stacks


def test_a_job_that_only_proposes_candidates_trains_none(app):
    AutoMLLimits.of(app).configure(max_candidates=0, max_cost=0, prices=PRICES)
    trained(app, problem_config=config(generate_candidate_definitions_only=True))

    assert app.synth().stacks


def test_limits_left_out_of_a_second_call_stay(app):
    AutoMLLimits.of(app).configure(max_candidates=9)
    AutoMLLimits.of(app).configure(prices=PRICES)
    trained(app)

    assert "max_candidates is 9" in refusal(app)


def test_an_app_without_limits_is_not_looked_at(app):
    AutoMLLimits.of(app)
    trained(app, problem_config=AutoMLTabularConfig("churn"))

    assert app.synth().stacks


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "9", True])
def test_a_limit_that_is_no_amount_is_refused(app, value):
    with pytest.raises(OptionsError, match="max_cost"):
        AutoMLLimits.of(app).configure(max_cost=value)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"currency": "USD"}, "source"),
        ({"source": " ", "currency": "USD"}, "source"),
        ({"source": "s", "currency": "USD", "training": {"hour": 1}}, "training['hour']"),
        ({"source": "s", "currency": "USD", "hosting": {"ml.m5.large": -1}}, "hosting"),
        ({"source": "s", "currency": "USD", "hosting": {"ml.m5.large": True}}, "hosting"),
        ({"source": "s", "currency": "USD", "hosting": []}, "hosting"),
        ({"source": "s", "currency": "USD", "prices": {}}, "prices"),
        ([], "prices"),
    ],
)
def test_prices_without_a_source_or_of_a_wrong_form_are_refused(tmp_path, raw, path):
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(raw))

    with pytest.raises(OptionsError) as caught:
        Prices.from_file(file)

    assert any(fault.path.startswith(path) for fault in caught.value.problems)


def test_prices_come_from_a_file(tmp_path):
    file = tmp_path / "prices.json"
    file.write_text(
        json.dumps({"source": "a test", "currency": "USD", "training": {"candidate-hour": 2}})
    )

    assert Prices.from_file(file) == PRICES
    with pytest.raises(OptionsError, match="must be a JSON file"):
        Prices.from_file(tmp_path / "none.json")


def test_a_spec_s_own_limit_holds_at_synth_by_prices_of_the_app(app, tmp_path):
    path = tmp_path / "churn.automlv2.yaml"
    path.write_text(f"{BOUNDED}limits: {{max_cost: 9}}\n")
    AutoMLLimits.of(app).configure(prices=PRICES)
    AutoMLV2.from_spec(cdk.Stack(app, "Shop"), "Churn", path)

    assert "Shop/Churn/Job: may train 10.00 USD" in refusal(app)


def test_a_folder_over_its_limits_makes_no_app(tmp_path):
    (tmp_path / "churn.automlv2.yaml").write_text(BOUNDED)
    (tmp_path / "automlv2.limits.json").write_text('{"version": 1, "max_candidates": 9}')
    (tmp_path / "automlv2.stacks.json").write_text(StackFile("Shop", 1).to_json())

    with pytest.raises(specs.SpecError, match="may train 10 candidates, and max_candidates is 9"):
        specs.app(tmp_path)
