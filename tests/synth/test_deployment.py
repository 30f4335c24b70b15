"""How updates of an endpoint go: request, alarms, wait, what is refused or warned of."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLTabularConfig,
    Deployment,
    InstanceVariant,
    OptionsError,
    ServerlessVariant,
)

from .helpers import actions, endpoint, job, model, properties, resources, statement_for

ENDPOINT = "Custom::AutoMLEndpoint"
MINUTES = cdk.Duration.minutes
ROLE = "ChurnModelRole"


def config(stack):
    return properties(stack, ENDPOINT)["DeploymentConfig"]


def guarded(stack, deployment, **options):
    options.setdefault("initial_instance_count", 4)
    return endpoint(stack, deployment=deployment, **options)


def warnings(stack):
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return " ".join(str(item.entry.data) for item in found)


def blue_green(kind, seconds, **more):
    return {"TrafficRoutingConfiguration": {"Type": kind, "WaitIntervalInSeconds": seconds, **more}}


def percent(value):
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def count(value):
    return {"Type": "INSTANCE_COUNT", "Value": value}


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [
        (
            Deployment.all_at_once(termination_wait=MINUTES(5), alarms=["a"]),
            {
                "BlueGreenUpdatePolicy": {
                    **blue_green("ALL_AT_ONCE", 0),
                    "TerminationWaitInSeconds": 300,
                }
            },
        ),
        (
            Deployment.canary(percent=25, wait=MINUTES(10), alarms=["a"]),
            {"BlueGreenUpdatePolicy": blue_green("CANARY", 600, CanarySize=percent(25))},
        ),
        (
            Deployment.canary(instance_count=1, wait=MINUTES(10), alarms=["a"]),
            {"BlueGreenUpdatePolicy": blue_green("CANARY", 600, CanarySize=count(1))},
        ),
        (
            Deployment.linear(
                percent=50,
                wait=MINUTES(5),
                maximum_execution_timeout=cdk.Duration.hours(1),
                alarms=["a"],
            ),
            {
                "BlueGreenUpdatePolicy": {
                    **blue_green("LINEAR", 300, LinearStepSize=percent(50)),
                    "MaximumExecutionTimeoutInSeconds": 3600,
                }
            },
        ),
        (
            Deployment.rolling(percent=20, wait=MINUTES(2), rollback_percent=100, alarms=["a"]),
            {
                "RollingUpdatePolicy": {
                    "MaximumBatchSize": percent(20),
                    "WaitIntervalInSeconds": 120,
                    "RollbackMaximumBatchSize": percent(100),
                }
            },
        ),
    ],
    ids=lambda value: getattr(value, "strategy", ""),
)
def test_each_strategy_is_the_request_of_the_api(stack, deployment, expected):
    guarded(stack, deployment)

    alarms = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}}
    assert config(stack) == {**expected, **alarms}
    assert warnings(stack) == ""


def test_alarms_made_here_have_names_known_at_synth_and_go_by_the_endpoint(stack):
    deployment = Deployment.canary(
        percent=25, wait=MINUTES(10), errors=1, latency=cdk.Duration.millis(250)
    )

    guarded(stack, deployment)

    found = properties(stack, ENDPOINT)
    names = [item["AlarmName"] for item in config(stack)["AutoRollbackConfiguration"]["Alarms"]]
    assert names == found["OwnAlarms"]
    assert all(isinstance(name, str) and name.startswith("automl-") for name in names)
    errors, latency = (item["Properties"] for item in resources(stack, "AWS::CloudWatch::Alarm"))
    assert [errors["AlarmName"], latency["AlarmName"]] == names
    assert (errors["MetricName"], errors["Statistic"]) == ("Invocation5XXErrors", "Average")
    assert errors["Threshold"] == 0.01
    assert (latency["MetricName"], latency["Threshold"]) == ("ModelLatency", 250_000)
    assert errors["TreatMissingData"] == latency["TreatMissingData"] == "notBreaching"
    place = {item["Name"]: item["Value"] for item in errors["Dimensions"]}
    assert place["VariantName"] == "AllTraffic"
    assert place["EndpointName"]["Fn::GetAtt"][0].startswith("ChurnEndpoint")


def test_each_of_several_variants_has_an_alarm_of_its_own(stack):
    served = model(stack)
    variants = [InstanceVariant(served, "ml.m5.large", 2, variant_name=name) for name in "ab"]

    AutoMLEndpoint(
        stack,
        "Endpoint",
        variants=variants,
        deployment=Deployment.canary(percent=50, wait=MINUTES(5), errors=1),
    )

    alarms = [item["Properties"] for item in resources(stack, "AWS::CloudWatch::Alarm")]
    of = [
        {item["Name"]: item["Value"] for item in alarm["Dimensions"]}["VariantName"]
        for alarm in alarms
    ]
    assert of == ["a", "b"]
    assert len({alarm["AlarmName"] for alarm in alarms}) == 2


def test_the_models_role_sees_these_alarms_and_the_function_sees_alarms(stack):
    given = cloudwatch.Alarm.from_alarm_arn(
        stack, "Given", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:given"
    )
    guarded(stack, Deployment.canary(percent=25, wait=MINUTES(5), alarms=[given, "named"]))

    seen = statement_for(stack, ROLE, "cloudwatch:DescribeAlarms")
    assert actions(seen) == {"cloudwatch:DescribeAlarms"}
    assert "alarm:given" in str(seen["Resource"])
    assert "alarm:named" in str(seen["Resource"])
    assert ":alarm:*" in str(
        statement_for(stack, "FunctionPolicy", "cloudwatch:DescribeAlarms")["Resource"]
    )


def test_an_endpoint_without_guardrails_sees_no_alarms(stack):
    endpoint(stack)

    assert "DescribeAlarms" not in str(resources(stack, "AWS::IAM::Policy"))
    assert "DeploymentConfig" not in properties(stack, ENDPOINT)


@pytest.mark.parametrize(
    ("deployment", "minutes"),
    [
        (Deployment.all_at_once(alarms=["a"]), 55),
        (Deployment.canary(percent=50, wait=MINUTES(30), alarms=["a"]), 55 + 60),
        (Deployment.linear(percent=10, wait=MINUTES(30), alarms=["a"]), 55 + 300),
        (Deployment.linear(instance_count=1, wait=MINUTES(30), alarms=["a"]), 55 + 120),
        (
            Deployment.linear(
                percent=50,
                wait=MINUTES(30),
                maximum_execution_timeout=cdk.Duration.hours(8),
                alarms=["a"],
            ),
            55 + 480,
        ),
        (Deployment.rolling(percent=50, wait=MINUTES(10), alarms=["a"]), 55 + 50),
    ],
)
def test_the_wait_follows_from_the_longest_time_of_the_deployment(stack, deployment, minutes):
    guarded(stack, deployment)

    links = [item["Properties"]["LinkSeconds"] for item in resources(stack, "Custom::AutoMLWait")]
    of_endpoint = [
        item["Properties"]["LinkSeconds"]
        for item in resources(stack, "Custom::AutoMLWait")
        if item["Properties"]["Target"] == "Endpoint"
    ]
    assert 55 + sum(of_endpoint) / 60 == minutes
    assert links


def test_a_timeout_that_the_deployment_may_outlast_is_warned_of(stack):
    deployment = Deployment.linear(percent=10, wait=MINUTES(30), alarms=["a"])

    guarded(stack, deployment, timeout=cdk.Duration.hours(1))

    assert "an update may take 355 min by its deployment, and the timeout is 60 min" in (
        warnings(stack)
    )


@pytest.mark.parametrize(
    ("deployment", "options", "text"),
    [
        (Deployment.canary(percent=25, wait=MINUTES(5)), {}, "without alarms watches nothing"),
        (
            Deployment.rolling(percent=50, wait=MINUTES(5), errors=1),
            {"initial_instance_count": 1},
            "needs 2 instances or more",
        ),
        (
            Deployment.canary(instance_count=3, wait=MINUTES(5), errors=1),
            {},
            "is more than half of 4",
        ),
    ],
)
def test_what_watches_nothing_or_cannot_be_met_is_warned_of(stack, deployment, options, text):
    guarded(stack, deployment, **options)

    assert text in warnings(stack)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Deployment.canary(percent=51, wait=MINUTES(5)), "percent: must be 1 to 50"),
        (lambda: Deployment.linear(percent=9, wait=MINUTES(5)), "percent: must be 10 to 50"),
        (lambda: Deployment.rolling(percent=4, wait=MINUTES(5)), "percent: must be 5 to 50"),
        (lambda: Deployment.canary(wait=MINUTES(5)), "percent: must be given, or else"),
        (
            lambda: Deployment.canary(percent=5, instance_count=1, wait=MINUTES(5)),
            "percent: must be given, or else instance_count",
        ),
        (lambda: Deployment.canary(instance_count=0, wait=MINUTES(5)), "must be 1 or more"),
        (lambda: Deployment.canary(percent=5, wait=300), "wait: must be a cdk.Duration"),
        (
            lambda: Deployment.canary(percent=5, wait=MINUTES(61)),
            "wait: must be 0 to 3600 seconds, got '1 hour 1 minute'",
        ),
        (
            lambda: Deployment.all_at_once(maximum_execution_timeout=MINUTES(9)),
            "maximum_execution_timeout: must be 600 to 28800 seconds",
        ),
        (
            lambda: Deployment.linear(
                percent=10, wait=MINUTES(30), maximum_execution_timeout=cdk.Duration.hours(5)
            ),
            "must be more than all waits together, which are 18000 seconds",
        ),
        (
            lambda: Deployment.rolling(percent=10, wait=MINUTES(3), termination_wait=MINUTES(3)),
            "termination_wait: must not be given for rolling",
        ),
        (lambda: Deployment.all_at_once(errors=100), "errors: must be 0 or more, and less than"),
        (lambda: Deployment.all_at_once(alarms=["a", "a"]), "alarms: must have each alarm once"),
        (lambda: Deployment.all_at_once(alarms=[1]), r"alarms\[0\]: must be a"),
        (lambda: Deployment.all_at_once(alarms=list("abcdefghijk")), "alarms: must be 10 or less"),
        (lambda: Deployment.all_at_once(alarms=["ok", ""]), r"alarms\[1\]: must have 1 to 255"),
        (lambda: Deployment.all_at_once(alarms=["a" * 256]), r"alarms\[0\]: must have 1 to 255"),
        (
            lambda: Deployment.rolling(percent=5, wait=MINUTES(5), rollback_percent=101),
            "rollback_percent: must be 100 or less",
        ),
        (
            lambda: Deployment.canary(percent=5, wait=cdk.Duration.millis(1500)),
            "wait: must be whole seconds, got '1 second 500 millis'",
        ),
        (
            lambda: Deployment.all_at_once(termination_wait=cdk.Duration.millis(1)),
            "termination_wait: must be whole seconds",
        ),
        (lambda: Deployment("blue_green"), "strategy: must be one of all_at_once, canary"),
    ],
)
def test_rejects(make, text):
    with pytest.raises(OptionsError, match=text):
        make()


def test_an_alarm_given_by_construct_and_by_name_is_one_alarm(stack):
    arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors"
    alarm = cloudwatch.Alarm.from_alarm_arn(stack, "Alarm", arn)

    with pytest.raises(OptionsError, match="must have each alarm once, got 'errors'"):
        Deployment.all_at_once(alarms=[alarm, "errors"])


def test_a_rolling_update_is_refused_where_there_are_no_batches_of_one_variant(stack):
    served = model(
        stack, job=job(stack, problem_config=AutoMLTabularConfig("y", mode="ENSEMBLING"))
    )
    rolling = Deployment.rolling(percent=50, wait=MINUTES(5), errors=1)
    pair = [InstanceVariant(served, "ml.m5.large", variant_name=name) for name in "ab"]

    for number, (variants, text) in enumerate(
        (([ServerlessVariant(served)], "for a ServerlessVariant"), (pair, "several variants"))
    ):
        with pytest.raises(OptionsError, match=f"deployment: must not be rolling .*{text}"):
            AutoMLEndpoint(stack, f"Endpoint{number}", variants=variants, deployment=rolling)
