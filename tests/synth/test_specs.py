"""Models as files become the constructs that their options stand for."""

import inspect
import json

import aws_cdk as cdk
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLJobV2,
    AutoMLOutput,
    AutoMLTabularConfig,
    AutoMLTimeSeriesForecastingConfig,
    AutoMLV2,
    ObjectiveGate,
    OptionsError,
    SmokeTest,
)
from cdk_automlv2.specs import SpecError
from tests.synth.helpers import properties, resources, template
from tests.unit.specs.files import SERVED, SMALLEST, write


def stack_of(make):
    stack = cdk.Stack(cdk.App(), "Shop")
    make(stack)
    return template(stack)


def from_spec(path):
    return stack_of(lambda stack: AutoMLV2.from_spec(stack, "Churn", path))


def test_a_file_gives_the_template_of_fit_and_deploy(tmp_path):
    text = """\
problem_config:
  kind: tabular
  target_attribute_name: churned
  mode: ENSEMBLING
  algorithms_config: [xgboost, catboost]
  problem_type: BinaryClassification
  max_candidates: 3
job_objective: {MetricName: F1}
output: {path: s3://out/models, kms_key: alias/models}
validation_fraction: 0.3
volume_kms_key: alias/volumes
vpc_config: {Subnets: [subnet-1], SecurityGroupIds: [sg-1]}
tags: {team: no}
inputs:
  s3_uri: s3://in/train/
  kms_key: alias/data
revision: 2026-11-26
timeout: 2 hours
model:
  inference_response_keys: [predicted_label, probability]
endpoint:
  instance_type: ml.m5.large
  initial_instance_count: 2
"""

    def coded(stack):
        problem = AutoMLTabularConfig(
            "churned",
            mode="ENSEMBLING",
            algorithms_config=["xgboost", "catboost"],
            problem_type="BinaryClassification",
            max_candidates=3,
        )
        automl = AutoMLV2(
            stack,
            "Churn",
            problem,
            job_objective={"MetricName": "F1"},
            output=AutoMLOutput("s3://out/models", kms_key="alias/models"),
            validation_fraction=0.3,
            volume_kms_key="alias/volumes",
            vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            tags={"team": "no"},
        )
        channel = AutoMLDataChannel("S3Prefix", "s3://in/train/", kms_key="alias/data")
        automl.fit(channel, revision="2026-11-26", timeout=cdk.Duration.hours(2))
        automl.deploy(2, "ml.m5.large", inference_response_keys=["predicted_label", "probability"])

    assert from_spec(write(tmp_path, text)) == stack_of(coded)


def test_a_model_without_an_endpoint_is_that_of_create_model(tmp_path):
    def coded(stack):
        automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"))
        automl.fit("s3://in/train/")
        automl.create_model(name="churn")

    path = write(tmp_path, f"{SMALLEST}model: {{model_name: churn}}\n")

    assert from_spec(path) == stack_of(coded)


def test_options_that_the_sdk_lacks_reach_model_and_endpoint(stack, tmp_path):
    text = f"""{SERVED}  removal_policy: RETAIN
  timeout: 30 minutes
  volume_kms_key: alias/volumes
model: {{role: arn:aws:iam::111122223333:role/model, enable_network_isolation: true}}
"""

    automl = AutoMLV2.from_spec(stack, "Churn", write(tmp_path, text))

    assert properties(stack, "Custom::AutoMLModel")["EnableNetworkIsolation"] is True
    endpoint = properties(stack, "Custom::AutoMLEndpoint")
    assert endpoint["KmsKeyId"] == "alias/volumes"
    assert endpoint["WaitSeconds"] == 1800
    assert automl.endpoint is not None
    kept = template(stack)["Resources"].values()
    assert "Retain" in {item.get("DeletionPolicy") for item in kept}


def test_a_release_in_a_file_is_that_of_fit_without_waiting_and_deploy(tmp_path):
    text = f"""{SERVED}release:
  gates: [{{kind: smoke_test, rows: ["1,2"]}}, {{kind: objective, metric: F1, minimum: 0.8}}]
tags: {{team: ml}}
"""

    def coded(stack):
        automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"), tags={"team": "ml"})
        automl.fit("s3://in/train/", wait=False)
        gates = [SmokeTest(["1,2"]), ObjectiveGate("F1", minimum=0.8)]
        automl.deploy(1, "ml.m5.large", gates=gates)

    assert from_spec(write(tmp_path, text)) == stack_of(coded)


def test_a_released_model_takes_few_resources_and_its_endpoint_may_be_kept(stack, tmp_path):
    text = f"{SERVED}  removal_policy: RETAIN\nrelease: {{}}\n"

    AutoMLV2.from_spec(stack, "Churn", write(tmp_path, text))

    [release] = resources(stack, "Custom::AutoMLRelease")
    assert release["DeletionPolicy"] == "Retain"
    assert not resources(stack, "Custom::AutoMLWait")


def test_every_option_of_a_job_goes_to_the_constructor_or_to_fit():
    taken = {
        *inspect.signature(AutoMLV2.__init__).parameters,
        *inspect.signature(AutoMLV2.fit).parameters,
    }

    assert set(inspect.signature(AutoMLJobV2.__init__).parameters) <= taken


def test_a_wrong_file_makes_nothing(stack, tmp_path):
    with pytest.raises(SpecError, match=r"churn\.automlv2\.yaml:5:1: wat: must be"):
        AutoMLV2.from_spec(stack, "Churn", write(tmp_path, f"{SMALLEST}wat: 1\n"))

    assert stack.node.children == []


def test_a_class_that_extends_the_users_own_is_made_of_a_file(stack, tmp_path):
    class Ours(AutoMLV2):
        pass

    assert isinstance(Ours.from_spec(stack, "Churn", write(tmp_path, SMALLEST)), Ours)


def option(**choices):
    return st.fixed_dictionaries({}, optional=choices)


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
    min_size=1,
    max_size=20,
).filter(lambda text: "${" not in text and "#{" not in text)
tables = option(
    max_candidates=st.integers(1, 750),
    max_total_job_runtime_in_seconds=st.integers(60, 100_000),
    mode=st.sampled_from(["AUTO", "ENSEMBLING", "HYPERPARAMETER_TUNING"]),
    sample_weight_attribute_name=words,
    generate_candidate_definitions_only=st.booleans(),
)
series = option(
    forecast_quantiles=st.lists(st.sampled_from(["p10", "p50", "0.5"]), min_size=1, max_size=3),
    holiday_config=st.just(["US"]),
    aggregation=st.just({"demand": "sum"}),
)
jobs = option(
    output_path=st.sampled_from(["s3://out/", "s3://out/models/no"]),
    tags=st.dictionaries(st.sampled_from(["on", "team", "1"]), st.sampled_from(["no", "~", "1_0"])),
    revision=words,
    base_job_name=st.sampled_from(["no", "churn", "0x1"]),
    validation_fraction=st.floats(0.01, 0.99),
    encrypt_inter_container_traffic=st.booleans(),
    role=st.sampled_from(["arn:aws:iam::111122223333:role/shop", "shop"]),
    job_name=st.sampled_from(["null", "on", "a-1"]),
    wait=st.booleans(),
)
endpoints = st.none() | st.builds(
    lambda more: {"instance_type": "ml.m5.large", **more},
    option(
        initial_instance_count=st.integers(1, 9),
        volume_size=st.integers(1, 512),
        endpoint_name=st.sampled_from(["no", "churn"]),
        wait=st.booleans(),
    ),
)
REQUIRED = {
    "forecast_frequency": "1D",
    "forecast_horizon": 7,
    "item_identifier_attribute_name": "no",
    "target_attribute_name": "demand",
    "timestamp_attribute_name": "12:00",
}
problems = st.one_of(
    st.tuples(
        st.just("tabular"),
        st.just(AutoMLTabularConfig),
        st.builds(lambda target, more: {"target_attribute_name": target, **more}, words, tables),
    ),
    st.tuples(
        st.just("time_series_forecasting"),
        st.just(AutoMLTimeSeriesForecastingConfig),
        series.map(lambda more: {**REQUIRED, **more}),
    ),
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(problems, jobs, endpoints, st.sampled_from(["yaml", "json"]))
def test_a_file_written_of_arguments_is_what_the_arguments_are(
    tmp_path, problem, job, endpoint, form
):
    kind, config, options = problem
    data = {"problem_config": {"kind": kind, **options}, "inputs": "s3://in/train/", **job}
    if endpoint is not None:
        data["endpoint"] = endpoint
    if endpoint is not None and job.get("wait") is False:
        data["release"] = {}
        data.pop("wait")
        endpoint.pop("wait", None)
    yaml_options = {"allow_unicode": True, "sort_keys": False}
    text = json.dumps(data) if form == "json" else yaml.safe_dump(data, **yaml_options)
    path = write(tmp_path, text)
    path = path.rename(path.with_suffix(f".{form}"))

    def coded(stack):
        fit = {name: job[name] for name in ("job_name", "revision", "wait") if name in job}
        rest = {name: value for name, value in job.items() if name not in fit}
        automl = AutoMLV2(stack, "Churn", config(**options), **rest)
        automl.fit("s3://in/train/", **fit)
        if endpoint is not None:
            given = dict(endpoint)
            count = given.pop("initial_instance_count", 1)
            automl.deploy(count, given.pop("instance_type"), **given)

    try:
        wanted = stack_of(coded)
    except OptionsError:
        with pytest.raises(SpecError):
            from_spec(path)
    else:
        assert from_spec(path) == wanted
