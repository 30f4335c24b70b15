"""What this library sends is what the SageMaker SDK's ``AutoMLV2`` sends, argument for argument."""

import json
import os
import random

import aws_cdk as cdk
import pytest
from automlv2_handlers.domain.coerce import request_from
from automlv2_handlers.domain.containers import respond_with
from automlv2_handlers.errors import LifecycleError
from aws_cdk import assertions

import cdk_automlv2
from cdk_automlv2._core import service_model

from .cases import case

COUNT = int(os.environ.get("PARITY", "480"))
_PER_STACK = 40
_SHAPE = "CreateAutoMLJobV2"


@pytest.fixture(scope="session")
def cases():
    return [case(seed) for seed in range(COUNT)]


@pytest.fixture(scope="session")
def theirs(python_of, cases):
    return python_of("sdk", "sdk_v2_requests.py", cases)


def ours(cases):
    """Return the requests that the stacks of this library make of the same arguments."""
    found = []
    for start in range(0, len(cases), _PER_STACK):
        part = cases[start : start + _PER_STACK]
        stack = cdk.Stack(cdk.App(), f"Parity{start}")
        for number, item in enumerate(part):
            declare(stack, f"Job{number}", item)
        template = assertions.Template.from_stack(stack).to_json()["Resources"]
        jobs = {
            name: body["Properties"]
            for name, body in template.items()
            if body["Type"] == "Custom::AutoMLJobV2"
        }
        assert len(jobs) == len(part)
        by_number = sorted(jobs, key=lambda name: int(name.removeprefix("Job").partition("Job")[0]))
        shape = service_model.input_shape(_SHAPE)
        found += [request_from(jobs[name], shape) for name in by_number]
    return found


def declare(stack, id, item):
    config = getattr(cdk_automlv2, item["kind"])(**item["config"])
    auto_ml = cdk_automlv2.AutoMLV2(stack, id, config, **item["options"])
    channels = [cdk_automlv2.AutoMLDataChannel(**channel) for channel in item["channels"]]
    auto_ml.fit(channels, wait=False, job_name="parity")


def without_known_differences(request):
    """Return a request without what differs on purpose."""
    request = json.loads(json.dumps(request))
    security = request.get("SecurityConfig", {})
    if security.get("EnableInterContainerTrafficEncryption") is False:
        # The SDK always says whether traffic is encrypted; unset means the same.
        del security["EnableInterContainerTrafficEncryption"]
    if not security:
        request.pop("SecurityConfig", None)
    series = request["AutoMLProblemTypeConfig"].get("TimeSeriesForecastingJobConfig", {})
    for holiday in series.get("HolidayConfig", []):
        if isinstance(holiday["CountryCode"], list):
            # The SDK sends its list of countries where the API wants one country.
            [holiday["CountryCode"]] = holiday["CountryCode"]
    return request


def test_requests_are_those_of_the_sdk(cases, theirs):
    made = ours(cases)

    assert len(made) == len(theirs) == COUNT
    for item, own, other in zip(cases, made, theirs, strict=True):
        assert without_known_differences(own) == without_known_differences(other), item


KEYS = ("predicted_label", "probability", "probabilities", "labels")


def pipeline(seed):
    """Return containers and the keys asked of them, by chance."""
    chance = random.Random(seed)
    containers = []
    for number in range(chance.randint(1, 3)):
        environment = {"NUMBER": str(number)}
        if chance.random() < 0.75:
            supported = chance.sample(KEYS, chance.randint(1, len(KEYS)))
            environment["SAGEMAKER_INFERENCE_SUPPORTED"] = chance.choice([",", ", "]).join(
                supported
            )
        containers.append({"Image": "image", "Environment": environment})
    return containers, chance.sample(KEYS, chance.randint(0, len(KEYS)))


def test_inference_response_keys_set_the_containers_as_the_sdk_does(python_of):
    pipelines = [pipeline(seed) for seed in range(400)]

    theirs = python_of("sdk", "sdk_v2_response_keys.py", pipelines)

    assert any(found is None for found in theirs)
    assert any(found is not None for found in theirs)
    for (containers, keys), other in zip(pipelines, theirs, strict=True):
        try:
            own = respond_with(containers, keys)
        except LifecycleError:
            own = None
        assert own == other, (containers, keys)
