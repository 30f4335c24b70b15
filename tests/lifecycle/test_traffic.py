"""Weights of several variants: changed in place, in the same configuration, and back."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import config_of
from .stack import STACK_ID

MODELS = ("champion-1", "challenger-1", "challenger-2")


def shared(*weights, **more):
    variants = [
        {
            "VariantName": model.partition("-")[0],
            "ModelName": model,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
            "InitialVariantWeight": weight,
        }
        for model, weight in zip(MODELS, weights, strict=False)
    ]
    return {"ProductionVariants": variants, "BaseName": "churn", **more}


def weights(aws, name):
    return tuple(aws.weights_of(name).values())


@pytest.fixture
def name(stack):
    return stack.create(TYPE, shared(9, 1))["PhysicalResourceId"]


def test_other_weights_alone_make_no_configuration_and_no_new_fleet(stack, aws, name):
    before = config_of(aws, name)

    answer = stack.update(TYPE, name, shared(9, 1), shared(5, 5))

    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["EndpointConfigName"] == config_of(aws, name) == before
    assert weights(aws, name) == (5.0, 5.0)
    assert aws.calls["create_endpoint_config"] == 1
    assert aws.calls["update_endpoint"] == 0


def test_a_rollback_sets_the_former_weights_again(stack, aws, name):
    stack.update(TYPE, name, shared(9, 1), shared(0, 1))

    stack.update(TYPE, name, shared(0, 1), shared(9, 1))

    assert weights(aws, name) == (9.0, 1.0)
    assert aws.calls["update_endpoint"] == 0


def test_equal_weights_are_not_set_again(stack, aws, name):
    stack.update(TYPE, name, shared(9, 1), shared(9, 1, Tags=[{"Key": "a", "Value": "1"}]))

    assert aws.calls["update_endpoint_weights_and_capacities"] == 0


def test_another_model_and_other_weights_come_in_one_move(stack, aws, name):
    new = shared(1, 3)
    new["ProductionVariants"][1]["ModelName"] = "challenger-2"

    stack.update(TYPE, name, shared(9, 1), new)

    assert weights(aws, name) == (1.0, 3.0)
    assert aws.calls["update_endpoint"] == 1
    assert aws.calls["update_endpoint_weights_and_capacities"] == 0


def test_weights_that_somebody_has_set_are_kept_where_that_was_asked_for(stack, aws, name):
    keeping = shared(9, 1, RetainAllVariantProperties=True)
    aws.endpoints[name]["Weights"] = {"champion": 2.0, "challenger": 2.0}

    stack.update(TYPE, name, keeping, {**keeping, "Tags": [{"Key": "a", "Value": "1"}]})
    assert weights(aws, name) == (2.0, 2.0)

    changed = shared(7, 3, RetainAllVariantProperties=True)
    stack.update(TYPE, name, keeping, changed)
    assert weights(aws, name) == (7.0, 3.0)


def test_weights_that_somebody_has_set_give_way_to_those_of_the_template(stack, aws, name):
    aws.endpoints[name]["Weights"] = {"champion": 2.0, "challenger": 2.0}

    stack.update(TYPE, name, shared(9, 1), shared(9, 1, Tags=[{"Key": "a", "Value": "1"}]))

    assert weights(aws, name) == (9.0, 1.0)


def test_weights_that_sagemaker_does_not_take_fail_the_deployment(stack, aws, name):
    aws.forgets_weights = True

    answer = stack.update(TYPE, name, shared(9, 1), shared(5, 5))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == f"endpoint {name!r} did not take the weights of its variants"


def test_a_rollback_does_not_fail_by_weights_that_sagemaker_does_not_take(aws):
    stack = CloudFormation(aws, STACK_ID)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: shared(9, 1))])
    name = stack.live["Endpoint"].physical_id
    nobody = shared() | {"EndpointName": "other"}
    stack.before_rollback = lambda: setattr(aws, "forgets_weights", True)

    assert not stack.deploy(
        [
            Resource("Endpoint", TYPE, lambda _: shared(5, 5)),
            Resource("Broken", TYPE, lambda _: nobody, depends_on=("Endpoint",)),
        ]
    )

    assert weights(aws, name) == (5.0, 5.0)


def test_the_weight_of_the_only_variant_is_part_of_its_configuration(stack, aws):
    def alone(weight):
        properties = shared(weight, 1)
        del properties["ProductionVariants"][1]
        return properties

    name = stack.create(TYPE, alone(1))["PhysicalResourceId"]
    before = config_of(aws, name)

    stack.update(TYPE, name, alone(1), alone(2))

    assert config_of(aws, name) != before
    assert aws.calls["update_endpoint_weights_and_capacities"] == 0
