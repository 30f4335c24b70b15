"""The schema of specs: what is shipped is what the constructs say, and what editors understand."""

import inspect
import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from cdk_automlv2.specs.generate import JOB, SECTIONS, schema, schema_json
from cdk_automlv2.specs.schema_of import descriptions
from cdk_automlv2.specs.spec import check
from cdk_automlv2.specs.walk import FILE, schema_text
from tests.unit.specs.files import SERVED, SMALLEST, write

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "cdk_automlv2" / "specs" / FILE
EXAMPLES = sorted(ROOT.glob("examples/forty_models/models/*/*.automlv2.yaml"))


def test_the_shipped_schema_is_the_one_that_the_constructs_give():
    if os.environ.get("WRITE_SNAPSHOTS") == "1":
        SHIPPED.write_text(schema_json(), encoding="utf-8")

    assert schema_text() == schema_json(), "make snapshots writes it anew"


def test_the_schema_is_one_of_draft_7():
    jsonschema.Draft7Validator.check_schema(schema())


def test_options_that_only_code_can_give_are_these():
    """An option that appears here was added without a form in files, or with a class of the CDK."""
    left_out = {
        f"{section.construct.__name__}.{name}"
        for section in (JOB, *SECTIONS)
        for name in inspect.signature(section.construct.__init__).parameters
        if name not in schema_of(section)["properties"] and name not in ("self", "scope", "id")
    }

    told = {
        f"{section.construct.__name__}.{name}"
        for section in (JOB, *SECTIONS)
        for name in section.given | section.code.keys()
        if section.name
    }
    assert left_out == told, "name it in SECTIONS of specs/generate.py, or give it a form"


def schema_of(section):
    whole = schema()
    return whole["definitions"][section.name] if section.name else whole


def test_every_option_is_described():
    for name, part in {"": schema(), **schema()["definitions"]}.items():
        for option, item in part.get("properties", {}).items():
            if not item.get("$ref") and option != "kind":
                assert item.get("description"), f"{name}.{option}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_keep_to_the_schema(path):
    jsonschema.validate(yaml.safe_load(path.read_text()), schema())


@pytest.mark.parametrize(
    "line",
    [
        "wait: no",
        "timeout: 90",
        "revision:",
        "instance_type: ml.m5.large",
        "vpc_config: {Subnets: [subnet-1]}",
        "endpoint: {}",
        "endpoint: {instance_type: m5.large}",
        "endpoint: {instance_type: ml.m5.large, initial_instance_count: -1}",
        "endpoint: {instance_type: ml.m5.large, removal_policy: keep}",
        "model: {processing_unit: [CPU]}",
        "job_objective: {MetricName: F2}",
        "job_name: a_b",
    ],
)
def test_what_an_editor_marks_the_command_refuses(tmp_path, line):
    text = f"{SMALLEST}{line}\n"
    values = yaml.load(text, Loader=Yaml12)

    assert check(write(tmp_path, text))[1]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, schema())


@pytest.mark.parametrize(
    "line",
    [
        "revision: 2",
        "revision: no",
        "tags: {a: 1, b: true}",
        "timeout: 12 hours",
        "x-anything: [1, {a: b}]",
        "endpoint: {instance_type: ml.brand9.new}",
        "output: {path: s3://out/}",
        "vpc_config: {Subnets: [subnet-1], SecurityGroupIds: [sg-1]}",
    ],
)
def test_what_the_command_takes_no_editor_marks(tmp_path, line):
    values = yaml.load(f"{SMALLEST}{line}\n", Loader=Yaml12)
    jsonschema.validate(values, schema())

    found = check(write(tmp_path, f"{SMALLEST}{line}\n"))[1]
    # A type that this boto3 does not know is the service's to judge, and this boto3's.
    assert all("brand9" in str(fault) for fault in found)


class Yaml12(yaml.SafeLoader):
    """Words as YAML 1.2, and so editors, understand them: of bools only true and false."""


Yaml12.yaml_implicit_resolvers = {
    letter: [(tag, form) for tag, form in forms if not tag.endswith((":bool", ":timestamp"))]
    for letter, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def test_a_description_of_several_lines_is_one_text():
    class Documented:
        """A thing.

        Args:
            one: First line,
                second line.
            two: Another.

        Raises:
            ValueError: Never.
        """

    assert descriptions(Documented) == {"one": "First line, second line.", "two": "Another."}


def test_a_served_model_keeps_to_the_schema():
    jsonschema.validate(yaml.safe_load(SERVED), json.loads(schema_text()))
