"""Everything public, composed in every way: the same at each synth, and with the rights it needs.

`make test` runs every second case, `MATRIX=all` all of them.
"""

import inspect
import json
import os

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssm as ssm
from constructs import Construct

import cdk_automlv2
from tests.lifecycle.fake_aws import FakeAws

from . import subjects
from .assembly import files, names_in, synthesize
from .compositions import COMPOSITIONS
from .deployment import Deployment
from .options import FACTORS, NO_TOKENS, TOKENS
from .pairs import pairwise
from .subjects import SUBJECTS, make

OPTIONS = {factor: [*levels] for factor, levels in FACTORS.items()}
ALL = pairwise({"composition": [*COMPOSITIONS], "subject": [*SUBJECTS], **OPTIONS})
HALF = [case for number, case in enumerate(ALL) if sum(divmod(number, len(SUBJECTS))) % 2 == 0]
"""Every second case, begun at the other one for each composition: all have all subjects."""

CASES = ALL if os.environ.get("MATRIX") == "all" else HALF
PLAIN = {factor: levels[0] for factor, levels in OPTIONS.items()}


def build(case, folder, name="Shop", tokens_before=0):
    """Synthesize a case; the text of a token tells how many there were before."""
    for _ in range(tokens_before):
        cdk.Token.as_string({"Ref": "Nothing"})
    context = {"aws:cdk:enable-asset-metadata": True}
    app = cdk.App(outdir=str(folder), context=context)
    make(app, name, case)
    return synthesize(app)


def test_half_of_the_cases_have_every_subject_and_every_composition():
    assert {case["subject"] for case in HALF} == set(SUBJECTS)
    assert {case["composition"] for case in HALF} == set(COMPOSITIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: ", ".join(case.values()))
def test_it_is_the_same_at_each_synth_and_deployed_with_the_rights_it_has(case, tmp_path):
    stacks = build(case, tmp_path / "one")

    assert files(build(case, tmp_path / "two", tokens_before=7)) == files(stacks)

    deployment = Deployment(FakeAws())
    deployment.has_job("somebodys-job")
    deployment.has_package(subjects.PACKAGE)
    deployment.deploy(stacks)
    deployment.delete()
    assert deployment.aws.denied == []
    left = deployment.aws.models, deployment.aws.endpoints, deployment.aws.configs
    assert left == ({}, {}, {})


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_one_app_under_two_stack_names_shares_no_name(composition, tmp_path):
    case = {**PLAIN, "composition": composition, "subject": "job of a folder"}

    blue, green = (
        names_in(files(build(case, tmp_path / name, name))) for name in ("Blue", "Green")
    )

    assert blue
    assert not blue & green


CONSTRUCTS = [
    item
    for item in (getattr(cdk_automlv2, name) for name in cdk_automlv2.__all__)
    if inspect.isclass(item) and issubclass(item, Construct)
]


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.__name__)
def test_every_public_construct_is_in_the_matrix(construct):
    assert hasattr(subjects, construct.__name__)


def texts_of(construct):
    """Options of a construct that may be a text."""
    given = inspect.signature(construct.__init__).parameters.values()
    named = [item for item in given if item.name not in ("self", "scope", "id")]
    return {item.name for item in named if "str" in str(item.annotation) or item.name == "tags"}


@pytest.mark.parametrize("name", TOKENS)
def test_every_option_that_may_be_a_text_is_tried_as_a_token(name):
    tried = set(TOKENS[name]) | NO_TOKENS.get(name, set())

    assert texts_of(getattr(cdk_automlv2, name)) - tried == set()


def with_texts(stack, text):
    """Make every construct with a text for each of its options in turn."""
    for construct, options in TOKENS.items():
        for number, (option, value) in enumerate(options.items()):
            subjects.PLAIN[construct](stack, f"{construct}{number}", {option: value(text(option))})


def with_tokens(folder, tokens_before):
    for _ in range(tokens_before):
        cdk.Token.as_string({"Ref": "Nothing"})
    app = cdk.App(outdir=str(folder))
    with_texts(cdk.Stack(app, "Shop"), lambda option: cdk.Fn.ref("AWS::StackName"))
    return files(synthesize(app))


def test_a_token_for_each_option_in_turn_gives_the_same_template_at_each_synth(tmp_path):
    one = with_tokens(tmp_path / "one", 0)

    assert with_tokens(tmp_path / "two", 11) == one
    assert "Token[" not in "".join(one.values())


def test_an_option_that_the_cli_has_yet_to_look_up_is_refused_and_so_never_looked_up(tmp_path):
    app = cdk.App(outdir=str(tmp_path))
    place = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(app, "Shop", env=place)

    with_texts(stack, lambda option: ssm.StringParameter.value_from_lookup(stack, f"/ml/{option}"))

    app.synth()
    missing = json.loads((tmp_path / "manifest.json").read_text())["missing"]
    asked = {question["props"]["parameterName"] for question in missing}
    assert asked == {f"/ml/{option}" for options in TOKENS.values() for option in options}
