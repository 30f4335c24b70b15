"""Numbers of instances: changed in place where the template changes them, else left alone."""

import pytest

from .cloudformation import Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import NEW, OLD, config_of, endpoint, scaled
from .failing import broken_after, deployed
from .fake_aws import PLACE

MODELS = ("churn-1", "churn-2")


def sized(count, model="churn-1", **more):
    properties = endpoint(model, **more)
    properties["ProductionVariants"][0]["InitialInstanceCount"] = count
    return properties


def two(first, second, model="churn-1", weights=(1, 1), **more):
    shared = {"InstanceType": "ml.m5.large", "ModelName": model}
    named = zip(("one", "other"), (first, second), weights, strict=True)
    variants = [
        {
            **shared,
            "VariantName": name,
            "InitialInstanceCount": count,
            "InitialVariantWeight": weight,
        }
        for name, count, weight in named
    ]
    return {"ProductionVariants": variants, "BaseName": "churn", **more}


def counts(aws, name):
    return tuple(aws.counts_of(name).values())


def scale_by_hand(aws, name, **wanted):
    aws.endpoints[name]["Counts"] = wanted


@pytest.fixture
def name(stack):
    return stack.create(TYPE, OLD)["PhysicalResourceId"]


def test_another_count_alone_makes_no_configuration_and_no_new_fleet(stack, aws, name):
    before = config_of(aws, name)

    answer = stack.update(TYPE, name, OLD, sized(3))

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["EndpointConfigName"] == config_of(aws, name) == before
    assert counts(aws, name) == (3,)
    assert aws.calls["create_endpoint_config"] == 1
    assert aws.calls["update_endpoint"] == 0


def test_a_rollback_sets_the_former_count_again(stack, aws, name):
    stack.update(TYPE, name, OLD, sized(3))

    stack.update(TYPE, name, sized(3), OLD)

    assert counts(aws, name) == (1,)
    assert aws.calls["update_endpoint"] == 0


@pytest.mark.parametrize("new", [NEW, OLD | {"Tags": [{"Key": "a", "Value": "1"}]}])
def test_a_count_that_somebody_has_set_outlasts_a_deployment_of_something_else(
    stack, aws, name, new
):
    scale_by_hand(aws, name, AllTraffic=5)

    stack.update(TYPE, name, OLD, new)

    assert counts(aws, name) == (5,)


def test_another_model_and_another_count_come_in_one_move(stack, aws, name):
    scale_by_hand(aws, name, AllTraffic=5)

    stack.update(TYPE, name, OLD, sized(3, "churn-2"))

    assert counts(aws, name) == (3,)
    assert aws.calls["update_endpoint"] == 1
    assert aws.calls["update_endpoint_weights_and_capacities"] == 0


def test_a_move_that_changes_one_count_keeps_the_live_one_of_the_other_variant(stack, aws):
    name = stack.create(TYPE, two(1, 1))["PhysicalResourceId"]
    scale_by_hand(aws, name, other=6)

    stack.update(TYPE, name, two(1, 1), two(3, 1, "churn-2"))

    assert counts(aws, name) == (3, 6)
    assert aws.calls["update_endpoint"] == 1
    assert aws.calls["update_endpoint_weights_and_capacities"] == 0


def test_several_counts_and_weights_are_set_one_after_the_other(stack, aws):
    name = stack.create(TYPE, two(1, 1))["PhysicalResourceId"]

    stack.update(TYPE, name, two(1, 1), two(2, 4, weights=(9, 1)))

    assert counts(aws, name) == (2, 4)
    assert tuple(aws.weights_of(name).values()) == (9.0, 1.0)
    assert aws.calls["update_endpoint"] == 0


@pytest.mark.parametrize("more", [{"Wait": False}, {"MoreLinks": True}])
def test_several_counts_are_all_set_where_nobody_waits(stack, aws, more):
    name = stack.create(TYPE, two(1, 1, **more))["PhysicalResourceId"]
    aws.wait(4 * 3600)
    aws.endpoint_seconds = 2 * 3600

    stack.update(TYPE, name, two(1, 1, **more), two(2, 4, weights=(9, 1), **more))
    aws.wait(12 * 3600)

    assert counts(aws, name) == (2, 4)
    assert tuple(aws.weights_of(name).values()) == (9.0, 1.0)


def test_a_move_that_keeps_counts_takes_the_weights_of_the_template(stack, aws):
    name = stack.create(TYPE, two(1, 1))["PhysicalResourceId"]
    scale_by_hand(aws, name, other=6)

    stack.update(TYPE, name, two(1, 1), two(1, 1, "churn-2", weights=(9, 1)))

    assert counts(aws, name) == (1, 6)
    assert tuple(aws.weights_of(name).values()) == (9.0, 1.0)
    assert aws.calls["update_endpoint_weights_and_capacities"] == 0


def test_the_count_of_a_scaled_variant_is_left_to_scaling(stack, aws):
    name = stack.create(TYPE, scaled(OLD))["PhysicalResourceId"]
    scale_by_hand(aws, name, AllTraffic=4)

    stack.update(TYPE, name, scaled(OLD), scaled(sized(2)))
    assert counts(aws, name) == (4,)

    stack.update(TYPE, name, scaled(sized(2)), scaled(sized(2, "churn-2")))
    assert counts(aws, name) == (4,)
    assert aws.calls["update_endpoint_weights_and_capacities"] == 0


def test_scaling_that_is_removed_leaves_the_count_of_the_template(stack, aws):
    name = stack.create(TYPE, scaled(OLD))["PhysicalResourceId"]
    scale_by_hand(aws, name, AllTraffic=4)

    stack.update(TYPE, name, scaled(OLD), OLD)

    assert counts(aws, name) == (1,)
    assert aws.targets == {}


def test_a_count_that_sagemaker_does_not_take_fails_the_deployment(stack, aws, name):
    aws.forgets_counts = True

    answer = stack.update(TYPE, name, OLD, sized(3))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        f"endpoint {name!r} did not take 3 instances of variant 'AllTraffic'"
    )


def test_a_quota_that_is_full_for_a_moment_is_waited_for(stack, aws, name):
    words = "'ml.m5.large for endpoint usage' is 4 Instances, with a request delta of 2 Instances"
    operation = "update_endpoint_weights_and_capacities"
    aws.fail(operation, "ResourceLimitExceeded", words, times=3)

    assert stack.update(TYPE, name, OLD, sized(3))["Status"] == "SUCCESS"
    assert counts(aws, name) == (3,)


@pytest.mark.parametrize("new", [sized(3), sized(3, "churn-2")])
def test_a_stack_that_goes_back_has_its_former_count(aws, new):
    stack, name = deployed(aws, OLD)

    assert not stack.deploy(broken_after(new))

    assert counts(aws, name) == (1,)


def test_a_stack_that_goes_back_keeps_a_count_that_it_did_not_change(aws):
    stack, name = deployed(aws, OLD)
    scale_by_hand(aws, name, AllTraffic=5)

    assert not stack.deploy(broken_after(NEW))

    assert counts(aws, name) == (5,)


@pytest.mark.parametrize("new", [sized(3, "churn-2"), scaled(NEW)])
def test_a_rollback_of_what_never_came_about_leaves_the_live_count_alone(aws, new):
    stack, name = deployed(aws, OLD)
    scale_by_hand(aws, name, AllTraffic=5)
    aws.update_end = "RolledBack"

    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: new)])

    assert counts(aws, name) == (5,)


def test_a_rollback_does_not_fail_by_a_count_that_sagemaker_does_not_take(aws):
    stack, name = deployed(aws, OLD)
    stack.before_rollback = lambda: setattr(aws, "forgets_counts", True)

    assert not stack.deploy(broken_after(sized(3)))

    assert counts(aws, name) == (3,)


def test_a_rollback_that_failed_and_is_repeated_has_the_count_that_was_set_in_place(aws):
    stack, name = deployed(aws, OLD)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: sized(3))])
    aws.update_end = "UpdateRollbackFailed"
    stack.before_rollback = lambda: setattr(aws, "update_end", "InService")

    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: sized(3, "churn-2"))])

    assert counts(aws, name) == (3,)


@pytest.mark.parametrize(("count", "expected"), [(3, 3), (4, 4)])
def test_a_move_back_to_a_configuration_of_an_earlier_count_loses_no_instances(
    stack, aws, name, count, expected
):
    stack.update(TYPE, name, OLD, sized(3))
    by_hand = aws.configs[config_of(aws, name)]["ProductionVariants"][0]
    variants = [by_hand | {"InitialInstanceCount": 3}]
    aws.call("create_endpoint_config", EndpointConfigName="hand", ProductionVariants=variants)
    aws.call("update_endpoint", EndpointName=name, EndpointConfigName="hand")
    aws.wait(3600)

    stack.update(TYPE, name, sized(3), sized(count) | {"Tags": [{"Key": "a", "Value": "1"}]})

    assert counts(aws, name) == (expected,)
    assert aws.endpoints[name]["LastUpdate"]["RetainAllVariantProperties"] is True


def test_an_endpoint_that_is_made_again_begins_with_the_count_of_the_template(stack, aws, name):
    stack.update(TYPE, name, OLD, sized(3))
    aws.endpoints.clear()

    stack.update(TYPE, name, sized(3), sized(3) | {"Tags": [{"Key": "a", "Value": "1"}]})

    assert counts(aws, name) == (3,)


def test_a_count_asked_for_twice_is_changed_once(stack, aws, name):
    event = stack.event("Update", TYPE, sized(3), PhysicalResourceId=name)
    event |= {"OldResourceProperties": stack.event("Update", TYPE, OLD)["ResourceProperties"]}
    for _ in range(3):
        stack.deliver(event)
    stack.run()

    assert counts(aws, name) == (3,)
    assert aws.calls["update_endpoint_weights_and_capacities"] == 1


def test_the_count_of_a_shadow_is_part_of_its_configuration(stack, aws):
    def shaded(count):
        [variant] = OLD["ProductionVariants"]
        shadow = variant | {"VariantName": "shade", "InitialInstanceCount": count}
        return OLD | {"ShadowProductionVariants": [shadow]}

    name = stack.create(TYPE, shaded(1))["PhysicalResourceId"]

    stack.update(TYPE, name, shaded(1), shaded(2))

    config = aws.configs[config_of(aws, name)]
    assert config["ShadowProductionVariants"][0]["InitialInstanceCount"] == 2


def test_a_count_that_a_failed_update_never_set_is_set_by_the_next_one(stack, aws, name):
    aws.update_end = "RolledBack"
    failed = stack.update(TYPE, name, OLD, sized(3, "churn-2"))
    aws.update_end = "InService"

    answer = stack.update(TYPE, name, sized(3, "churn-2"), sized(3, "churn-2"))

    assert (failed["Status"], answer["Status"]) == ("FAILED", "SUCCESS")
    assert counts(aws, name) == (3,)


@pytest.mark.parametrize("model", ["churn-1", "churn-2"])
def test_a_count_that_came_about_late_belongs_to_whoever_scales(stack, aws, name, model):
    aws.forgets_counts = True
    failed = stack.update(TYPE, name, OLD, sized(3))
    aws.forgets_counts = False

    answer = stack.update(TYPE, name, sized(3), sized(3, model))
    seen = counts(aws, name)
    scale_by_hand(aws, name, AllTraffic=5)
    stack.update(
        TYPE, name, sized(3, model), sized(3, "churn-2", Tags=[{"Key": "a", "Value": "1"}])
    )

    assert (failed["Status"], answer["Status"], seen) == ("FAILED", "SUCCESS", (3,))
    assert counts(aws, name) == (5,)
    assert "cdk-automlv2:counts" not in aws.tags[f"{PLACE}:endpoint/{name}"]


def test_a_count_that_nobody_waited_for_and_that_never_came_is_set_by_the_next_update(stack, aws):
    old, new = sized(1, Wait=False), sized(3, "churn-2", Wait=False)
    name = stack.create(TYPE, old)["PhysicalResourceId"]
    aws.wait(3600)
    aws.update_end = "RolledBack"
    stack.update(TYPE, name, old, new)
    aws.wait(3600)
    aws.update_end = "InService"

    stack.update(TYPE, name, new, new | {"Tags": [{"Key": "a", "Value": "1"}]})
    aws.wait(3600)

    assert counts(aws, name) == (3,)
    assert "cdk-automlv2:counts" not in aws.tags[f"{PLACE}:endpoint/{name}"]


def test_an_update_given_up_before_it_began_is_made_up_for_when_it_comes_again(stack, aws, name):
    answer = stack.update(TYPE, name, sized(3), sized(3))

    assert answer["Status"] == "SUCCESS"
    assert counts(aws, name) == (3,)
