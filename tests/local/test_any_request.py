"""Whatever is asked of the local SageMaker, it answers or refuses; it never breaks."""

import random

import pytest

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.service import OPERATIONS

from .fake_world import ROLE, ask

ODD = [None, True, False, 0, -1, 1.5, 2**40, 1e300, "", "x", "é\0", "a" * 300, [], {}, [None], [[]]]
NAMES = ["m", "M", "none", "a-b"]
PLAUSIBLE = {
    "ExecutionRoleArn": [ROLE],
    "RoleArn": [ROLE],
    "ResourceArn": [f"arn:aws:sagemaker:us-east-1:000000000000:model/{name}" for name in NAMES],
    "S3Uri": ["s3://in/train/", "https://in/train"],
    "S3OutputPath": ["s3://out/"],
    "ModelDataUrl": ["s3://out/none.tar.gz"],
    "Key": ["a", "aws:x", "b"],
    "Environment": [{"A": "1"}],
}


def value_of(chance, shape, name="", depth=0):
    """Return a value that may well be wrong."""
    if chance.random() < 0.02:
        return chance.choice(ODD)
    if name in PLAUSIBLE:
        return chance.choice(PLAUSIBLE[name])
    match shape.type_name:
        case "structure":
            return structure(chance, shape, depth)
        case "list":
            count = chance.choice([0, 1, 1, 2])
            return [value_of(chance, shape.member, name, depth + 1) for _ in range(count)]
        case "map":
            return {"a": value_of(chance, shape.value, "", depth + 1)}
        case "string":
            return chance.choice(shape.enum or NAMES)
    return {"boolean": True, "float": 0.5, "timestamp": 1e9}.get(
        shape.type_name, shape.metadata.get("min", 1)
    )


def structure(chance, shape, depth):
    names = list(shape.members)
    if getattr(shape, "is_tagged_union", False):
        names = [chance.choice(names)]
    likely = 0.9 if depth < 2 else 0.3
    found = {
        name: value_of(chance, shape.members[name], name, depth + 1)
        for name in names
        if name in shape.required_members or chance.random() < likely / (1 + depth)
    }
    return {**found, "Unknown": 1} if chance.random() < 0.1 else found


@pytest.mark.parametrize("seed", range(8))
def test_no_request_breaks_the_service(world, seed):
    chance = random.Random(seed)
    answered = 0
    for _ in range(400):
        operation = chance.choice(list(OPERATIONS))
        request = value_of(chance, service_model.input_shape(operation))
        code = outcome(world, operation, request)
        assert code in CODES, (operation, request)
        answered += code == "OK"

    assert 0 < answered < 400


CODES = (
    "OK",
    "ResourceInUse",
    "ResourceNotFound",
    "SerializationException",
    "ValidationException",
)


def outcome(world, operation, request):
    try:
        ask(world, operation, request)
    except ServiceError as error:
        return error.code
    return "OK"
