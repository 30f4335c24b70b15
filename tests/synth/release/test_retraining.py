import json

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

from cdk_automlv2 import AutoMLDataChannel, Deployment, OptionsError
from tests.synth.helpers import properties, resources, template

from .declared import release

NIGHTLY = scheduler.ScheduleExpression.cron(
    hour="3", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN
)


def asked(rule):
    """What a rule's target is asked."""
    [target] = rule["Properties"]["Targets"]
    return target["InputTransformer"]["InputTemplate"]


def test_a_schedule_asks_for_a_release_in_its_time_zone_each_time_once(stack):
    release(stack).retrain_on_schedule(NIGHTLY)

    body = properties(stack, "AWS::Scheduler::Schedule")
    assert body["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert body["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert json.loads(body["Target"]["Input"]) == {
        "Task": "Retrain",
        "Key": "Churn",
        "Trigger": {"Kind": "schedule", "Id": "<aws.scheduler.execution-id>"},
    }


def test_schedules_share_one_role_that_only_this_account_s_schedules_assume(stack):
    release(stack).retrain_on_schedule(NIGHTLY)
    release(stack, "Other").retrain_on_schedule(
        scheduler.ScheduleExpression.rate(cdk.Duration.days(7)), enabled=False
    )

    roles = [
        item["Properties"]
        for name, item in template(stack)["Resources"].items()
        if "SchedulerRole" in name
    ]
    assert len(roles) == 1
    [statement] = roles[0]["AssumeRolePolicyDocument"]["Statement"]
    assert set(statement["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}
    states = {item["Properties"]["State"] for item in resources(stack, "AWS::Scheduler::Schedule")}
    assert states == {"ENABLED", "DISABLED"}


def test_new_objects_are_told_with_the_id_of_their_event_and_waited_for(stack):
    bucket = s3.Bucket(stack, "Data")
    release(stack).retrain_on_new_data(
        bucket, "train/", quiet_for=cdk.Duration.minutes(5), max_wait=cdk.Duration.hours(2)
    )

    [rule] = resources(stack, "AWS::Events::Rule")
    assert rule["Properties"]["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "train/"}]}
    assert asked(rule) == (
        '{"Task":"NewData","Key":"Churn","Trigger":{"Kind":"new-data","Id":<id>},'
        '"QuietSeconds":300,"MaxWaitSeconds":7200}'
    )
    notifications = properties(stack, "Custom::S3BucketNotifications")
    assert "EventBridgeConfiguration" in notifications["NotificationConfiguration"]


def test_only_the_rule_may_invoke_the_function(stack):
    release(stack).retrain_on_new_data(s3.Bucket(stack, "Data"))

    permission = properties(stack, "AWS::Lambda::Permission")
    assert permission["Principal"] == "events.amazonaws.com"
    assert "ChurnNewData" in permission["SourceArn"]["Fn::GetAtt"][0]


def test_an_imported_bucket_is_not_changed_and_its_owner_is_told_what_it_needs(stack):
    bucket = s3.Bucket.from_bucket_name(stack, "Data", "data")
    release(stack).retrain_on_new_data(bucket)

    assert not resources(stack, "Custom::S3BucketNotifications")
    assertions.Annotations.from_stack(stack).has_warning(
        "/Shop/Churn", assertions.Match.string_like_regexp("must send its events to EventBridge")
    )


def test_a_release_does_not_train_on_what_it_writes_itself(stack):
    bucket = s3.Bucket(stack, "Data")
    made = release(
        stack,
        inputs=AutoMLDataChannel.from_bucket(bucket, "train/"),
        output_path=f"s3://{bucket.bucket_name}/models/",
    )

    with pytest.raises(OptionsError, match="prefix: must be none that the release's own output"):
        made.retrain_on_new_data(bucket)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"quiet_for": cdk.Duration.days(8)}, "quiet_for: must be 1 s to 7 days"),
        ({"max_wait": cdk.Duration.minutes(1)}, "max_wait: must be quiet_for, 900 s, or more"),
        ({"quiet_for": cdk.Duration.millis(1500)}, "quiet_for: must be whole seconds"),
        ({"quiet_for": 60}, "use cdk.Duration.seconds"),
    ],
)
def test_waits_that_cannot_be_kept_are_refused(stack, options, fault):
    made, bucket = release(stack), s3.Bucket(stack, "Data")

    with pytest.raises(OptionsError, match=fault):
        made.retrain_on_new_data(bucket, **options)


def alarm(stack, metric):
    return metric.create_alarm(stack, "Alarm", threshold=0.8, evaluation_periods=1)


def test_an_alarm_trains_again_when_it_goes_off_and_not_while_it_lasts(stack):
    made = release(stack)
    made.retrain_on_alarm(
        alarm(stack, cloudwatch.Metric(namespace="Shop", metric_name="Complaints")),
        cool_down=cdk.Duration.hours(6),
    )

    [rule] = resources(stack, "AWS::Events::Rule")
    assert rule["Properties"]["EventPattern"]["detail"] == {
        "state": {"value": ["ALARM"]},
        "previousState": {"value": [{"anything-but": ["ALARM"]}]},
    }
    assert asked(rule).endswith('"Trigger":{"Kind":"alarm","Id":<id>},"CoolDownSeconds":21600}')


def test_an_alarm_that_rolls_the_endpoint_back_does_not_train_it_again(stack):
    rolls_back = alarm(stack, cloudwatch.Metric(namespace="Shop", metric_name="Complaints"))
    guarded = Deployment.all_at_once(alarms=[rolls_back])
    made = release(stack, initial_instance_count=2, deployment=guarded)

    with pytest.raises(OptionsError, match="another one than those that roll this endpoint back"):
        made.retrain_on_alarm(rolls_back)


def test_who_may_retrain_may_invoke_the_function_of_the_stack(stack):
    release(stack).grant_retrain(iam.User(stack, "Pipeline"))

    [policy] = [
        item["Properties"]["PolicyDocument"]
        for name, item in template(stack)["Resources"].items()
        if name.startswith("PipelineDefaultPolicy")
    ]
    [statement] = policy["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert "AutoMLV2ProviderFunction" in statement["Resource"]["Fn::GetAtt"][0]


def test_the_objective_is_a_metric_by_stack_and_key(stack):
    metric = release(stack).metric_objective(statistic="Minimum")

    assert (metric.namespace, metric.metric_name) == ("cdk-automlv2", "Objective")
    assert metric.dimensions == {"Stack": "Shop", "Release": "Churn"}
    assert metric.statistic == "Minimum"


@pytest.mark.parametrize(
    ("method", "states"),
    [
        ("on_released", {"in-service"}),
        ("on_refused", {"refused", "undecided"}),
        ("on_failed", {"failed", "rolled-back"}),
    ],
)
def test_a_rule_hears_of_the_states_that_it_is_called_after(stack, method, states):
    made = release(stack)

    getattr(made, method)("Hears", target=targets.SqsQueue(sqs.Queue(stack, "Queue")))

    pattern = properties(stack, "AWS::Events::Rule")["EventPattern"]
    assert set(pattern["detail"]["state"]) == states
    assert pattern["detail"]["id"] == ["Churn"]


def test_a_state_that_there_is_not_is_refused_by_its_name(stack):
    with pytest.raises(
        OptionsError, match=r"states\[0\]: must be one of started, .*got 'released'"
    ):
        release(stack).on_state_change("Hears", states=["released"])


def test_a_nested_stack_s_events_bear_the_name_that_cloudformation_gives_it(stack):
    inner = cdk.NestedStack(stack, "Inner")
    release(inner).on_released("Hears")

    pattern = properties(inner, "AWS::Events::Rule")["EventPattern"]
    assert pattern["detail"]["stack"] == [{"Ref": "AWS::StackName"}]
