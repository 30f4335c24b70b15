"""A model stays as long as an endpoint may need it; a name the user gave is never other content."""

import pytest
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context
from automlv2_handlers.resources.served_models import Use, use_of

from .cloudformation import CloudFormation, Resource
from .events import JOB, MODEL, endpoint, job_and_wait
from .events import MODEL_TYPE as TYPE
from .fake_aws import PLACE, FakeAws, candidate
from .moving import moved, served
from .stack import STACK_ID, Stack


@pytest.fixture
def model(stack, aws):
    job = stack.create("AutoMLJobV2", JOB, LogicalResourceId="Job")["PhysicalResourceId"]
    aws.now += 3600
    return MODEL | {"AutoMLJobName": job}


def test_a_model_that_is_served_after_a_move_was_rolled_back_stays(model):
    aws = FakeAws()
    stack = Stack(aws)
    job = stack.create("AutoMLJobV2", JOB, LogicalResourceId="Job")["PhysicalResourceId"]
    aws.now += 3600
    old, _, _ = moved(stack, aws, MODEL | {"AutoMLJobName": job}, to_end="RolledBack")
    aws.wait(3600)

    assert stack.delete(TYPE, old, MODEL | {"AutoMLJobName": job})["Status"] == "SUCCESS"

    assert old in aws.models
    assert aws.misdeeds == []


def test_a_model_of_another_stack_s_endpoint_stays(stack, aws, model):
    name = stack.create(TYPE, model)["PhysicalResourceId"]
    other = Stack(aws, "arn:aws:cloudformation:eu-west-1:111122223333:stack/Serve/1")
    other.create("AutoMLEndpoint", endpoint(name, NameScope="vwxyz"))

    event = stack.event("Delete", TYPE, model, PhysicalResourceId=name)
    stack.deliver(event)
    stack.run()

    assert stack.answer(event)["Status"] == "SUCCESS"
    assert name in aws.models
    stack.answer(event)["Status"] = "FAILED"  # It is kept on purpose, so that it has an owner.


def test_a_shadow_s_model_stays_too(stack, aws, model):
    production = stack.create(TYPE, model)["PhysicalResourceId"]
    shadow = stack.create(TYPE, model, LogicalResourceId="Shadow")["PhysicalResourceId"]
    variant = endpoint(shadow)["ProductionVariants"][0] | {"VariantName": "Shadow"}
    properties = endpoint(production) | {"ShadowProductionVariants": [variant]}
    stack.create("AutoMLEndpoint", properties, LogicalResourceId="Shop")
    event = stack.event("Delete", TYPE, model, PhysicalResourceId=shadow)
    event["LogicalResourceId"] = "Shadow"

    stack.deliver(event)
    stack.run()

    assert shadow in aws.models
    stack.answer(event)["Status"] = "FAILED"


@pytest.mark.parametrize("models", ["aab", "abc", "abcdefghij"])
def test_each_of_many_models_of_an_endpoint_is_known_to_be_served(stack, aws, models):
    aws.has_models(*set(models))
    variant = endpoint("a")["ProductionVariants"][0]
    variants = [
        variant | {"ModelName": name, "VariantName": f"v{number}"}
        for number, name in enumerate(models)
    ]
    stack.create("AutoMLEndpoint", endpoint("a") | {"ProductionVariants": variants})
    event = LifecycleEvent.from_raw(stack.event("Delete", TYPE, {}))

    uses = {name: use_of(event, name, Context(aws, {}, 0, aws.now))[0] for name in models}

    assert set(uses.values()) == {Use.SERVED}


def test_delete_after_the_endpoint_is_gone_needs_no_wait(stack, aws, model):
    name, properties, shop = served(stack, aws, model)
    stack.send(
        stack.event(
            "Delete",
            "AutoMLEndpoint",
            properties,
            LogicalResourceId="Shop",
            PhysicalResourceId=shop,
        )
    )
    began = aws.now

    stack.delete(TYPE, name, model)

    assert not aws.models
    assert aws.now == began


def test_other_content_under_a_name_the_user_gave_fails_and_names_both(stack, aws, model):
    given = model | {"ModelName": "prod"}
    stack.create(TYPE, given)
    other = given | {"CandidateName": "second"}

    answer = stack.update(TYPE, "prod", given, other)

    assert answer["Status"] == "FAILED"
    assert f"'prod' is of job {model['AutoMLJobName']} candidate best content" in answer["Reason"]
    assert f"wanted is job {model['AutoMLJobName']} candidate second" in answer["Reason"]
    assert "leave the name out" in answer["Reason"]
    assert stack.update(TYPE, "prod", other, given)["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "change",
    [
        {"EnableNetworkIsolation": True},
        {"InferenceResponseKeys": ["probability"]},
        {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}},
        {"ExecutionRoleArn": "arn:aws:iam::111122223333:role/other"},
        {"ProcessingUnit": "GPU"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_anything_under_a_name_the_user_gave_fails(stack, aws, model, change):
    given = model | {"ModelName": "prod"}
    stack.create(TYPE, given)

    assert stack.update(TYPE, "prod", given, given | change)["Status"] == "FAILED"
    assert stack.create(TYPE, given | change)["Status"] == "FAILED"


def test_tags_of_a_model_with_a_name_the_user_gave_change_in_place(stack, aws, model):
    given = model | {"ModelName": "prod"}
    stack.create(TYPE, given)
    tagged = given | {"Tags": [{"Key": "team", "Value": "ml"}]}

    assert stack.update(TYPE, "prod", given, tagged)["Status"] == "SUCCESS"
    assert aws.tags[f"{PLACE}:model/prod"]["team"] == "ml"


def test_a_retraining_under_a_model_name_the_user_gave_fails_and_rolls_back(aws):
    def template(revision):
        def model(outputs):
            name = outputs["Wait"]["AutoMLJobName"]
            return MODEL | {"AutoMLJobName": name, "ModelName": "prod"}

        return [*job_and_wait({"Revision": revision}), Resource("Model", TYPE, model)]

    cloudformation = CloudFormation(aws, STACK_ID)
    assert cloudformation.deploy(template("1"))
    aws.wait(7200)
    aws.best_candidate = candidate("better")

    assert not cloudformation.deploy(template("2"))
    assert set(aws.models) == {"prod"}


def test_a_name_that_another_resource_has_names_that_resource(stack, aws, model):
    given = model | {"ModelName": "prod"}
    stack.create(TYPE, given, LogicalResourceId="Other")

    answer = stack.create(TYPE, given)

    assert answer["Reason"] == "model name 'prod' is taken by a model of Shop/Other"


def test_tags_that_show_late_do_not_make_a_model_someone_else_s(stack, aws, model):
    stack.create(TYPE, model)
    aws.shows_late("list_tags")

    assert stack.create(TYPE, model)["Status"] == "SUCCESS"


def test_tags_that_show_late_do_not_let_a_delete_leave_a_model(stack, aws, model):
    name = stack.create(TYPE, model)["PhysicalResourceId"]
    aws.shows_late("list_tags")

    stack.delete(TYPE, name, model)

    assert not aws.models


def test_artifacts_that_are_gone_name_the_remedy(stack, aws, model):
    aws.fail(
        "create_model",
        "ValidationException",
        "Could not find model data at s3://out/model.tar.gz.",
    )

    assert 'set revision="..." on the job' in stack.create(TYPE, model)["Reason"]


@pytest.mark.parametrize("properties", [{}, {"ModelName": None}, {"VpcConfig": "x"}, {"Tags": 1}])
def test_delete_needs_no_properties(stack, aws, model, properties):
    name = stack.create(TYPE, model)["PhysicalResourceId"]

    assert stack.delete(TYPE, name, properties)["Status"] == "SUCCESS"
    assert not aws.models


def test_a_model_that_others_tag_keeps_their_tags(stack, aws, model):
    tagged = model | {"Tags": [{"Key": "team", "Value": "ml"}]}
    name = stack.create(TYPE, tagged)["PhysicalResourceId"]
    arn = f"{PLACE}:model/{name}"
    aws.tags[arn] |= {"cost-bot": "42", "aws:servicecatalog:applicationName": "shop"}

    answer = stack.update(TYPE, name, tagged, model | {"Tags": [{"Key": "cost", "Value": "7"}]})

    assert answer["Status"] == "SUCCESS"
    assert aws.tags[arn]["cost-bot"] == "42"
    assert aws.tags[arn]["cost"] == "7"
    assert "team" not in aws.tags[arn]


def test_delete_takes_a_model_that_was_to_be_retained_when_it_was_made(stack, aws, model):
    name = stack.create(TYPE, model | {"Retained": True})["PhysicalResourceId"]

    stack.delete(TYPE, name, model)

    assert name not in aws.models
