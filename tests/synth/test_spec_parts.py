"""What a file says of endpoints and releases becomes what the constructs make of the same."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AsyncInference,
    AutoMLEndpoint,
    AutoMLModel,
    AutoMLTabularConfig,
    AutoMLV2,
    DataCapture,
    Deployment,
    InstanceVariant,
    ModelRegistration,
    ServerlessVariant,
)
from cdk_automlv2.specs.capacity import sizes
from cdk_automlv2.specs.spec import load
from tests.synth.helpers import template
from tests.unit.specs.files import SERVED, SMALLEST, write

TOPIC = "arn:aws:sns:eu-west-1:111122223333:told"
ENV = cdk.Environment(account="111122223333", region="eu-west-1")


def stack_of(make):
    stack = cdk.Stack(cdk.App(), "Shop", env=ENV)
    make(stack)
    return template(stack)


def from_spec(path):
    return stack_of(lambda stack: AutoMLV2.from_spec(stack, "Churn", path))


def served(stack, make, config=None):
    """Make the job and the model of SMALLEST, and an endpoint of it."""
    automl = AutoMLV2(stack, "Churn", config or AutoMLTabularConfig("churned"))
    model = AutoMLModel(automl, "EndpointModel", job=automl.fit("s3://in/train/"))
    make(automl, model)


def with_parts(automl, model):
    topic = sns.Topic.from_topic_arn(automl, "Told", TOPIC)
    endpoint = AutoMLEndpoint(
        automl,
        "Endpoint",
        variants=[
            InstanceVariant(
                AutoMLModel.from_model_name(automl, "Old", "churn-1"),
                "ml.m5.large",
                variant_name="champion",
                initial_variant_weight=9,
            ),
            InstanceVariant(model, "ml.c5.large", 2, variant_name="challenger"),
        ],
        data_capture=DataCapture("s3://logs/churn/", 10, capture_modes=["Input"]),
        deployment=Deployment.linear(
            percent=50,
            wait=cdk.Duration.minutes(10),
            alarms=["quality"],
            errors=1,
            latency=cdk.Duration.millis(200),
        ),
    )
    told = actions.SnsAction(topic)
    alarms = endpoint.add_alarms(errors=2, latency=cdk.Duration.seconds(1), actions=[told])
    for alarm in alarms:
        alarm.add_ok_action(told)


WITH_PARTS = f"""{SMALLEST}endpoint:
  variants:
    - kind: instance
      model_name: churn-1
      instance_type: ml.m5.large
      variant_name: champion
      initial_variant_weight: 9
    - kind: instance
      instance_type: ml.c5.large
      initial_instance_count: 2
      variant_name: challenger
  data_capture:
    destination: s3://logs/churn/
    initial_sampling_percentage: 10
    capture_modes: [Input]
  deployment:
    strategy: linear
    percent: 50
    wait: 10 minutes
    alarms: [quality]
    errors: 1
    latency: 200 milliseconds
  alarms:
    errors: 2
    latency: 1 second
    notify: ["{TOPIC}"]
"""


def queued(automl, model):
    topic = sns.Topic.from_topic_arn(automl, "Told", TOPIC)
    AutoMLEndpoint(
        automl,
        "Endpoint",
        model=model,
        instance_type="ml.m5.large",
        async_inference=AsyncInference(
            "s3://answers/",
            inputs=["s3://requests/"],
            success_topic=topic,
            error_topic=topic,
            max_concurrent_invocations_per_instance=4,
        ),
    )


QUEUED = f"""{SERVED}  async_inference:
    output: s3://answers/
    inputs: [s3://requests/]
    success_topic: {TOPIC}
    error_topic: {TOPIC}
    max_concurrent_invocations_per_instance: 4
"""


def shadowed(automl, model):
    shadow = AutoMLModel.from_model_name(automl, "New", "churn-2")
    AutoMLEndpoint(
        automl,
        "Endpoint",
        model=model,
        instance_type="ml.m5.large",
        shadow_variant=InstanceVariant(shadow, "ml.c5.large"),
    )


SHADOWED = f"""{SERVED}  shadow_variant:
    model_name: churn-2
    instance_type: ml.c5.large
"""


@pytest.mark.parametrize(
    ("text", "make"), [(WITH_PARTS, with_parts), (QUEUED, queued), (SHADOWED, shadowed)]
)
def test_parts_of_an_endpoint_in_a_file_are_those_of_the_constructs(tmp_path, text, make):
    assert from_spec(write(tmp_path, text)) == stack_of(lambda stack: served(stack, make))


def test_a_serverless_variant_in_a_file_is_that_of_the_constructs(tmp_path):
    config = AutoMLTabularConfig("churned", mode="ENSEMBLING")

    def serverless(automl, model):
        variant = ServerlessVariant(model, memory_size_in_mb=3072)
        AutoMLEndpoint(automl, "Endpoint", variants=[variant])

    text = SMALLEST.replace("  target", "  mode: ENSEMBLING\n  target")
    text += "endpoint:\n  variants: [{kind: serverless, memory_size_in_mb: 3072}]\n"

    expected = stack_of(lambda stack: served(stack, serverless, config))
    assert from_spec(write(tmp_path, text)) == expected


RELEASED = f"""{SERVED}  deployment: {{strategy: all_at_once, errors: 1}}
  alarms: {{}}
release:
  notify: {TOPIC}
  keep_history: true
  retraining:
    - {{kind: schedule, schedule: cron(0 3 ? * SUN *), time_zone: Europe/Berlin}}
    - {{kind: schedule, schedule: rate(30 days), id: Monthly, enabled: false}}
    - {{kind: new_data, bucket: shop-data, prefix: churn/, quiet_for: 30 minutes}}
    - {{kind: alarm, alarm: quality, cool_down: 2 days}}
  register_in: churn
"""


def released(stack):
    automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"))
    job = automl.fit("s3://in/train/", wait=False)
    options = {
        "instance_type": "ml.m5.large",
        "deployment": Deployment.all_at_once(errors=1),
    }
    endpoint = automl._release_of("Endpoint", job, None, None, {}, options)
    release = automl.release
    topic = sns.Topic.from_topic_arn(automl, "Told", TOPIC)
    release._settle(topic, None, keep_history=True)
    endpoint.add_alarms()
    zone = cdk.TimeZone.EUROPE_BERLIN
    expression = scheduler.ScheduleExpression.expression
    release.retrain_on_schedule(expression("cron(0 3 ? * SUN *)", zone))
    release.retrain_on_schedule(expression("rate(30 days)"), id="Monthly", enabled=False)
    bucket = s3.Bucket.from_bucket_name(automl, "Data", "shop-data")
    release.retrain_on_new_data(bucket, "churn/", quiet_for=cdk.Duration.minutes(30))
    alarm = cloudwatch.Alarm.from_alarm_name(automl, "Quality", "quality")
    release.retrain_on_alarm(alarm, cool_down=cdk.Duration.days(2))
    release.register_in("churn")


def test_what_a_file_says_of_a_release_is_what_the_constructs_make(tmp_path):
    assert from_spec(write(tmp_path, RELEASED)) == stack_of(released)


def registered(stack):
    automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"))
    policy = cdk.RemovalPolicy.DESTROY
    register_in = ModelRegistration("churn", "Approved", removal_policy=policy)
    AutoMLModel(automl, "Model", job=automl.fit("s3://in/train/"), register_in=register_in)


def test_a_registration_in_a_file_is_that_of_the_constructs(tmp_path):
    said = "{group: churn, approval_status: Approved, removal_policy: DESTROY}"
    text = f"{SMALLEST}model:\n  register_in: {said}\n"

    assert from_spec(write(tmp_path, text)) == stack_of(registered)


def test_models_with_other_parts_are_counted_by_themselves(tmp_path):
    plain = load(write(tmp_path, SERVED, "plain.automlv2.yaml"))
    rung = load(write(tmp_path, f"{SERVED}  alarms: {{latency: 1 second}}\n", "rung.automlv2.yaml"))
    twice = f"{SERVED}  alarms: {{}}\n"
    base = load(write(tmp_path, twice, "errors.automlv2.yaml"))

    _, own = sizes([plain, rung, base])

    found = {name: size.resources for name, size in own.items()}
    assert found["rung"] == found["errors"] + 1 == found["plain"] + 2
