"""Events of the local cloud reach what may be reached; on servers of its own."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import ACCOUNTS, allow, as_role, role

ACCOUNT = ACCOUNTS[0]
EVENTS, STATES = "events.amazonaws.com", "states.amazonaws.com"
NOTHING = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})


def arn_of(service, name):
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


class Bus:
    """The default bus, with queues as targets."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.events = cloud.client("events")
        self.sqs = cloud.client("sqs")

    def queue(self, name, source=""):
        """Make a queue; a rule of the name in ``source`` may send to it."""
        self.sqs.create_queue(QueueName=name)
        if source:
            by = {"ArnEquals": {"aws:SourceArn": arn_of("events", f"rule/{source}")}}
            right = allow("sqs:SendMessage", on=arn_of("sqs", name), **by)
            statement = {**right, "Principal": {"Service": EVENTS}}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
            self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return arn_of("sqs", name)

    def rule(self, name, **target):
        self.events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
        self.events.put_targets(Rule=name, Targets=[{"Id": "t", **target}])

    def send(self, source, **more):
        entry = {"Source": source, "DetailType": "d", "Detail": "{}", **more}
        return self.events.put_events(Entries=[entry])["Entries"][0]

    def messages(self, name):
        url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = self.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        return found.get("Messages", [])


@pytest.fixture(scope="module")
def bus(servers):
    return Bus(servers)


def test_a_queue_hears_a_rule_that_its_policy_lets_in(bus):
    bus.rule("let-in", Arn=bus.queue("q-let-in", source="let-in"))
    bus.rule("other-rule", Arn=bus.queue("q-other-rule", source="let-in"))
    bus.rule("no-policy", Arn=bus.queue("q-no-policy"))

    for name in ("other-rule", "no-policy", "let-in"):
        bus.send(name)

    assert wait_for(lambda: bus.messages("q-let-in"))
    assert bus.messages("q-other-rule") == bus.messages("q-no-policy") == []


def test_what_is_not_delivered_goes_to_the_dead_letter_queue(bus):
    dead = {"DeadLetterConfig": {"Arn": bus.queue("q-dead", source="dead")}}
    target = bus.queue("q-closed")
    bus.rule("dead", Arn=target, **dead)

    bus.send("dead")

    [message] = wait_for(lambda: bus.messages("q-dead"))
    attributes = message["MessageAttributes"]
    assert json.loads(message["Body"])["source"] == "dead"
    assert attributes["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert attributes["TARGET_ARN"]["StringValue"] == target


def test_a_rule_starts_a_state_machine_as_its_targets_role(bus, servers):
    states = servers.client("stepfunctions")
    machine = states.create_state_machine(
        name="ruled", definition=NOTHING, roleArn=role(servers, "ruled", service=STATES)
    )["stateMachineArn"]
    start = allow("states:StartExecution", on=machine)
    roles = {
        "starts": role(servers, "starts", start, service=EVENTS),
        "powerless-rule": role(servers, "powerless-rule", allow("s3:*"), service=EVENTS),
        "distrusting": role(servers, "distrusting", start, service=STATES),
    }
    for name, arn in roles.items():
        bus.rule(name, Arn=machine, RoleArn=arn)
    for name in ("powerless-rule", "distrusting", "starts"):
        bus.send(name)

    def started():
        return states.list_executions(stateMachineArn=machine)["executions"]

    assert len(wait_for(started)) == 1
    time.sleep(0.3)
    assert len(started()) == 1
    with pytest.raises(ClientError, match="RoleArn is required"):
        bus.rule("roleless", Arn=machine)


def test_handing_on_a_role_needs_the_right_to(bus, servers):
    passed = role(servers, "passed", service=EVENTS)
    states_role = role(servers, "passed-states", service=STATES)
    every = allow("events:*", "states:*", "scheduler:*")
    only = {"StringEquals": {"iam:PassedToService": [EVENTS, STATES]}}
    passing = allow("iam:PassRole", on=f"arn:aws:iam::{ACCOUNT}:role/passed*", **only)
    bus.events.put_rule(Name="passing", EventPattern=json.dumps({"source": ["passing"]}))
    target = {"Id": "t", "Arn": arn_of("events", "event-bus/other"), "RoleArn": passed}

    def calls(name, *rights):
        acting = role(servers, name, every, *rights)
        states, events = (as_role(servers, acting, kind) for kind in ("stepfunctions", "events"))
        scheduler = as_role(servers, acting, "scheduler")
        schedule = {"Arn": arn_of("sqs", "q"), "RoleArn": passed}
        return [
            lambda: states.create_state_machine(name=name, definition=NOTHING, roleArn=states_role),
            lambda: events.put_targets(Rule="passing", Targets=[target]),
            lambda: scheduler.create_schedule(
                Name=name,
                ScheduleExpression="rate(1 day)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target=schedule,
            ),
        ]

    for call in calls("unpassing"):
        with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole"):
            call()
    machine, rule, schedule = calls("passing-role", passing)
    machine()
    rule()
    with pytest.raises(ClientError, match="iam:PassRole"):
        schedule()


def test_the_source_of_an_event_and_the_namespace_of_a_metric_are_conditions(servers):
    own = allow("events:PutEvents", StringEquals={"events:source": "mine"})
    metric = allow("cloudwatch:PutMetricData", StringEquals={"cloudwatch:namespace": "Mine"})
    arn = role(servers, "conditioned", own, metric)
    events, cloudwatch = as_role(servers, arn, "events"), as_role(servers, arn, "cloudwatch")
    entry = {"DetailType": "d", "Detail": "{}"}
    data = [{"MetricName": "m", "Value": 1}]

    events.put_events(Entries=[{**entry, "Source": "mine"}])
    cloudwatch.put_metric_data(Namespace="Mine", MetricData=data)
    for sources in (["other"], ["mine", "other"]):
        with pytest.raises(ClientError, match="not authorized"):
            events.put_events(Entries=[{**entry, "Source": source} for source in sources])
    with pytest.raises(ClientError, match="not authorized"):
        cloudwatch.put_metric_data(Namespace="Other", MetricData=data)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"Detail": "{"}, "MalformedDetail"),
        ({"DetailType": ""}, "InvalidArgument"),
        ({"DetailType": "x" * 129}, "InvalidArgument"),
        ({"Source": ""}, "InvalidArgument"),
        ({"Detail": ""}, "InvalidArgument"),
    ],
)
def test_a_bad_entry_fails_alone(bus, entry, code):
    good = {"Source": "mine", "DetailType": "d", "Detail": "{}"}

    answer = bus.events.put_events(Entries=[good, {**good, **entry}, good])

    assert answer["FailedEntryCount"] == 1
    codes = [item.get("ErrorCode") for item in answer["Entries"]]
    assert codes == [None, code, None]


def test_entries_without_a_type_and_too_many_bytes_fail_the_request(bus):
    good = {"Source": "mine", "DetailType": "d", "Detail": "{}"}
    large = {**good, "Detail": json.dumps({"x": "y" * 600_000})}

    for entries in ([{**good, "DetailType": ""}], [large, large]):
        with pytest.raises(ClientError, match="ValidationException"):
            bus.events.put_events(Entries=entries)


def test_deliveries_come_twice_late_or_not_at_all_where_that_is_planned(bus, servers):
    bus.rule("faulty", Arn=bus.queue("q-faulty", source="faulty"))
    servers.plan_fault("DeliveryLate")
    servers.plan_fault("DeliveryTwice")
    servers.plan_fault("DeliveryLost")

    for number in range(4):
        bus.send("faulty", Detail=json.dumps({"n": number}))

    found = []
    wait_for(lambda: found.extend(bus.messages("q-faulty")) or len(found) == 4)
    assert [json.loads(item["Body"])["detail"]["n"] for item in found] == [1, 1, 3, 0]


def test_planned_faults_of_deliveries_are_forgotten(bus, servers):
    bus.rule("cleared", Arn=bus.queue("q-cleared", source="cleared"))
    servers.plan_fault("DeliveryLost", times=9)
    servers.clear_faults()

    bus.send("cleared")

    assert wait_for(lambda: bus.messages("q-cleared"))
