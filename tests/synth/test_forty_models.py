"""Folders of specs as apps: stacks that hold what they may, and keep what they have."""

import json
import shutil
from pathlib import Path

import aws_cdk as cdk
import pytest
from click.testing import CliRunner

from cdk_automlv2 import specs
from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.specs.capacity import sizes
from cdk_automlv2.specs.folder import load_folder
from cdk_automlv2.specs.stack_file import FILE, StackFile, StackFileError
from tests.unit.specs.files import SERVED, write

FORTY = Path(__file__).parents[2] / "examples" / "forty_models"


def templates(folder, **options):
    assembly = specs.app(folder, **options).synth()
    return {stack.stack_name: stack.template for stack in assembly.stacks}


def models_of(template):
    """Names of the models of a template, as their jobs are named."""
    found = template.get("Resources", {}).values()
    return {
        item["Properties"]["BaseName"]
        for item in found
        if item["Type"] in ("Custom::AutoMLJobV2", "Custom::AutoMLRelease")
    }


def resources_of(template, prefix):
    resources = template.get("Resources", {})
    return {key: value for key, value in resources.items() if key.startswith(prefix)}


def folder_of(tmp_path, count, stacks):
    folder = tmp_path / "models"
    for number in range(count):
        text = SERVED.replace("churned", f"column_{number}")
        text = text.replace("inputs:", "  max_total_job_runtime_in_seconds: 1800\ninputs:", 1)
        write(folder, text, f"model-{number}.automlv2.yaml")
    (folder / FILE).write_text(StackFile("Shop", stacks).to_json())
    return folder


def test_the_forty_models_of_the_example_are_all_there_within_the_limits():
    found = templates(FORTY / "models")

    assert sorted(found) == [f"Measurements-{number}" for number in range(2)]
    assert len(set().union(*map(models_of, found.values()))) == 40
    for template in found.values():
        assert len(template["Resources"]) <= 500
        assert len(template["Outputs"]) <= 200
        assert len(json.dumps(template)) < 1_000_000
        kinds = [item["Type"] for item in template["Resources"].values()]
        assert "Custom::AutoMLWait" not in kinds
        assert kinds.count("Custom::AutoMLRelease") == len(template["Outputs"])


def test_a_file_added_or_removed_changes_nothing_of_the_other_models(tmp_path):
    folder = folder_of(tmp_path, 6, 3)
    before = templates(folder)

    (folder / "model-2.automlv2.yaml").unlink()
    write(folder, SERVED, "newcomer.automlv2.yaml")
    after = templates(folder)

    staying = {name: resources_of(template, "model") for name, template in before.items()}
    for resources in staying.values():
        for key in [key for key in resources if key.startswith("model2")]:
            del resources[key]
    assert {name: resources_of(found, "model") for name, found in after.items()} == staying
    assert sum(len(resources_of(found, "newcomer")) for found in after.values()) > 0


def test_a_stack_without_models_is_made_too_so_that_deploying_removes_what_it_had(tmp_path):
    folder = folder_of(tmp_path, 1, 3)

    found = templates(folder)

    assert [len(models_of(template)) for _, template in sorted(found.items())].count(0) == 2
    assert len(found) == 3


def test_a_file_moved_to_another_folder_stays_in_its_stack(tmp_path):
    folder = folder_of(tmp_path, 3, 3)
    before = templates(folder)

    (folder / "eu").mkdir()
    shutil.move(folder / "model-1.automlv2.yaml", folder / "eu")

    assert templates(folder) == before


def test_each_model_has_one_output_its_endpoint_or_its_job(tmp_path):
    folder = folder_of(tmp_path, 1, 1)
    write(folder, SERVED.partition("endpoint:")[0], "unserved.automlv2.yaml")

    [outputs] = [template["Outputs"] for template in templates(folder).values()]

    assert {key[: -len("12345678")] for key in outputs} == {"model0EndpointName", "unservedJobName"}


def test_stacks_take_the_options_of_stacks(tmp_path):
    folder = folder_of(tmp_path, 1, 1)
    env = cdk.Environment(account="111122223333", region="eu-west-1")

    [stack] = specs.app(folder, env=env).synth().stacks

    assert stack.environment.region == "eu-west-1"


def test_the_stacks_of_a_folder_may_be_in_a_stage(tmp_path):
    stage = cdk.Stage(cdk.App(), "Prod")

    [stack] = specs.stacks(stage, folder_of(tmp_path, 1, 1))

    assert stack.stack_name == "Prod-Shop-0"


def test_a_stack_that_is_too_full_is_refused_with_the_way_out(tmp_path):
    folder = folder_of(tmp_path, 3, 1)
    text = (folder / "model-0.automlv2.yaml").read_text()
    for number in range(3):
        longer = text.replace("inputs:", "inputs:", 1) + "timeout: 9 days\n"
        write(folder, longer, f"model-{number}.automlv2.yaml")

    with pytest.raises(RuntimeError, match=r"must have 499 resources or fewer.*--count NUMBER"):
        specs.app(folder).synth()


def test_a_folder_that_never_had_stacks_is_refused(tmp_path):
    write(tmp_path, SERVED)

    with pytest.raises(StackFileError, match="automlv2 stacks"):
        specs.app(tmp_path)


def test_a_fault_in_any_file_stops_the_app_with_all_of_them(tmp_path):
    folder = folder_of(tmp_path, 2, 1)
    for number in range(2):
        write(folder, f"{SERVED}wat: 1\n", f"model-{number}.automlv2.yaml")

    with pytest.raises(specs.SpecError, match=r"(?s)model-0\S+:7:1: wat.*model-1\S+:7:1: wat"):
        specs.app(folder)


def test_what_a_model_takes_is_counted_in_templates(tmp_path):
    folder = folder_of(tmp_path, 4, 1)

    base, own = sizes(load_folder(folder))
    [template] = templates(folder).values()

    assert base.resources + sum(size.resources for size in own.values()) == len(
        template["Resources"]
    )
    assert sum(size.outputs for size in own.values()) == 4


def test_the_command_writes_the_stacks_of_a_new_folder_and_leaves_them_then(tmp_path):
    folder = folder_of(tmp_path, 4, 1)
    (folder / FILE).unlink()

    first = CliRunner().invoke(automlv2, ["stacks", str(folder)])
    written = (folder / FILE).read_text()
    second = CliRunner().invoke(automlv2, ["stacks", str(folder)])

    assert json.loads(written) == {"version": 1, "prefix": "Models", "stacks": 1, "kept": {}}
    assert "written; 4 models in 1 stack," in first.output
    assert "unchanged; 4 models in 1 stack," in second.output
    assert (folder / FILE).read_text() == written


def test_the_command_makes_more_stacks_and_moves_no_model_but_those_named(tmp_path):
    folder = folder_of(tmp_path, 4, 1)

    done = CliRunner().invoke(
        automlv2, ["stacks", str(folder), "--count", "9", "--move", "model-3"]
    )

    assert done.exit_code == 0, done.output
    spread = json.loads((folder / FILE).read_text())
    assert spread["kept"] == {"model-0": 0, "model-1": 0, "model-2": 0}
    assert CliRunner().invoke(automlv2, ["stacks", str(folder), "--count", "3"]).exit_code == 1
