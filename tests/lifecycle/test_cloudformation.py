"""The small CloudFormation of these tests behaves as the documents say of the real one."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import JOB
from .stack import STACK_ID

SLOW = {"Target": "AutoMLJob", "LinkSeconds": 3300, "TimeoutSeconds": 3300, "Last": True}


def job(name, **more):
    return Resource(name, "AutoMLJobV2", lambda _: JOB | {"BaseName": name.lower()} | more)


def wait(name, job):
    return Resource(
        name, "AutoMLWait", lambda outputs: SLOW | {"AutoMLJobName": outputs[job]["Ref"]}
    )


@pytest.fixture
def cloudformation(aws):
    return CloudFormation(aws, STACK_ID, {"team": "ml"})


def test_what_has_left_the_template_is_deleted_after_the_update(aws, cloudformation):
    aws.job_seconds = 1e6
    cloudformation.deploy([job("One"), job("Two")])

    cloudformation.deploy([job("Two")])

    kinds = [event["RequestType"] for event, _ in cloudformation.stack.sent.values()]
    assert kinds == ["Create", "Create", "Delete"]
    assert set(cloudformation.live) == {"Two"}
    [stopped] = [name for name, known in aws.jobs.items() if "Stopped" in known]
    assert stopped.startswith("one-")


def test_resources_that_do_not_depend_on_each_other_are_under_way_at_once(aws, cloudformation):
    template = [job("One"), wait("WaitOne", "One"), job("Two"), wait("WaitTwo", "Two")]
    began = aws.now

    assert cloudformation.deploy(template)

    assert aws.now - began < 1.5 * aws.job_seconds


def test_a_resource_has_no_id_while_it_is_created_and_its_old_one_while_it_is_updated(
    aws, cloudformation
):
    seen = []
    create = aws._create_auto_ml_job_v2

    def looking(**request):
        key = STACK_ID, "One"
        seen.append((aws.resource_statuses[key], aws.physical_ids[key]))
        return create(**request)

    aws._create_auto_ml_job_v2 = looking
    cloudformation.deploy([job("One")])
    first = cloudformation.live["One"].physical_id
    cloudformation.deploy([job("One", Revision="2")])

    assert seen == [("CREATE_IN_PROGRESS", ""), ("UPDATE_IN_PROGRESS", first)]
    assert aws.physical_id(STACK_ID, "One") == cloudformation.live["One"].physical_id != first


def test_a_failure_cancels_what_is_under_way_and_what_is_made_by_then_is_deleted(
    aws, cloudformation
):
    template = [
        job("One"),
        wait("WaitOne", "One"),
        Resource("Bad", "AutoMLWait", lambda _: SLOW | {"AutoMLJobName": "nobody-knows-it"}),
    ]

    assert not cloudformation.deploy(template)
    aws.run()

    assert cloudformation.stack.status == "ROLLBACK_COMPLETE"
    assert not cloudformation.live
    assert all("Stopped" in known for known in aws.jobs.values())


def test_dependents_are_deleted_first(aws, cloudformation):
    cloudformation.deploy([job("One"), wait("WaitOne", "One")])

    cloudformation.delete()

    deleted = [
        event["LogicalResourceId"]
        for event, _ in cloudformation.stack.sent.values()
        if event["RequestType"] == "Delete"
    ]
    assert deleted == ["WaitOne", "One"]


def test_another_stack_sees_a_changed_job_by_a_parameter(aws, cloudformation):
    def shared(outputs):
        return {"Name": "/shop/job", "Value": outputs["One"]["Ref"]}

    parameter = Resource("Shared", "AWS::SSM::Parameter", shared)
    consumer = CloudFormation(aws, STACK_ID.replace("Shop", "Serve"))
    told = []
    for revision in "12":
        cloudformation.deploy([job("One", Revision=revision), parameter])
        given = {"Train": {"AutoMLJobName": aws.parameters["/shop/job"]}}
        link = Resource("Wait", "AutoMLWait", lambda outputs: SLOW | outputs["Train"])
        assert consumer.deploy([link], parameters=given)
        told.append(consumer.live["Wait"].data["AutoMLJobName"])

    assert told == list(aws.jobs)
    assert aws.client("cloudformation").describe_stacks(StackName=STACK_ID)["Stacks"][0][
        "Tags"
    ] == [{"Key": "team", "Value": "ml"}]
