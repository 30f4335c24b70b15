"""What a file says of endpoints and releases becomes what the constructs make of the same."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AsyncInference,
    AutoMLBatchTransform,
    AutoMLEndpoint,
    AutoMLModel,
    AutoMLOutput,
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


def scaled(automl, model):
    endpoint = AutoMLEndpoint(automl, "Endpoint", model=model, instance_type="ml.m5.large")
    scaling = endpoint.auto_scale_instance_count(max_capacity=4)
    scaling.scale_on_invocations(max_requests_per_second=20, scale_in_cooldown=300)
    scaling.scale_on_utilization(cpu=60)
    scaling.scale_on_schedule(
        "night",
        schedule=appscaling.Schedule.expression("cron(0 22 * * ? *)"),
        max_capacity=2,
        time_zone=cdk.TimeZone.EUROPE_BERLIN,
    )


SCALED = f"""{SERVED}  auto_scale_instance_count:
    max_capacity: 4
    scale_on_invocations: {{max_requests_per_second: 20, scale_in_cooldown: 5 minutes}}
    scale_on_utilization: {{cpu: 60}}
    scale_on_schedule:
      - {{id: night, schedule: cron(0 22 * * ? *), max_capacity: 2, time_zone: Europe/Berlin}}
"""


def test_scaling_in_a_file_is_that_of_the_methods(tmp_path):
    expected = stack_of(lambda stack: served(stack, scaled))

    assert from_spec(write(tmp_path, SCALED)) == expected


def test_the_endpoint_of_a_release_in_a_file_is_scaled(tmp_path):
    found = from_spec(write(tmp_path, f"{SCALED}release: {{}}\n"))["Resources"]

    [release] = [one for one in found.values() if one["Type"] == "Custom::AutoMLRelease"]
    [target] = release["Properties"]["Endpoint"]["Scaling"]
    assert target["MaxCapacity"] == 4
    assert len(target["Policies"]) == 2


def batch(stack):
    automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"))
    transform = AutoMLBatchTransform(
        automl,
        "BatchTransform",
        model=AutoMLModel(automl, "Model", job=automl.fit("s3://in/train/")),
        input_data="s3://in/new/",
        output=AutoMLOutput(
            "s3://out/answers/", kms_key=f"arn:aws:kms:eu-west-1:{ENV.account}:key/a"
        ),
        instance_type="ml.m5.large",
        join_source="Input",
        invocations_timeout=600,
        timeout=cdk.Duration.hours(2),
        tags={"team": "retention"},
    )
    daily = scheduler.ScheduleExpression.expression("rate(1 day)", cdk.TimeZone.EUROPE_BERLIN)
    transform.run_on_schedule(daily)
    data = s3.Bucket.from_bucket_name(automl, "Bucketin-data", "in-data")
    transform.run_on_new_objects(data, "new/")


BATCH = f"""{SMALLEST}batch_transform:
  input_data: s3://in/new/
  output: {{path: s3://out/answers/, kms_key: arn:aws:kms:eu-west-1:{ENV.account}:key/a}}
  instance_type: ml.m5.large
  join_source: Input
  invocations_timeout: 10 minutes
  timeout: 2 hours
  tags: {{team: retention}}
  run_on_schedule: {{schedule: rate(1 day), time_zone: Europe/Berlin}}
  run_on_new_objects: [{{bucket: in-data, prefix: new/}}]
"""


def test_a_batch_transform_in_a_file_is_that_of_the_construct(tmp_path):
    assert from_spec(write(tmp_path, BATCH)) == stack_of(batch)


def stopped(automl, model):
    endpoint = AutoMLEndpoint(automl, "Endpoint", model=model, instance_type="ml.m5.large")
    evening = scheduler.ScheduleExpression.expression(
        "cron(0 20 * * ? *)", cdk.TimeZone.EUROPE_BERLIN
    )
    endpoint.stop_on_schedule(evening)
    endpoint.start_on_schedule(scheduler.ScheduleExpression.expression("cron(0 7 ? * MON-FRI *)"))


STOPPED = f"""{SERVED}  stop_on_schedule: {{schedule: cron(0 20 * * ? *), time_zone: Europe/Berlin}}
  start_on_schedule: [{{schedule: cron(0 7 ? * MON-FRI *)}}]
"""


def test_stops_in_a_file_are_those_of_the_methods(tmp_path):
    assert from_spec(write(tmp_path, STOPPED)) == stack_of(lambda stack: served(stack, stopped))


def test_schedules_that_stop_an_endpoint_count_for_the_size_of_a_stack(tmp_path):
    one = load(write(tmp_path, STOPPED))
    two = "[{schedule: rate(1 day)}, {schedule: rate(2 days), id: B}]"
    more = STOPPED.replace("[{schedule: cron(0 7 ? * MON-FRI *)}]", two)

    _, own = sizes([one, load(write(tmp_path, more, "more.automlv2.yaml"))])

    assert own["more"].resources == own["churn"].resources + 1


def test_a_batch_transform_beside_a_release_in_a_file_uses_what_that_serves(tmp_path):
    text = f"{BATCH}{SERVED.removeprefix(SMALLEST)}release: {{}}\n"
    found = from_spec(write(tmp_path, text))["Resources"]

    [release] = [one for one in found.values() if one["Type"] == "Custom::AutoMLRelease"]
    [batch] = [one for one in found.values() if one["Type"] == "Custom::AutoMLBatchTransform"]
    assert batch["Properties"]["Release"]["Key"] == release["Properties"]["Key"]
    assert batch["Properties"]["Once"] is False


def test_what_lets_a_batch_transform_run_counts_for_the_size_of_a_stack(tmp_path):
    few = load(write(tmp_path, BATCH.partition("  run_on_schedule")[0]))
    many = load(write(tmp_path, BATCH, "more.automlv2.yaml"))

    _, own = sizes([few, many])

    assert own["more"].resources > own["churn"].resources


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
