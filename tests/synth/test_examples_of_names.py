"""Every public name shows how it is used, and the example works."""

import doctest
import io
import re
from pathlib import Path
from types import SimpleNamespace

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

import cdk_automlv2
from cdk_automlv2.runtime import AutoMLRuntime

ROOT = Path(__file__).parents[2]
PUBLIC = {name: getattr(cdk_automlv2, name) for name in cdk_automlv2.__all__}
CLASSES = [item for item in (*PUBLIC.values(), AutoMLRuntime) if isinstance(item, type)]


def session():
    """A boto3 session whose endpoint answers one row of CSV."""
    answer = {"Body": io.BytesIO(b"yes,0.8\n"), "ContentType": "text/csv"}
    client = SimpleNamespace(invoke_endpoint=lambda **request: answer)
    return SimpleNamespace(client=lambda service: client)


def names():
    """What an example may use without having made it."""
    stack = cdk.Stack(cdk.App(), "Shop")
    job = cdk_automlv2.AutoMLJobV2(
        stack,
        "Job",
        problem_config=cdk_automlv2.AutoMLTabularConfig("churned"),
        inputs=cdk_automlv2.AutoMLDataChannel("S3Prefix", "s3://my-data/churn/train/"),
    )
    model = cdk_automlv2.AutoMLModel(stack, "Model", job=job)
    made = {
        "cdk": cdk,
        "iam": iam,
        "stack": stack,
        "job": job,
        "model": model,
        "session": session(),
    }
    return {**PUBLIC, "AutoMLRuntime": AutoMLRuntime, **made}


@pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
def test_the_docstring_of_a_public_name_has_an_example_that_works(public, monkeypatch):
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(
        public.__doc__, names(), public.__name__, None, None
    )
    said = []

    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)

    assert example.examples, "has no example"
    assert said == []


@pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
def test_what_raises_an_options_error_says_so(public):
    own = [public, *(item for name, item in vars(public).items() if name[0] != "_")]
    for item in own:
        function = getattr(item, "__func__", item)
        code = function.__init__ if isinstance(function, type) else function
        checks = hasattr(code, "__wrapped__") or hasattr(item, "__post_init__")
        if checks and callable(function):
            assert re.search(r"Raises:\n\s+OptionsError", function.__doc__), function
