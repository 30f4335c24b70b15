"""Rules and alarms of the local cloud call the functions that let them; on servers of its own."""

import io
import json
import time
import zipfile

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import ACCOUNTS, role

ACCOUNT = ACCOUNTS[0]
CODE = "import json\ndef handler(event, context):\n    print('CALLED', json.dumps(event))\n"


@pytest.fixture(scope="module")
def function(servers):
    """Make a function that logs its event; its ARN, and what it was called with."""
    client, logs = servers.client("lambda"), servers.client("logs")
    arn = role(servers, "called", service="lambda.amazonaws.com")

    def make(name):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.py", CODE)
        made = client.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=arn,
            Handler="index.handler",
            Code={"ZipFile": packed.getvalue()},
        )

        def calls():
            try:
                found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
            except ClientError:
                return []
            lines = [event["message"] for event in found]
            return [json.loads(line[7:]) for line in lines if line.startswith("CALLED ")]

        return made["FunctionArn"], calls

    return make


def let_in(servers, name, principal, source):
    servers.client("lambda").add_permission(
        FunctionName=name,
        StatementId="in",
        Action="lambda:InvokeFunction",
        Principal=principal,
        SourceArn=source,
        SourceAccount=ACCOUNT,
    )


def test_a_rule_calls_the_function_that_lets_it(servers, function):
    events = servers.client("events")
    told = {}
    for name in ("closed-function", "open-function"):
        arn, told[name] = function(name)
        events.put_rule(Name=name, EventPattern=json.dumps({"source": ["call"]}))
        events.put_targets(Rule=name, Targets=[{"Id": "f", "Arn": arn}])
    rule = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/open-function"
    let_in(servers, "open-function", "events.amazonaws.com", rule)

    events.put_events(Entries=[{"Source": "call", "DetailType": "d", "Detail": "{}"}])

    [event] = wait_for(told["open-function"])
    assert event["source"] == "call"
    assert told["closed-function"]() == []


def test_an_alarm_calls_the_function_that_lets_it(servers, function):
    cloudwatch = servers.client("cloudwatch")
    actions, told = [], {}
    for name in ("closed-to-alarm", "open-to-alarm"):
        arn, told[name] = function(name)
        actions.append(arn)
    alarm = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:calls"
    let_in(servers, "open-to-alarm", "lambda.alarms.cloudwatch.amazonaws.com", alarm)
    cloudwatch.put_metric_alarm(
        AlarmName="calls",
        Namespace="Mine",
        MetricName="calls",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        AlarmActions=actions,
    )

    datum = {"MetricName": "calls", "Value": 1, "Timestamp": time.time()}
    cloudwatch.put_metric_data(Namespace="Mine", MetricData=[datum])

    [event] = wait_for(told["open-to-alarm"])
    assert (event["alarmArn"], event["alarmData"]["state"]["value"]) == (alarm, "ALARM")
    assert told["closed-to-alarm"]() == []
