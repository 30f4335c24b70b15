"""Scaling is what the template says, whatever becomes of an endpoint: no more, and no less."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import COUNT, MODELS, NEW, OLD, endpoint, scaled
from .events import ENDPOINT_TYPE as TYPE
from .services.errors import client_error
from .stack import STACK_ID, Stack

__all__ = ["MODELS"]

BACKLOG = {
    "PolicyName": "cdk-automlv2-first-instance",
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        "Cooldown": 300,
    },
    "Alarm": {
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{"Name": "EndpointName"}],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    },
}
NIGHT = {
    "ScheduledActionName": "cdk-automlv2-Night",
    "Schedule": "cron(0 20 * * ? *)",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1},
}


def of_type(properties, instance_type):
    [variant] = properties["ProductionVariants"]
    return properties | {"ProductionVariants": [variant | {"InstanceType": instance_type}]}


SMALL, LARGE = scaled(OLD), scaled(of_type(OLD, "ml.m5.xlarge"))


def capacities(aws, name):
    target = aws.targets.get((f"endpoint/{name}/variant/AllTraffic", COUNT))
    return target and (target["MinCapacity"], target["MaxCapacity"])


def policies(aws, name):
    return aws.policies[f"endpoint/{name}/variant/AllTraffic", COUNT]


@pytest.fixture
def name(stack):
    return stack.create(TYPE, SMALL)["PhysicalResourceId"]


def test_an_endpoint_is_scaled_once_it_is_in_service(aws, name):
    assert capacities(aws, name) == (1, 4)
    assert set(policies(aws, name)) == {"cdk-automlv2-invocations"}


def test_a_metric_gets_the_name_that_the_template_could_not_know(stack, aws):
    tracking = {
        "TargetValue": 5,
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{"Name": "EndpointName"}],
            "Statistic": "Average",
        },
    }
    policy = {
        "PolicyName": "cdk-automlv2-backlog",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    name = stack.create(TYPE, scaled(OLD, 0, Policies=[policy, BACKLOG]))["PhysicalResourceId"]

    put = policies(aws, name)["cdk-automlv2-backlog"]["TargetTrackingScalingPolicyConfiguration"]
    here = [{"Name": "EndpointName", "Value": name}]
    assert put["CustomizedMetricSpecification"]["Dimensions"] == here
    [alarm] = aws.scaling_alarms.values()
    assert alarm["Dimensions"] == here
    assert alarm["AlarmActions"][0].endswith("policyName/cdk-automlv2-first-instance")


def test_other_instances_take_the_scaling_along(stack, aws, name):
    answer = stack.update(TYPE, name, SMALL, LARGE)

    assert answer["Status"] == "SUCCESS"
    assert capacities(aws, name) == (1, 4)
    assert aws.calls["deregister_scalable_target"] == 1


def test_a_move_to_other_instances_that_sagemaker_takes_back_is_scaled_after_the_rollback(
    stack, aws, name
):
    aws.update_end = "RolledBack"
    assert stack.update(TYPE, name, SMALL, LARGE)["Status"] == "FAILED"

    stack.update(TYPE, name, LARGE, SMALL)

    assert capacities(aws, name) == (1, 4)


def test_a_move_to_other_instances_that_is_refused_is_scaled_after_the_rollback(stack, aws, name):
    aws.fail("update_endpoint", "ValidationException", "no such capacity")
    assert stack.update(TYPE, name, SMALL, LARGE)["Status"] == "FAILED"

    stack.update(TYPE, name, LARGE, SMALL)

    assert capacities(aws, name) == (1, 4)


def test_another_model_leaves_the_scaling_and_the_live_count_alone(stack, aws, name):
    stack.update(TYPE, name, SMALL, scaled(NEW))

    assert aws.endpoints[name]["LastUpdate"]["RetainAllVariantProperties"] is True
    assert aws.calls["register_scalable_target"] == 1
    assert aws.calls["put_scaling_policy"] == 1


def test_whoever_changes_the_first_count_of_a_scaled_variant_is_told_that_it_does_nothing(
    stack, name
):
    [variant] = OLD["ProductionVariants"]
    three = scaled(OLD | {"ProductionVariants": [variant | {"InitialInstanceCount": 3}]})

    answer = stack.update(TYPE, name, SMALL, three)

    assert answer["Reason"] == (
        "the live number of instances of AllTraffic was kept, as it is scaled: "
        "initial_instance_count is used only when an endpoint is created"
    )


def test_an_endpoint_that_is_not_scaled_takes_the_counts_of_the_template(stack, aws):
    name = stack.create(TYPE, OLD)["PhysicalResourceId"]

    stack.update(TYPE, name, OLD, NEW)

    assert "RetainAllVariantProperties" not in aws.endpoints[name]["LastUpdate"]
    assert aws.calls["describe_scalable_targets"] == 0


def test_other_capacities_alone_do_not_move_the_endpoint(stack, aws, name):
    stack.update(TYPE, name, SMALL, scaled(OLD, 2, 8))

    assert capacities(aws, name) == (2, 8)
    assert aws.calls["update_endpoint"] == 0


def test_capacities_that_a_schedule_has_set_outlast_a_deployment_of_something_else(
    stack, aws, name
):
    aws.targets[f"endpoint/{name}/variant/AllTraffic", COUNT] |= {"MinCapacity": 0}

    stack.update(TYPE, name, SMALL, SMALL | {"Tags": [{"Key": "a", "Value": "1"}]})

    assert capacities(aws, name) == (0, 4)


def test_policies_and_actions_that_the_template_has_no_more_go(stack, aws):
    both = scaled(OLD, Policies=[BACKLOG], Schedules=[NIGHT])
    name = stack.create(TYPE, both)["PhysicalResourceId"]
    key = f"endpoint/{name}/variant/AllTraffic", COUNT
    aws.policies[key]["by-hand"] = {"PolicyName": "by-hand"}

    stack.update(TYPE, name, both, scaled(OLD))

    assert set(aws.policies[key]) == {"cdk-automlv2-invocations", "by-hand"}
    assert aws.actions[key] == {}
    assert aws.scaling_alarms == {}


def test_an_endpoint_that_is_to_be_scaled_no_more_is_not(stack, aws, name):
    stack.update(TYPE, name, SMALL, OLD)

    assert aws.targets == {}


def test_scaling_that_somebody_has_taken_away_comes_back_with_the_next_deployment(stack, aws, name):
    aws.forget_scaling(name)

    stack.update(TYPE, name, SMALL, scaled(NEW))

    assert capacities(aws, name) == (1, 4)


def test_scaling_of_somebody_else_is_refused_and_left_alone(stack, aws):
    name = stack.create(TYPE, OLD)["PhysicalResourceId"]
    place = {"ResourceId": f"endpoint/{name}/variant/AllTraffic", "ScalableDimension": COUNT}
    client = aws.client("application-autoscaling")
    client.register_scalable_target(**place, MinCapacity=3, MaxCapacity=3)

    answer = stack.update(TYPE, name, OLD, SMALL)

    assert answer["Reason"] == (
        f"variant 'AllTraffic' of endpoint {name!r} is scaled by someone else; remove that "
        "scalable target, or leave auto_scale_… out"
    )
    stack.update(TYPE, name, SMALL, OLD)
    assert capacities(aws, name) == (3, 3)


def test_nothing_of_the_scaling_is_left_of_a_deleted_endpoint(stack, aws):
    whole = scaled(OLD, Policies=[BACKLOG], Schedules=[NIGHT])
    name = stack.create(TYPE, whole)["PhysicalResourceId"]

    stack.delete(TYPE, name, whole)

    assert aws.targets == {}
    assert aws.scaling_alarms == {}


def test_no_alarm_is_left_of_an_endpoint_that_somebody_deletes(stack, aws):
    whole = scaled(OLD, Policies=[BACKLOG])
    name = stack.create(TYPE, whole)["PhysicalResourceId"]
    aws.client("sagemaker").delete_endpoint(EndpointName=name)
    aws.wait(600)

    stack.delete(TYPE, name, whole)

    assert aws.scaling_alarms == {}


def test_a_creation_whose_scaling_is_refused_leaves_nothing(stack, aws):
    aws.fail("put_scaling_policy", "ValidationException", "the target is too small")

    answer = stack.create(TYPE, SMALL)

    assert "the target is too small" in answer["Reason"]
    assert not aws.endpoints
    assert aws.targets == {}


def test_a_target_that_is_not_seen_at_once_is_waited_for(stack, aws):
    words = "No scalable target registered for the resource"
    aws.fail("put_scaling_policy", "ObjectNotFoundException", words, times=3)

    assert stack.create(TYPE, SMALL)["Status"] == "SUCCESS"


def test_tags_that_show_late_are_not_taken_for_somebody_elses(stack, aws):
    aws.lags.tags = 40
    name = stack.create(TYPE, SMALL)["PhysicalResourceId"]

    assert stack.update(TYPE, name, SMALL, scaled(OLD, 2))["Status"] == "SUCCESS"
    assert capacities(aws, name) == (2, 4)


def test_an_action_whose_moment_has_passed_does_not_stop_a_rollback(stack, aws):
    once = NIGHT | {"Schedule": "at(2020-01-01T00:00:00)"}
    aws.fail("put_scheduled_action", "ValidationException", "the schedule is in the past")

    assert stack.create(TYPE, scaled(OLD, Schedules=[once]))["Status"] == "SUCCESS"


@pytest.mark.parametrize("more", [{"Wait": False}, {"MoreLinks": True}])
def test_an_endpoint_that_is_not_waited_for_is_scaled_once_it_is_in_service(stack, aws, more):
    aws.endpoint_seconds = 2 * 3600

    name = stack.create(TYPE, SMALL | more)["PhysicalResourceId"]
    aws.wait(4 * 3600)

    assert capacities(aws, name) == (1, 4)


def trouble(aws, name):
    return aws.tags[aws.endpoints[name]["EndpointArn"]].get("cdk-automlv2:trouble", "")


def test_scaling_that_fails_after_a_deployment_is_told_by_a_tag_until_it_goes_well(stack, aws):
    quick = SMALL | {"Wait": False}
    name = stack.create(TYPE, OLD | {"Wait": False})["PhysicalResourceId"]
    aws.wait(3600)
    aws.fail("put_scaling_policy", "ValidationException", "the target is too small")
    changed = scaled(NEW) | {"Wait": False}

    assert stack.update(TYPE, name, OLD | {"Wait": False}, changed)["Status"] == "SUCCESS"
    aws.wait(3600)

    assert trouble(aws, name).endswith("the target is too small")
    assert len(aws.configs) == 1

    stack.update(TYPE, name, changed, quick)
    aws.wait(3600)
    stack.update(TYPE, name, quick, quick | {"Tags": [{"Key": "a", "Value": "1"}]})
    assert trouble(aws, name) == ""
    assert capacities(aws, name) == (1, 4)


def test_what_comes_afterwards_does_not_undo_a_later_deployment(stack, aws):
    quick = SMALL | {"Wait": False}
    name = stack.create(TYPE, quick)["PhysicalResourceId"]
    later = scaled(NEW, 2, 9) | {"Wait": False}
    stack.update(TYPE, name, quick, later)
    aws.wait(4 * 3600)

    assert capacities(aws, name) == (2, 9)


def test_two_stacks_with_the_same_endpoint_have_a_scaling_each(aws):
    stacks = [Stack(aws, STACK_ID.replace("Shop", name)) for name in ("Shop", "Serve")]
    names = [stack.create(TYPE, SMALL)["PhysicalResourceId"] for stack in stacks]

    stacks[0].delete(TYPE, names[0], SMALL)

    assert [capacities(aws, name) for name in names] == [None, (1, 4)]


def test_a_stack_that_goes_back_from_its_scaling_has_none(aws):
    stack = CloudFormation(aws, STACK_ID)
    one = Resource("Endpoint", TYPE, lambda _: OLD)
    assert stack.deploy([one])
    aws.update_end = "RolledBack"

    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: scaled(NEW))])

    assert aws.targets == {}


def test_a_stack_that_goes_back_to_its_instances_is_scaled_as_before(aws):
    stack = CloudFormation(aws, STACK_ID)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: SMALL)])
    name = stack.live["Endpoint"].physical_id
    aws.update_end = "RolledBack"

    changed = scaled(of_type(OLD, "ml.m5.xlarge"), 3, 9)
    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: changed)])

    assert capacities(aws, name) == (1, 4)


def test_a_variant_that_goes_is_not_scaled_any_more(stack, aws):
    two = endpoint()
    other = {**two["ProductionVariants"][0], "VariantName": "other"}
    both = scaled(two | {"ProductionVariants": [*two["ProductionVariants"], other]})
    place = both["Scaling"][0] | {"VariantName": "other"}
    both["Scaling"] = [both["Scaling"][0], place]
    name = stack.create(TYPE, both)["PhysicalResourceId"]
    assert aws.scaled_variants(name) == {"AllTraffic", "other"}

    answer = stack.update(TYPE, name, both, SMALL)

    assert answer["Status"] == "SUCCESS"
    assert aws.scaled_variants(name) == {"AllTraffic"}


def test_a_target_that_goes_while_it_is_taken_away_stops_no_deletion(stack, aws, name):
    def denied(**_):
        aws.forget_scaling(name)
        raise client_error("DeregisterScalableTarget", "AccessDeniedException", "not authorized")

    aws._deregister_scalable_target = denied

    assert stack.delete(TYPE, name, SMALL)["Status"] == "SUCCESS"


def test_a_right_that_is_missing_is_told_when_the_scaling_is_to_end(stack, aws, name):
    aws.fail("deregister_scalable_target", "AccessDeniedException", "not authorized", times=9)

    answer = stack.update(TYPE, name, SMALL, OLD)

    assert "DeregisterScalableTarget" in answer["Reason"]
