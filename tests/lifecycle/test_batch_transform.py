"""A batch transform: run at deployment, superseded, stopped; by a schedule or a new object."""

import json

import pytest
from automlv2_handlers.transforms import machine

from .events import NEW_RUN as NEW
from .events import OLD_RUN as OLD
from .events import transform
from .stack import Stack

TYPE = "AutoMLBatchTransform"
MODELS = ("churn-1", "churn-2")
PREFIX = "nightly-abcde12345678-"
ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS"


def state_of(aws, name):
    return aws.find("describe_transform_job", TransformJobName=name)["TransformJobStatus"]


def only(aws):
    [name] = aws.transforms
    return name


def begun(stack, aws, properties):
    """Create a construct, and go no further than its answer; return its physical id."""
    event = stack.event("Create", TYPE, properties)
    stack.deliver(event)
    aws.run(lambda: bool(stack.answers[event["RequestId"]]))
    [answer] = stack.answers[event["RequestId"]]
    return answer["PhysicalResourceId"]


def trigger(stack, kind="schedule", number=1, **more):
    """Invoke the function as a schedule or a rule does."""
    properties = {**more.pop("properties", OLD), "NameScope": "abcde"}
    run = {"StackId": stack.stack_id, "LogicalId": "Churn", "Properties": properties}
    event = {"Task": "StartTransform", "Trigger": {"Kind": kind, "Id": f"{number}"}, "Run": run}
    return stack._serve(event | more)


@pytest.fixture
def deployed(stack, aws):
    """Let there be a construct that does not run at deployment."""
    answer = stack.create(TYPE, transform(Once=False))
    aws.physical_ids[stack.stack_id, "Churn"] = answer["PhysicalResourceId"]
    aws.resource_statuses[stack.stack_id, "Churn"] = "CREATE_COMPLETE"
    aws.set_status(stack.stack_id, "CREATE_COMPLETE")
    return answer["PhysicalResourceId"]


def test_a_deployment_waits_until_the_answers_are_there(stack, aws):
    answer = stack.create(TYPE, OLD)

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"] == {"TransformJobName": only(aws)}
    assert state_of(aws, only(aws)) == "Completed"
    assert aws.transforms[only(aws)]["TransformResources"]["InstanceCount"] == 1


def test_a_deployment_that_does_not_wait_is_over_at_once(stack, aws):
    event = stack.event("Create", TYPE, transform(Wait=False))
    began = aws.now
    answer = stack.send(event)

    assert answer["Status"] == "SUCCESS"
    assert stack.answered_at[event["RequestId"]] - began < 120
    assert aws.events[0]["state"] == "completed"


def test_the_end_of_a_run_is_told_once_with_its_trigger_and_places(stack, aws):
    stack.create(TYPE, OLD)

    [told] = aws.events
    assert told["state"] == "completed"
    assert (told["stack"], told["id"], told["run"]) == ("Shop", "Nightly", only(aws))
    assert (told["trigger"], told["seconds"], told["reason"]) == ("once", 600, "")
    assert (told["input"], told["output"]) == ("s3://in/new/", "s3://out/answers/")


def test_a_run_that_fails_fails_the_deployment_in_one_line_with_the_reason(stack, aws):
    reason = "ClientError: 400\nSee job logs"
    aws.transform_end = {"TransformJobStatus": "Failed", "FailureReason": reason}

    answer = stack.create(TYPE, OLD)

    assert answer["Status"] == "FAILED"
    assert f"transform job {only(aws)!r} failed: ClientError: 400 See job logs" in answer["Reason"]
    assert "\n" not in answer["Reason"]
    assert aws.events[0]["state"] == "failed"


def test_another_model_is_another_run_and_the_id_stays(stack, aws):
    name = stack.create(TYPE, OLD)["PhysicalResourceId"]

    answer = stack.update(TYPE, name, OLD, NEW)

    assert answer["PhysicalResourceId"] == name
    assert [job["ModelName"] for job in aws.transforms.values()] == list(MODELS)


@pytest.mark.parametrize(
    "change", [{"Tags": [{"Key": "a", "Value": "b"}]}, {"Wait": False}], ids=str
)
def test_a_change_that_is_not_of_content_runs_nothing(stack, aws, change):
    answer = stack.create(TYPE, OLD)

    again = stack.update(TYPE, answer["PhysicalResourceId"], OLD, OLD | change)

    assert again["Data"] == answer["Data"]
    assert len(aws.transforms) == 1


def test_what_is_to_run_at_deployment_from_now_on_runs(stack, aws, deployed):
    stack.update(TYPE, deployed, transform(Once=False), transform(Once=True))

    assert len(aws.transforms) == 1


def test_an_update_keeps_the_id_that_an_earlier_version_has_given(stack, aws):
    answer = stack.update(TYPE, "transform-of-then", OLD, NEW)

    assert answer["PhysicalResourceId"] == "transform-of-then"


def test_a_new_run_stops_the_former_one_before_it_begins(stack, aws):
    aws.transform_seconds = 5 * 3600
    first = OLD | {"Wait": False}
    name = begun(stack, aws, first)
    old = only(aws)

    event = stack.event("Update", TYPE, NEW | {"Wait": False}, PhysicalResourceId=name)
    before = stack.event("Update", TYPE, first)["ResourceProperties"]
    answer = stack.send(event | {"OldResourceProperties": before})

    assert answer["Status"] == "SUCCESS"
    [new] = set(aws.transforms) - {old}
    assert aws.transforms[new]["Created"] >= aws.transforms[old]["Stopped"] + 60
    assert [told["state"] for told in aws.events] == ["stopped", "completed"]


def test_a_rollback_runs_nothing_and_names_the_last_good_run(stack, aws):
    first = stack.create(TYPE, OLD)
    aws.transform_end = {"TransformJobStatus": "Failed", "FailureReason": "bad"}
    failed = stack.update(TYPE, first["PhysicalResourceId"], OLD, NEW)
    stack.status = ROLLBACK

    back = stack.update(TYPE, first["PhysicalResourceId"], NEW, OLD)

    assert failed["Status"] == "FAILED"
    assert back["Data"] == first["Data"]
    assert len(aws.transforms) == 2


def test_a_run_that_outlasts_the_hour_fails_and_is_stopped(stack, aws):
    aws.transform_seconds = 3 * 3600

    answer = stack.create(TYPE, OLD)

    assert "was still InProgress after 55 min; raise timeout, or wait=False" in answer["Reason"]
    assert state_of(aws, only(aws)) == "Stopped"
    assert aws.events[0]["state"] == "stopped"


def test_links_wait_for_a_run_of_hours(stack, aws):
    aws.transform_seconds = 2 * 3600
    answer = stack.create(TYPE, OLD | {"MoreLinks": True})
    link = {"Target": "Transform", "TransformJobName": only(aws), "LinkSeconds": 3300}
    link |= {"TimeoutSeconds": 7200, "Last": False}

    first = stack.create("AutoMLWait", link, LogicalResourceId="Wait1")
    last = stack.create("AutoMLWait", link | {"Last": True}, LogicalResourceId="Wait2")

    assert [one["Status"] for one in (answer, first, last)] == ["SUCCESS"] * 3
    assert last["Data"] == {"TransformJobName": only(aws)}


def test_a_link_says_how_a_run_has_failed(stack, aws):
    aws.transform_end = {"TransformJobStatus": "Failed", "FailureReason": "AlgorithmError: no"}
    stack.create(TYPE, OLD | {"Wait": False})
    link = {"Target": "Transform", "TransformJobName": only(aws), "LinkSeconds": 3300}

    answer = stack.create("AutoMLWait", link | {"TimeoutSeconds": 3300, "Last": True})

    assert "failed: AlgorithmError: no" in answer["Reason"]


def test_delete_stops_what_runs_and_waits_until_it_has_stopped(stack, aws):
    aws.transform_seconds = 5 * 3600
    name = begun(stack, aws, OLD | {"Wait": False})

    answer = stack.delete(TYPE, name, OLD)

    assert answer["Status"] == "SUCCESS"
    assert state_of(aws, only(aws)) == "Stopped"
    assert aws.events[0]["state"] == "stopped"


def test_delete_leaves_alone_a_run_of_that_name_of_somebody_elses(stack, aws):
    aws.transform_seconds = 5 * 3600
    theirs = f"{PREFIX}once-theirs"
    request = {key: OLD[key] for key in ("ModelName", "TransformInput", "TransformOutput")}
    resources = OLD["TransformResources"]
    aws.call(
        "create_transform_job", TransformJobName=theirs, TransformResources=resources, **request
    )
    aws.add_tags(aws.arn("transform-job", theirs), [{"Key": "cdk-automlv2:owner", "Value": "x/y"}])

    assert stack.delete(TYPE, "transform-any", OLD)["Status"] == "SUCCESS"
    assert "Stopped" not in aws.transforms[theirs]


@pytest.mark.parametrize("properties", [{}, {"NamePrefix": ""}, {"NamePrefix": PREFIX}], ids=str)
def test_delete_needs_no_properties(stack, aws, properties):
    assert stack.delete(TYPE, "transform-any", properties)["Status"] == "SUCCESS"


def test_a_schedule_runs_once_however_often_it_is_delivered(stack, aws, deployed):
    first = trigger(stack, number=1)
    assert trigger(stack, number=1) == first
    stack.run()
    trigger(stack, number=2)
    stack.run()

    assert len(aws.transforms) == 2
    assert [told["trigger"] for told in aws.events] == ["schedule", "schedule"]
    assert all(name.startswith(f"{PREFIX}schedule-") for name in aws.transforms)


def test_a_schedule_leaves_out_a_run_while_its_former_one_is_under_way(stack, aws, deployed):
    trigger(stack, number=1)
    aws.wait(60)
    trigger(stack, number=2)
    stack.run()

    assert len(aws.transforms) == 1
    assert sorted(told["state"] for told in aws.events) == ["completed", "skipped"]


def test_each_new_object_is_a_run_of_its_own(stack, aws, deployed):
    for number, key in enumerate(["new/a b.csv", "new/b.csv"]):
        trigger(stack, "file", number, Bucket="in", Key=key)
    stack.run()

    read = [job["TransformInput"]["DataSource"]["S3DataSource"] for job in aws.transforms.values()]
    assert [item["S3Uri"] for item in read] == ["s3://in/new/a b.csv", "s3://in/new/b.csv"]


@pytest.mark.parametrize("key", ["new/", "new/_SUCCESS", "new/.crc", ""])
def test_an_object_that_holds_no_data_runs_nothing(stack, aws, deployed, key):
    answer = trigger(stack, "file", Bucket="in", Key=key)

    assert "holds no data" in answer["Answer"]
    assert not aws.transforms


def test_a_trigger_of_another_stack_is_refused(stack, aws, deployed):
    run = {"StackId": "arn:aws:cloudformation:eu-west-1:1:stack/Other/1", "LogicalId": "Churn"}
    event = {"Trigger": {"Kind": "call", "Id": "1"}, "Run": run | {"Properties": OLD}}

    assert "another stack" in stack._serve({"Task": "StartTransform", **event})["Refused"]
    assert not aws.transforms


def test_an_unknown_trigger_is_refused(stack, deployed):
    assert "does not know" in trigger(stack, "once")["Refused"]


def test_a_run_that_cannot_begin_is_told(stack, aws, deployed):
    trigger(stack, properties=transform("gone"))
    stack.run()

    [told] = aws.events
    assert told["state"] == "failed"
    assert "Could not find model" in told["reason"]


def test_a_full_quota_is_waited_for(stack, aws, deployed):
    words = "limit 'ml.m5.large for transform job usage' is 1 Instances, request delta of 1"
    aws.fail("create_transform_job", "ResourceLimitExceeded", words, times=20)
    trigger(stack)
    stack.run()

    assert [told["state"] for told in aws.events] == ["completed"]


@pytest.mark.parametrize("moment", ["before it begins", "just after"])
def test_a_late_trigger_runs_nothing_for_a_construct_that_is_gone(stack, aws, deployed, moment):
    def goes():
        aws.resource_statuses[stack.stack_id, "Churn"] = "DELETE_IN_PROGRESS"

    trigger(stack)
    if moment == "before it begins":
        goes()
    else:
        aws.interrupt_at, aws.interrupt = aws.entered + 4, goes
    stack.run()

    assert not aws.running_transforms
    assert [told["state"] for told in aws.events] == [
        "skipped" if moment == "before it begins" else "stopped"
    ]


def test_a_run_of_many_days_is_handed_from_execution_to_execution(stack, aws, deployed):
    aws.transform_seconds = 20 * 24 * 3600
    trigger(stack)
    stack.run()

    assert [told["state"] for told in aws.events] == ["completed"]
    parts = [name.rpartition("-")[2] for name in aws.executions if "schedule" in name]
    assert parts == ["1", "2", "3", "4"]


def test_an_execution_makes_fifteen_hundred_looks_and_no_more(stack, aws, deployed):
    trigger(stack)
    [state] = [state for state in aws.executions.values() if state]

    settled = [
        machine.poll({**state, "Turn": turn}, aws, aws.now)["Settled"]
        for turn in (machine.MOST_TURNS - 2, machine.MOST_TURNS - 1)
    ]
    assert settled == [False, True]


def test_a_run_that_is_not_seen_yet_is_not_begun_again(stack, aws, deployed):
    aws.shows_late("describe_transform_job", after="create_transform_job")
    trigger(stack)
    stack.run()

    assert aws.calls["create_transform_job"] == 1
    assert [told["state"] for told in aws.events] == ["completed"]


def test_an_event_that_does_not_come_through_is_sent_again(stack, aws, deployed):
    aws.fail("put_events", "InternalFailure", "down", times=5)
    trigger(stack)
    stack.run()

    assert [told["state"] for told in aws.events] == ["completed"]


def test_failed_runs_and_their_time_are_metrics(stack, aws, capsys):
    stack.create(TYPE, OLD)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {
        item["CloudWatchMetrics"][0]["Metrics"][0]["Name"]: line
        for line in lines
        if (item := line.get("_aws"))
    }
    assert found["FailedRuns"]["FailedRuns"] == 0
    assert found["RunSeconds"]["RunSeconds"] == 600
    assert found["FailedRuns"]["BatchTransform"] == "Nightly"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_call_of_a_triggered_run_changes_nothing_in_the_end(moment):
    from . import invariants
    from .fake_aws import Crash, FakeAws

    def play(number):
        aws = FakeAws()
        aws.has_models(*MODELS)
        stack = Stack(aws)
        stack.create(TYPE, transform(Once=False))
        aws.resource_statuses[stack.stack_id, "Churn"] = "CREATE_COMPLETE"
        aws.set_status(stack.stack_id, "CREATE_COMPLETE")
        before = aws.entered

        def die():
            raise Crash

        if moment == "before":
            aws.interrupt_at, aws.interrupt = before + number, die if number else None
        elif number:
            aws.crash_after = before + number
        for _ in range(3):  # AWS Lambda delivers again what has failed.
            try:
                trigger(stack)
                break
            except Crash:
                continue
        invariants.check(aws)
        states = {told["run"]: told["state"] for told in aws.events}
        return list(aws.transforms), states, aws.entered - before

    names, states, calls = play(0)
    assert len(names) == 1
    assert calls > 5
    for number in range(1, calls + 1):
        assert play(number)[:2] == (names, states), f"crash {moment} call {number}"
