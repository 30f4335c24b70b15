"""Stops and starts that come while a deployment, or its rollback, is under way."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import COUNT, MODELS, NEW, OLD, SERVERLESS_VARIANTS, config_of, scaled
from .events import ENDPOINT_TYPE as TYPE
from .stack import STACK_ID
from .stopping import NEXT, STOPS, ask, marks, stop, task

__all__ = ["MODELS"]


SERVERLESS = {
    "ProductionVariants": SERVERLESS_VARIANTS,
    "Stops": True,
}


@pytest.fixture
def name(stack):
    return stack.create(TYPE, STOPS)["PhysicalResourceId"]


@pytest.mark.parametrize("new", [OLD, NEW])
def test_what_was_stopped_once_does_not_say_so_for_ever(stack, aws, name, new):
    stop(stack, aws, name)

    stack.update(TYPE, name, STOPS, new)

    assert marks(aws) == {}


def begun(stack, name, old, new):
    """Deliver an update, and let no time pass."""
    event = stack.event("Update", TYPE, new, PhysicalResourceId=name)
    event |= {"OldResourceProperties": stack.event("Update", TYPE, old)["ResourceProperties"]}
    stack.deliver(event)
    return event


def test_a_stop_right_after_sagemaker_has_gone_back_does_not_make_a_deployment_go_well(aws):
    stack = CloudFormation(aws, STACK_ID)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: STOPS)])
    name = stack.live["Endpoint"].physical_id
    former = config_of(aws, name)
    aws.update_end = "RolledBack"
    aws.interrupt_at = aws.entered + 1

    def watch():
        """Stop as soon as SageMaker has gone back, before the function looks again."""
        endpoint = aws.endpoints.get(name, {})
        aws.interrupt_at = aws.entered + 1
        if endpoint.get("During") == "Updating" and aws.seen_endpoint(name)["EndpointStatus"] == (
            "InService"
        ):
            aws.interrupt = None
            run = task(stack.stack, "Stop", name, STOPS, logical_id="Endpoint")
            aws.later(0, lambda: stack.stack.invoke(run))
            aws.wait(600)

    aws.interrupt = watch

    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: NEXT)])

    assert not aws.endpoints
    assert list(aws.configs) == list(marks(aws)) == [former]


def test_a_stop_that_is_refused_is_said_and_leaves_no_tag_of_one(stack, aws):
    name = stack.create(TYPE, STOPS)["PhysicalResourceId"]
    place = {"ResourceId": f"endpoint/{name}/variant/AllTraffic", "ScalableDimension": COUNT}
    client = aws.client("application-autoscaling")
    client.register_scalable_target(**place, MinCapacity=3, MaxCapacity=3)

    stop(stack, aws, name)

    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"
    assert marks(aws) == {}
    told = aws.tags[aws.endpoints[name]["EndpointArn"]]["cdk-automlv2:trouble"]
    assert told.startswith("not stopped: DeleteEndpoint: AccessDeniedException")
    assert "DeregisterScalableTarget" in aws.denied[0]
    aws.denied.clear()

    aws.forget_scaling(name)
    stop(stack, aws, name, id="two")
    assert not aws.endpoints


@pytest.mark.parametrize("seconds", [0, 60, 120, 180, 240, 270, 285, 300, 310])
def test_a_start_does_not_scale_by_a_template_that_the_stack_has_gone_back_from(
    stack, aws, seconds
):
    before, after = scaled(STOPS, 1, 4), scaled(STOPS, 2, 8)
    name = stack.create(TYPE, before)["PhysicalResourceId"]
    stop(stack, aws, name, before)
    assert stack.update(TYPE, name, before, after)["Status"] == "SUCCESS"
    ask(stack, "Start", name, after)
    aws.wait(seconds)
    begun(stack, name, after, before)
    aws.wait(3600)

    [target] = aws.targets.values()
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    assert marks(aws) == {}


@pytest.mark.parametrize("verbs", [("Stop",), ("Stop", "Start"), ("Start",)])
@pytest.mark.parametrize("seconds", [0, 15, 300])
def test_schedules_that_fire_for_an_endpoint_of_a_failed_deployment_leave_nothing_of_it(
    aws, verbs, seconds
):
    stack = CloudFormation(aws, STACK_ID)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: STOPS)])
    name = stack.live["Endpoint"].physical_id

    def fire():
        new = stack.live["Endpoint"].physical_id
        for verb in verbs:
            run = task(stack.stack, verb, new, SERVERLESS, logical_id="Endpoint")
            stack.stack.deliver(run)
            aws.wait(seconds)

    stack.before_rollback = fire
    nobody = {"ProductionVariants": [OLD["ProductionVariants"][0] | {"ModelName": "nobody"}]}

    assert not stack.deploy(
        [
            Resource("Endpoint", TYPE, lambda _: SERVERLESS),
            Resource("Broken", TYPE, lambda _: nobody, depends_on=("Endpoint",)),
        ]
    )
    aws.wait(3600)

    assert list(aws.endpoints) == [name]
    assert list(aws.configs) == [config_of(aws, name)]
