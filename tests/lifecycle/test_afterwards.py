"""What an endpoint that is not waited for has left is deleted after its answer."""

import json

import pytest

from . import invariants
from .cloudformation import CloudFormation, Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import JOB, MODEL, MODELS, NEW, OLD, config_of, job_and_wait
from .events import MODEL_TYPE as MODEL_TYPE
from .moving import moved
from .stack import STACK_ID

__all__ = ["MODELS"]
QUICK, NEXT = OLD | {"Wait": False}, NEW | {"Wait": False}


@pytest.fixture
def model_of_a_job(stack, aws):
    job = stack.create("AutoMLJobV2", JOB, LogicalResourceId="Job")["PhysicalResourceId"]
    aws.now += 3600
    return MODEL | {"AutoMLJobName": job}


@pytest.fixture
def name(stack, aws):
    name = stack.create(TYPE, QUICK)["PhysicalResourceId"]
    aws.wait(3600)
    return name


def update_without_time(stack, name):
    """Let time pass only until the update is answered; the endpoint still moves."""
    event = stack.event("Update", TYPE, NEXT, PhysicalResourceId=name)
    old = stack.event("Update", TYPE, QUICK)["ResourceProperties"]
    stack.deliver(event | {"OldResourceProperties": old})
    stack.aws.run(lambda: bool(stack.answers[event["RequestId"]]))


def test_the_old_configuration_goes_once_the_endpoint_has_moved(stack, aws, name):
    answer = stack.update(TYPE, name, QUICK, NEXT)
    aws.wait(3600)

    assert set(aws.configs) == {answer["Data"]["EndpointConfigName"]} == {config_of(aws, name)}
    assert aws.misdeeds == []


def test_where_links_go_on_waiting_the_old_configuration_goes_too(stack, aws):
    linked = [properties | {"MoreLinks": True} for properties in (OLD, NEW)]
    name = stack.create(TYPE, linked[0])["PhysicalResourceId"]
    aws.wait(4 * 3600)
    aws.endpoint_seconds = 3 * 3600

    answer = stack.update(TYPE, name, *linked)
    aws.wait(4 * 3600)

    assert set(aws.configs) == {answer["Data"]["EndpointConfigName"]}


def test_links_do_not_wait_for_a_move_that_was_never_asked_for(stack, aws):
    linked = [properties | {"MoreLinks": True} for properties in (OLD, NEW)]
    name = stack.create(TYPE, linked[0])["PhysicalResourceId"]
    aws.wait(4 * 3600)
    aws.endpoint_seconds = 3 * 3600
    aws.maintain(name)

    answer = stack.update(TYPE, name, *linked)
    aws.wait(4 * 3600)

    assert answer["Status"] == "FAILED"
    assert "was still SystemUpdating" in answer["Reason"]


def test_a_move_of_eight_hours_is_followed_by_one_execution_after_the_other(stack, aws, name):
    aws.wait(9 * 3600)
    aws.endpoint_seconds = 8 * 3600

    answer = stack.update(TYPE, name, QUICK, NEXT)
    aws.wait(9 * 3600)

    assert set(aws.configs) == {answer["Data"]["EndpointConfigName"]}


def test_an_endpoint_that_never_ends_to_move_is_not_followed_for_ever(stack, aws, name):
    aws.wait(101 * 3600)
    aws.endpoint_seconds = 100 * 3600
    began = aws.now
    stack.update(TYPE, name, QUICK, NEXT)

    assert 20 * 3600 < aws.now - began < 30 * 3600


@pytest.mark.parametrize("end", ["Failed", "UpdateRollbackFailed"])
def test_an_endpoint_that_fails_to_move_keeps_its_configurations(stack, aws, name, end):
    before = config_of(aws, name)
    aws.update_end = end

    stack.update(TYPE, name, QUICK, NEXT)
    aws.wait(3600)

    assert aws.seen_endpoint(name)["EndpointStatus"] == end
    assert before in aws.configs
    assert len(aws.configs) == 2
    stack.delete(TYPE, name, NEXT)


def test_an_endpoint_deleted_by_hand_while_it_moves_ends_the_waiting(stack, aws, name, capsys):
    update_without_time(stack, name)
    aws.drop_gone(name)
    aws.run()

    facts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [fact["status"] for fact in facts if fact["fact"] == "answer"] == ["SUCCESS"] * 2
    stack.delete(TYPE, name, NEXT)


def test_a_move_that_sagemaker_rolls_back_leaves_the_old_configuration_alone(stack, aws, name):
    before = config_of(aws, name)
    aws.update_end = "RolledBack"

    stack.update(TYPE, name, QUICK, NEXT)
    aws.wait(3600)

    assert set(aws.configs) == {before} == {config_of(aws, name)}


def test_a_second_move_before_the_first_has_ended_ends_with_its_configuration(stack, aws, name):
    stack.update(TYPE, name, QUICK, NEXT)
    back = stack.update(TYPE, name, NEXT, QUICK)
    aws.wait(3600)

    assert set(aws.configs) == {back["Data"]["EndpointConfigName"]} == {config_of(aws, name)}
    assert aws.misdeeds == []


def test_a_delete_while_the_endpoint_moves_leaves_nothing(stack, aws, name):
    stack.update(TYPE, name, QUICK, NEXT)
    stack.status = "DELETE_IN_PROGRESS"

    stack.delete(TYPE, name, NEXT)

    assert not aws.endpoints
    assert not aws.configs


def test_a_first_deployment_begins_no_execution_for_what_is_left(stack, aws):
    stack.create(TYPE, QUICK)

    assert len(aws.executions) == 1


def test_the_configuration_that_a_later_request_has_taken_again_stays(aws, stack, name):
    before = config_of(aws, name)
    stack.update(TYPE, name, QUICK, NEXT)
    stack.update(TYPE, name, NEXT, QUICK | {"Tags": [{"Key": "a", "Value": "1"}]})
    aws.wait(3600)

    assert config_of(aws, name) == before
    assert set(aws.configs) == {before}


@pytest.mark.parametrize("end", ["InService", "RolledBack"])
def test_whole_deployments_that_are_not_waited_for_leave_one_configuration(aws, end):
    def template(isolated):
        def model(outputs):
            name = outputs["Wait"]["AutoMLJobName"]
            return MODEL | {"AutoMLJobName": name, "EnableNetworkIsolation": isolated}

        def shop(outputs):
            variant = QUICK["ProductionVariants"][0] | {"ModelName": outputs["Model"]["Ref"]}
            return QUICK | {"ProductionVariants": [variant]}

        return [*job_and_wait(), Resource("Model", MODEL_TYPE, model), Resource("Shop", TYPE, shop)]

    cloudformation = CloudFormation(aws, STACK_ID)
    assert cloudformation.deploy(template(False))
    aws.wait(7200)
    aws.update_end = end

    assert cloudformation.deploy(template(True))
    aws.wait(7200)

    assert len(aws.configs) == 1
    invariants.check_endpoints(aws)
    assert aws.misdeeds == []
    cloudformation.delete()
    assert not [name for name in aws.models if name not in MODELS]


def test_delete_waits_until_an_endpoint_has_moved_away(stack, aws, model_of_a_job):
    old, new, shop = moved(stack, aws, model_of_a_job)
    began = aws.now

    answer = stack.delete(MODEL_TYPE, old, model_of_a_job)

    assert answer["Status"] == "SUCCESS"
    assert aws.now - began > 200
    assert old not in aws.models
    assert new in aws.models
    assert aws.seen_endpoint(shop)["EndpointStatus"] == "InService"


def test_an_endpoint_that_moved_serves_the_new_model(stack, aws, model_of_a_job):
    _, new, shop = moved(stack, aws, model_of_a_job)
    aws.wait(3600)

    variant = aws.configs[config_of(aws, shop)]["ProductionVariants"][0]
    assert variant["ModelName"] == new


@pytest.mark.parametrize("tag", ["cdk-automlv2:owner", "cdk-automlv2:request"])
def test_a_configuration_that_is_somebody_else_s_by_now_stays(aws, stack, name, tag):
    before = config_of(aws, name)
    update_without_time(stack, name)
    arn = aws.find("describe_endpoint_config", EndpointConfigName=before)["EndpointConfigArn"]
    aws.add_tags(arn, [{"Key": tag, "Value": "others/theirs"}])
    aws.wait(3600)

    assert config_of(aws, name) != before
    assert before in aws.configs
    aws.call("delete_endpoint_config", EndpointConfigName=before)
