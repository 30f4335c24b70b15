"""Every public name shows how it is used, and the example works."""

import doctest
import importlib
import inspect
import io
import pydoc
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


OTHERS = [
    f"cdk_automlv2.{name}"
    for name in ("cost", "errors", "local", "reports", "results", "runtime", "specs")
]


def names_of(module):
    """Return the public names of a module: those that it lists, else its own."""
    own = [
        name
        for name, item in vars(module).items()
        if getattr(item, "__module__", "") == module.__name__
    ]
    return getattr(module, "__all__", [name for name in own if not name.startswith("_")])


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


def run_example(public, names):
    """Run the example of a docstring; return what it has said, and all that it has made."""
    example = doctest.DocTestParser().get_doctest(
        public.__doc__, names, public.__name__, None, None
    )
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(example, out=said.append, clear_globs=False)
    assert example.examples, "has no example"
    return said, example.globs


@pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
def test_the_docstring_of_a_public_name_has_an_example_that_works(public, monkeypatch):
    monkeypatch.chdir(ROOT)

    said, _ = run_example(public, names())

    assert said == []


@pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
def test_what_the_example_of_a_public_name_makes_shows_no_address(public, monkeypatch):
    monkeypatch.chdir(ROOT)
    _, made = run_example(public, names())
    ours = {
        name: repr(item)
        for name, item in made.items()
        if type(item).__module__.startswith("cdk_automlv2")
    }

    assert ours
    assert {name: text for name, text in ours.items() if " at 0x" in text} == {}


MODULES = [cdk_automlv2, *map(importlib.import_module, OTHERS)]
EVERY_CLASS = {
    f"{module.__name__}.{name}": item
    for module in MODULES
    for name in names_of(module)
    if isinstance(item := getattr(module, name), type)
}


@pytest.mark.parametrize("public", EVERY_CLASS.values(), ids=EVERY_CLASS)
def test_a_public_class_shows_what_it_takes_and_what_it_is(public):
    whole = pydoc.plain(pydoc.render_doc(public))
    title = next(line for line in whole.splitlines()[4:] if line.strip(" |"))

    if not issubclass(public, Exception):  # Python itself does not say what these take.
        assert "*args" not in str(inspect.signature(public))
    assert "*args" not in title
    assert "__init__ = " not in whole
    assert public.__repr__ is not object.__repr__ or getattr(public, "_is_protocol", False)


def test_an_interface_has_no_instances_and_leaves_its_implementations_alone():
    class Own:
        def __init__(self, colour):
            self.colour = colour

    class Job(cdk_automlv2.IAutoMLJob, Own):
        """Takes the constructor of the other class."""

    assert Job("red").colour == "red"
    with pytest.raises(TypeError, match="IAutoMLJob is an interface"):
        cdk_automlv2.IAutoMLJob()


@pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
def test_what_raises_an_options_error_says_so(public):
    own = [public, *(item for name, item in vars(public).items() if name[0] != "_")]
    for item in own:
        function = getattr(item, "__func__", item)
        code = function.__init__ if isinstance(function, type) else function
        checks = hasattr(code, "__wrapped__") or hasattr(item, "__post_init__")
        if checks and callable(function):
            assert re.search(r"Raises:\n\s+OptionsError", function.__doc__), function
