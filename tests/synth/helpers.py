"""Short words for what the synth tests look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    OptionsError,
)
from cdk_automlv2 import AutoMLTabularConfig as Tabular
from tests.iam import Environment, Question, evaluate

ROLE_ARN = "arn:aws:iam::111122223333:role/given"
CHANNEL = AutoMLDataChannel("S3Prefix", "s3://in/train/")
ENSEMBLE = Tabular("y", mode="ENSEMBLING")


def template(stack: cdk.Stack) -> dict[str, Any]:
    return assertions.Template.from_stack(stack).to_json()


def resources(stack: cdk.Stack, type: str) -> list[dict[str, Any]]:
    found = template(stack)["Resources"].values()
    return [item for item in found if item["Type"] == type]


def properties(stack: cdk.Stack, type: str) -> dict[str, Any]:
    [found] = resources(stack, type)
    body: dict[str, Any] = found["Properties"]
    return body


def statements(stack: cdk.Stack, logical_id_part: str) -> list[dict[str, Any]]:
    """Every policy statement of the role or policy whose logical id holds the words."""
    found = []
    for logical_id, item in template(stack)["Resources"].items():
        if logical_id_part not in logical_id:
            continue
        body = item["Properties"]
        documents = [policy["PolicyDocument"] for policy in body.get("Policies", [])]
        documents += [body["PolicyDocument"]] if item["Type"] == "AWS::IAM::Policy" else []
        found += [line for document in documents for line in document["Statement"]]
    return found


def actions(statement: dict[str, Any]) -> set[str]:
    action = statement["Action"]
    return {action} if isinstance(action, str) else set(action)


def statement_for(stack: cdk.Stack, logical_id_part: str, action: str) -> dict[str, Any]:
    """The one statement that allows an action."""
    [one] = [line for line in statements(stack, logical_id_part) if action in actions(line)]
    return one


def may(stack: cdk.Stack, who: str, action: str, resource: str, **context: Any) -> bool:
    """Whether IAM would let a role do something; ``who`` is a part of its logical id.

    Args:
        stack: The stack of the role.
        who: ``function``, or a part of the role's logical id.
        action: The action.
        resource: ARN; ``:kind/name`` for one of SageMaker's, ``s3://…`` for one of S3's.
        context: ``owner`` (tag of the resource), ``owner_asked`` (tag of the request), and other
            keys with ``__`` for the colon.
    """
    body = template(stack)
    place = Environment(stack_name=stack.stack_name)
    if who == "function":
        documents = place.function_documents(body)
    else:
        [role] = [
            name
            for name, item in body["Resources"].items()
            if item["Type"] == "AWS::IAM::Role" and who in name
        ]
        documents = place.documents_of(body, role)
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    for word, key in (("owner", "aws:ResourceTag"), ("owner_asked", "aws:RequestTag")):
        if word in keys:
            keys[f"{key}/cdk-automlv2:owner"] = keys.pop(word)
    arn = resource.replace("s3://", "arn:aws:s3:::")
    if arn.startswith(":"):
        arn = f"arn:aws:sagemaker:eu-west-1:111122223333{arn}"
    return evaluate(documents, Question(action, arn, keys)).allowed


def scope_of(stack: cdk.Stack) -> str:
    """What the names and owner tags of a stack's resources have in common."""
    found = template(stack)["Resources"].values()
    [scope] = {
        item["Properties"]["NameScope"] for item in found if item["Type"].startswith("Custom::")
    }
    return str(scope)


def job(stack: cdk.Stack, id: str = "Churn", **options: Any) -> AutoMLJobV2:
    config = options.pop("problem_config", None) or Tabular(
        "churn", max_total_job_runtime_in_seconds=600
    )
    return AutoMLJobV2(
        stack, id, problem_config=config, inputs=options.pop("inputs", CHANNEL), **options
    )


def model(stack: cdk.Stack, **options: Any) -> AutoMLModel:
    return AutoMLModel(stack, "ChurnModel", job=options.pop("job", None) or job(stack), **options)


def endpoint(stack: cdk.Stack, **options: Any) -> AutoMLEndpoint:
    served = options.pop("model", None) or model(stack)
    options.setdefault("instance_type", "ml.m5.large")
    return AutoMLEndpoint(stack, "ChurnEndpoint", model=served, **options)


def models(stack: cdk.Stack, *ids: str, **options: Any) -> list[AutoMLModel]:
    """Return models of one job whose candidates may be served in every way."""
    trained = job(stack, problem_config=ENSEMBLE)
    return [AutoMLModel(stack, name, job=trained, **options) for name in ids]


def ensemble(stack: cdk.Stack, **options: Any) -> AutoMLModel:
    [one] = models(stack, "Model", **options)
    return one


def faults(make: Callable[[], object]) -> list[str]:
    """Return what is said to be wrong with the options of a call."""
    with pytest.raises(OptionsError) as caught:
        make()
    return [str(fault) for fault in caught.value.problems]
