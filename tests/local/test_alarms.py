"""Alarms of the local cloud change state as CloudWatch's do, and tell it; on servers of its own."""

import json
import time

import pytest

from cdk_automlv2.local.cloud.alarm_rules import state_of
from cdk_automlv2.local.cloud.repairs.embedded_metrics import metrics_of

from .fake_world import wait_for
from .gateway import ACCOUNTS, allow

ACCOUNT = ACCOUNTS[0]
ABOVE = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0}


@pytest.mark.parametrize(
    ("values", "more", "state"),
    [
        ([2.0], {}, "ALARM"),
        ([1.0], {}, "OK"),
        ([None], {}, "INSUFFICIENT_DATA"),
        ([None], {"TreatMissingData": "ignore"}, ""),
        ([None], {"TreatMissingData": "breaching"}, "ALARM"),
        ([None], {"TreatMissingData": "notBreaching"}, "OK"),
        ([2.0, 1.0, 2.0], {"DatapointsToAlarm": 2}, "ALARM"),
        ([2.0, 1.0, 1.0], {"DatapointsToAlarm": 2}, "OK"),
        ([2.0, 2.0, 1.0], {}, "OK"),
        ([2.0, None, None], {"TreatMissingData": "notBreaching"}, "OK"),
        ([2.0, None, None], {"TreatMissingData": "breaching"}, "ALARM"),
        ([2.0, None, None], {"TreatMissingData": "ignore"}, ""),
    ],
)
def test_of_the_last_periods_so_many_must_breach(values, more, state):
    assert state_of({**ABOVE, **more}, values) == state


def test_the_embedded_metric_format_is_read_from_a_line():
    line = {
        "_aws": {
            "CloudWatchMetrics": [
                {
                    "Namespace": "Mine",
                    "Dimensions": [["Model"], []],
                    "Metrics": [{"Name": "F1", "Unit": "None"}, {"Name": "Rows"}],
                }
            ]
        },
        "Model": "churn",
        "F1": [0.5, 0.7],
        "Rows": 3,
    }

    found = list(metrics_of(json.dumps(line)))

    of_model, of_none = {"Model": "churn"}, {}
    assert found == [
        ("Mine", name, value, "None", dimensions)
        for dimensions in (of_model, of_none)
        for name, value in (("F1", 0.5), ("F1", 0.7), ("Rows", 3))
    ]
    assert list(metrics_of('{"_aws": {"CloudWatchMetrics": "x"}}')) == []
    assert list(metrics_of('"_aws" {')) == []


@pytest.fixture(scope="module")
def cloudwatch(servers):
    return servers.client("cloudwatch")


@pytest.fixture(scope="module")
def changes(servers):
    """What a rule hears of alarms: take the next event of the one that is named."""
    sqs, events = servers.client("sqs"), servers.client("events")
    url = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:alarms"
    statement = allow("sqs:SendMessage") | {"Principal": {"Service": "events.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    events.put_targets(Rule="alarms", Targets=[{"Id": "q", "Arn": queue}])

    def take():
        [message] = wait_for(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])

    return take


def alarm(cloudwatch, name, **more):
    base = {"AlarmName": name, "Namespace": "Mine", "MetricName": name, "Statistic": "Maximum"}
    cloudwatch.put_metric_alarm(**{**base, **ABOVE, "Period": 60, "EvaluationPeriods": 1, **more})


def put(cloudwatch, name, value, seconds_ago=0, **dimensions):
    listed = [{"Name": key, "Value": text} for key, text in dimensions.items()]
    datum = {"MetricName": name, "Value": value, "Timestamp": time.time() - seconds_ago}
    cloudwatch.put_metric_data(Namespace="Mine", MetricData=[{**datum, "Dimensions": listed}])


def state(cloudwatch, name):
    return cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]


def test_a_change_of_state_is_an_event_and_data_that_stop_end_the_alarm(cloudwatch, changes):
    alarm(cloudwatch, "late", AlarmDescription="said")
    put(cloudwatch, "late", 2.0, seconds_ago=58)

    first, then = changes(), changes()

    assert first["detail-type"] == "CloudWatch Alarm State Change"
    assert first["resources"] == [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:late"]
    detail = first["detail"]
    assert (detail["alarmName"], detail["state"]["value"]) == ("late", "ALARM")
    assert detail["configuration"]["description"] == "said"
    stat = detail["configuration"]["metrics"][0]["metricStat"]
    assert stat["metric"] == {"namespace": "Mine", "name": "late", "dimensions": {}}
    assert then["detail"]["state"]["value"] == "INSUFFICIENT_DATA"
    assert then["detail"]["previousState"]["value"] == "ALARM"


def test_an_alarm_looks_at_the_metric_of_its_dimensions_only(cloudwatch):
    of_one = [{"Name": "Endpoint", "Value": "one"}]
    alarm(cloudwatch, "dimensioned", Dimensions=of_one)
    put(cloudwatch, "dimensioned", 2.0, Endpoint="two")
    put(cloudwatch, "dimensioned", 2.0)
    assert state(cloudwatch, "dimensioned") == "INSUFFICIENT_DATA"

    put(cloudwatch, "dimensioned", 2.0, Endpoint="one")

    assert state(cloudwatch, "dimensioned") == "ALARM"


def test_what_is_set_by_hand_stays_until_there_are_data(cloudwatch):
    alarm(cloudwatch, "by-hand")
    cloudwatch.set_alarm_state(AlarmName="by-hand", StateValue="ALARM", StateReason="test")
    time.sleep(1.5)
    assert state(cloudwatch, "by-hand") == "ALARM"

    put(cloudwatch, "by-hand", 0.0)

    assert state(cloudwatch, "by-hand") == "OK"


def test_a_logged_metric_sets_off_an_alarm(cloudwatch, servers):
    alarm(cloudwatch, "logged")
    logs = servers.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    directive = {"Namespace": "Mine", "Dimensions": [[]], "Metrics": [{"Name": "logged"}]}
    line = json.dumps({"_aws": {"CloudWatchMetrics": [directive]}, "logged": 5})
    event = {"timestamp": int(time.time() * 1000), "message": line}

    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])

    assert state(cloudwatch, "logged") == "ALARM"
