"""The model resource: made of the candidate, another one for other content."""

import pytest
from automlv2_handlers.errors import NameTakenError

from .events import JOB

TYPE = "AutoMLModel"


@pytest.fixture
def model(stack, aws):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.now += 3600
    return {
        "AutoMLJobName": name,
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
        "ProcessingUnit": "CPU",
        "EnableNetworkIsolation": True,
        "BaseName": "churn",
    }


def test_the_model_has_the_containers_of_the_best_candidate(stack, aws, model):
    answer = stack.create(TYPE, model)

    [made] = aws.models.values()
    assert answer["Status"] == "SUCCESS"
    assert [container["Image"] for container in made["Containers"]] == ["1.dkr.ecr/autogluon"]
    assert made["EnableNetworkIsolation"] is True
    assert answer["Data"]["ModelName"] == answer["PhysicalResourceId"]


def test_response_keys_reach_the_containers(stack, aws, model):
    stack.create(TYPE, model | {"InferenceResponseKeys": ["probability", "predicted_label"]})

    [made] = aws.models.values()
    environment = made["Containers"][0]["Environment"]
    assert environment["SAGEMAKER_INFERENCE_OUTPUT"] == "probability,predicted_label"


def test_rejects_response_keys_the_candidate_lacks_before_anything_is_made(stack, aws, model):
    answer = stack.create(TYPE, model | {"InferenceResponseKeys": ["labels"]})

    assert answer["Reason"] == (
        "inference_response_keys: the candidate does not support labels; "
        "it supports predicted_label, probability"
    )
    assert not aws.models


def test_a_named_candidate_is_used(stack, aws, model):
    assert stack.create(TYPE, model | {"CandidateName": "second"})["Status"] == "SUCCESS"


def test_fails_when_the_named_candidate_does_not_exist(stack, model):
    answer = stack.create(TYPE, model | {"CandidateName": "third"})

    assert answer["Reason"].endswith("has no candidate 'third'")


def test_the_same_event_twice_makes_one_model(stack, aws, model):
    event = stack.event("Create", TYPE, model)
    stack.deliver(event)
    stack.deliver(event)

    assert aws.calls["create_model"] == 1


def test_two_deliveries_at_once_make_one_model(stack, aws, model):
    event = stack.event("Create", TYPE, model)
    stack.deliver(event)
    [name] = aws.models
    kept = aws.models.pop(name)
    aws.failures["create_model"] = [NameTakenError("already existing")]
    aws.failures["describe_model"] = []

    class Appearing(dict):
        """The other delivery's model shows between our look and our create."""

        looks = 0

        def __contains__(self, key):
            self.looks += 1
            return self.looks > 1

        def __getitem__(self, key):
            return kept

    aws.models = Appearing()
    stack.deliver(event)

    answers = stack.answers[event["RequestId"]]
    assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]
    assert answers[0]["PhysicalResourceId"] == answers[1]["PhysicalResourceId"]


def test_other_content_is_another_model_and_the_old_one_stays_until_its_delete(stack, aws, model):
    old = stack.create(TYPE, model)["PhysicalResourceId"]
    changed = model | {"EnableNetworkIsolation": False}

    new = stack.update(TYPE, old, model, changed)["PhysicalResourceId"]

    assert set(aws.models) == {old, new}
    stack.delete(TYPE, old, model)
    assert set(aws.models) == {new}


def test_changed_tags_keep_the_model(stack, aws, model):
    old = stack.create(TYPE, model)["PhysicalResourceId"]
    tagged = model | {"Tags": [{"Key": "team", "Value": "ml"}]}

    new = stack.update(TYPE, old, model, tagged)["PhysicalResourceId"]

    assert new == old
    assert aws.tags[f"arn:aws:sagemaker:eu-west-1:111122223333:model/{old}"]["team"] == "ml"


def test_rejects_a_name_that_someone_else_uses(stack, aws, model):
    named = model | {"ModelName": "churn-model"}
    aws.call("create_model", ModelName="churn-model", Tags=[])

    answer = stack.create(TYPE, named)

    assert answer["Reason"] == "model name 'churn-model' is taken by a model of someone else"
    assert stack.delete(TYPE, answer["PhysicalResourceId"], named)["Status"] == "SUCCESS"
    assert "churn-model" in aws.models


def test_delete_with_an_invented_id_finds_the_model(stack, aws, model):
    stack.create(TYPE, model)

    stack.delete(TYPE, "Shop-Churn-XYZ", model)

    assert not aws.models


def test_delete_of_a_model_that_is_gone_succeeds(stack, model):
    assert stack.delete(TYPE, "churn-abcdeaaaaaaaaaaaa", model)["Status"] == "SUCCESS"


def test_fails_when_the_job_has_no_best_candidate(stack, aws, model):
    aws.jobs[model["AutoMLJobName"]]["BestCandidate"] = None

    assert "has no best candidate to deploy" in stack.create(TYPE, model)["Reason"]


def test_a_model_that_the_service_refuses_fails_with_its_words_alone(stack, aws, model):
    aws.fail("create_model", "ValidationException", "Invalid image")

    answer = stack.create(TYPE, model)

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "CreateModel: ValidationException: Invalid image"


def test_a_creation_that_fails_answers_with_the_name_that_the_model_would_have(stack, aws, model):
    aws.fail("create_model", "ValidationException", "no such image", times=9)

    answer = stack.create(TYPE, model)

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"].startswith("churn-")
