"""Schedules of the local cloud fire when EventBridge Scheduler would, in their own time zone."""

import json
from datetime import UTC, datetime
from itertools import islice

import pytest
from botocore.exceptions import ClientError, WaiterError

from cdk_automlv2.local.cloud.schedules import Clocks, ScheduleError, firings

from .fake_world import wait_for
from .gateway import ACCOUNTS, allow, role

ACCOUNT = ACCOUNTS[0]
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
SCHEDULER = "scheduler.amazonaws.com"
GROUP = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/default"


def epoch(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def coming(expression, zone, anchor, count):
    found = islice(firings(expression, zone, epoch(anchor)), count)
    return [datetime.fromtimestamp(moment, UTC).strftime("%m-%d %H:%M") for moment in found]


@pytest.mark.parametrize(
    ("expression", "zone", "anchor", "expected"),
    [
        ("rate(2 hours)", "UTC", "2026-01-01T00:30", ["01-01 02:30", "01-01 04:30"]),
        ("at(2026-01-01T09:00:00)", "UTC", "2026-01-01T00:00", ["01-01 09:00"]),
        ("at(2026-01-01T09:00:00)", "Asia/Tokyo", "2026-01-01T00:00", ["01-01 00:00"]),
        (
            "cron(0 9 * * ? *)",
            "America/New_York",
            "2026-01-01T00:00",
            ["01-01 14:00", "01-02 14:00"],
        ),
        # Summer time begins on 29 March at 02:00, which is 03:00 then: 02:30 does not exist.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2026-03-27T12:00",
            ["03-28 01:30", "03-30 00:30"],
        ),
        # It ends on 25 October: 02:30 comes twice and fires once.
        (
            "cron(30 2 * * ? *)",
            "Europe/Berlin",
            "2026-10-24T12:00",
            ["10-25 00:30", "10-26 01:30"],
        ),
    ],
)
def test_a_schedule_fires_by_the_clocks_of_its_zone(expression, zone, anchor, expected):
    assert coming(expression, zone, anchor, 2) == expected


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("rate(0 minutes)", "UTC"),
        ("rate(1 fortnight)", "UTC"),
        ("cron(0 9 * * * *)", "UTC"),
        ("at(2026-02-30T09:00:00)", "UTC"),
        ("at(2026-02-20)", "UTC"),
        ("daily", "UTC"),
        ("rate(1 day)", "Mars/Base"),
        ("rate(1 day)", "../etc/passwd"),
    ],
)
def test_what_is_no_schedule_is_refused_by_name(expression, zone):
    with pytest.raises(ScheduleError, match="Invalid Schedule Expression"):
        firings(expression, zone, 0)


def test_a_clock_runs_faster_than_the_walls_and_fires_once_a_look():
    clocks = Clocks(speed=60)
    looks = [clocks.due("a", "rate(1 hour)", "UTC", 1000.0, 1000.0 + wall) for wall in (59, 61, 62)]

    assert looks == [None, 1000.0 + 3600, None]
    assert clocks.due("a", "rate(1 hour)", "UTC", 1000.0, 1000.0 + 200) == 1000.0 + 3 * 3600
    assert clocks.due("a", "rate(1 hour)", "UTC", 1200.0, 1200.0 + 61) == 1200.0 + 3600


def test_a_moment_comes_once():
    clocks = Clocks(speed=1)
    at = ("a", "at(2026-01-01T00:00:10)", "UTC", epoch("2026-01-01T00:00"))

    found = [clocks.due(*at, epoch("2026-01-01T00:00") + wall) for wall in (9, 11, 12)]

    assert found == [None, epoch("2026-01-01T00:00") + 10, None]
    assert clocks.is_over("a")


class Plan:
    """Schedules with a queue of each name as target."""

    def __init__(self, cloud):
        self.scheduler = cloud.client("scheduler")
        self.sqs = cloud.client("sqs")

    def queue(self, name):
        self.sqs.create_queue(QueueName=name)
        return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"

    def create(self, name, role_arn, expression="rate(1 day)", target=None, **more):
        target = {"Arn": self.queue(name), "RoleArn": role_arn, **(target or {})}
        request = {"Name": name, "ScheduleExpression": expression, "Target": target}
        window = {"FlexibleTimeWindow": {"Mode": "OFF"}}
        return self.scheduler.create_schedule(**{**request, **window, **more})["ScheduleArn"]

    def messages(self, name):
        url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = self.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        return found.get("Messages", [])


@pytest.fixture(scope="module")
def plan(servers):
    return Plan(servers)


@pytest.fixture(scope="module")
def sender(servers):
    by_group = {"StringEquals": {"aws:SourceArn": GROUP, "aws:SourceAccount": ACCOUNT}}
    right = allow("sqs:SendMessage")
    return role(servers, "schedule-sender", right, service=SCHEDULER, condition=by_group)


def test_a_schedule_of_days_fires_in_the_clouds_time_and_fills_in_its_context(plan, sender):
    text = {
        "at": "<aws.scheduler.scheduled-time>",
        "id": "<aws.scheduler.execution-id>",
        "of": "<aws.scheduler.schedule-arn>",
        "try": "<aws.scheduler.attempt-number>",
    }
    arn = plan.create("daily", sender, target={"Input": json.dumps(text)})

    [message] = wait_for(lambda: plan.messages("daily"))

    found = json.loads(message["Body"])
    assert (found["of"], found["try"]) == (arn, "1")
    assert datetime.fromisoformat(found["at"]) > datetime.now(UTC)
    assert "<" not in found["id"]
    plan.scheduler.delete_schedule(Name="daily")


def test_a_schedule_without_input_sends_an_event_and_goes_when_it_is_told_to(plan, sender):
    past = "at(2020-01-01T00:00:00)"
    plan.create("once", sender, past, ActionAfterCompletion="DELETE")

    [message] = wait_for(lambda: plan.messages("once"))

    event = json.loads(message["Body"])
    assert event["detail-type"] == "Scheduled Event"
    assert event["source"] == "aws.scheduler"
    wait_for(lambda: not plan.scheduler.list_schedules(NamePrefix="once")["Schedules"])


def test_what_its_role_may_not_deliver_goes_to_the_dead_letter_queue(plan, servers):
    dead = plan.queue("schedule-dead")
    right = allow("sqs:SendMessage", on=dead)
    arn = role(servers, "schedule-dead-only", right, service=SCHEDULER)
    target = {"DeadLetterConfig": {"Arn": dead}, "Input": "lost"}
    plan.create("undelivered", arn, "at(2020-01-01T00:00:00)", target)

    [message] = wait_for(lambda: plan.messages("schedule-dead"))

    assert message["Body"] == "lost"
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "AccessDeniedException"
    assert plan.messages("undelivered") == []


def test_a_bus_as_target_gets_an_event_of_the_schedules_own(plan, servers):
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
    right = allow("events:PutEvents", on=bus)
    arn = role(servers, "schedule-bus", right, service=SCHEDULER)
    queue = plan.queue("from-bus")
    events, pattern = servers.client("events"), json.dumps({"source": ["planned"]})
    listed = allow("sqs:SendMessage") | {"Principal": {"Service": "events.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [listed]})
    url = plan.sqs.get_queue_url(QueueName="from-bus")["QueueUrl"]
    plan.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name="planned", EventPattern=pattern)
    events.put_targets(Rule="planned", Targets=[{"Id": "q", "Arn": queue}])
    told = {"EventBridgeParameters": {"Source": "planned", "DetailType": "Plan"}}
    target = {"Arn": bus, "Input": json.dumps({"n": 1}), **told}
    plan.create("to-bus", arn, "at(2020-01-01T00:00:00)", target)

    [message] = wait_for(lambda: plan.messages("from-bus"))

    event = json.loads(message["Body"])
    assert (event["detail-type"], event["detail"]) == ("Plan", {"n": 1})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expression": "daily"}, "Invalid Schedule Expression daily"),
        ({"ScheduleExpressionTimezone": "Mars/Base"}, "Timezone Mars/Base"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        (
            {"target": {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"}},
            "does not have targets",
        ),
        (
            {"target": {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f", "Input": "{"}},
            "must be JSON",
        ),
        (
            {"target": {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}},
            "must allow AWS EventBridge Scheduler to assume the role",
        ),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(plan, sender, change, words):
    with pytest.raises(ClientError, match=words):
        plan.create("refused", sender, **change)


def test_a_role_for_another_group_is_refused(plan, servers):
    other = {"StringEquals": {"aws:SourceArn": GROUP.replace("default", "other")}}
    arn = role(servers, "schedule-other", allow("sqs:*"), service=SCHEDULER, condition=other)

    with pytest.raises(ClientError, match="assume the role"):
        plan.create("foreign", arn)


def test_a_rule_of_a_day_fires_in_the_clouds_time(plan, servers):
    queue, events = plan.queue("ruled-daily"), servers.client("events")
    statement = allow("sqs:SendMessage") | {"Principal": {"Service": "events.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = plan.sqs.get_queue_url(QueueName="ruled-daily")["QueueUrl"]
    plan.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="daily", Targets=[{"Id": "q", "Arn": queue}])

    [message] = wait_for(lambda: plan.messages("ruled-daily"))

    assert json.loads(message["Body"])["detail-type"] == "Scheduled Event"
    events.remove_targets(Rule="daily", Ids=["q"])
    events.delete_rule(Name="daily")


def test_a_schedule_of_a_template_keeps_all_its_properties_or_fails(plan, sender, servers):
    cloudformation = servers.client("cloudformation")

    def deploy(stack, zone):
        properties = {
            "Name": stack,
            "ScheduleExpression": "cron(0 9 1 1 ? 2190)",
            "ScheduleExpressionTimezone": zone,
            "ActionAfterCompletion": "DELETE",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": plan.queue(stack), "RoleArn": sender},
        }
        resource = {"Type": "AWS::Scheduler::Schedule", "Properties": properties}
        template = json.dumps({"Resources": {"S": resource}})
        cloudformation.create_stack(StackName=stack, TemplateBody=template)
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    deploy("planned-stack", "Asia/Tokyo")
    found = plan.scheduler.get_schedule(Name="planned-stack")
    assert found["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert found["ActionAfterCompletion"] == "DELETE"
    with pytest.raises(WaiterError):
        deploy("unplanned-stack", "Mars/Base")
