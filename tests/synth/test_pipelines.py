"""The examples of pipelines: what they deploy, who may deploy it, and that they are whole."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / "examples" / "github_actions" / ".github" / "workflows").glob("*.yml"))
LOCK = {
    "schema-version": "1.0",
    "source": {"account": "111122223333", "region": "eu-west-1", "job": "diagnosis-1"},
    "containers": {
        "": [
            {
                "image": "1.dkr.ecr.eu-west-1.amazonaws.com/autogluon:1",
                "environment": {},
                "artifact": {"uri": "s3://dev/out/model.tar.gz", "sha256": "a" * 64, "size": 9},
            }
        ]
    },
}


@pytest.fixture
def synthesized(tmp_path):
    """Synthesize an example, with the lock file or without; return its templates by name."""

    def synthesized(example, app="app.py", lock=None):
        folder = tmp_path / "examples" / example
        shutil.copytree(ROOT / "examples" / example, folder)
        shutil.copytree(ROOT / "data", tmp_path / "data")
        if lock is not None:
            (folder / "automlv2.lock").write_text(json.dumps(lock))
        environment = {**os.environ, "CDK_OUTDIR": str(tmp_path / "out")}
        subprocess.run([sys.executable, app], cwd=folder, env=environment, check=True)
        found = (tmp_path / "out").rglob("*.template.json")
        return {path.name.split(".")[0]: json.loads(path.read_text()) for path in found}

    return synthesized


def of_type(template, kind):
    return [item for item in template["Resources"].values() if item["Type"] == kind]


def stages_of(template):
    [pipeline] = of_type(template, "AWS::CodePipeline::Pipeline")
    return {
        stage["Name"]: [action["Name"] for action in stage["Actions"]]
        for stage in pipeline["Properties"]["Stages"]
    }


def test_the_pipeline_changes_itself_plans_deploys_and_waits(synthesized):
    found = synthesized("cdk_pipelines")

    stages = stages_of(found["ModelsPipeline"])
    assert list(stages) == ["Source", "Build", "UpdatePipeline", "Assets", "Dev"]
    assert stages["UpdatePipeline"] == ["SelfMutate"]
    assert stages["Dev"] == ["Plan", "Screening.Prepare", "Screening.Deploy", "Wait"]
    [dev] = [template for name, template in found.items() if name.startswith("Dev")]
    assert len(of_type(dev, "Custom::AutoMLRelease")) == 1
    assert not of_type(dev, "Custom::AutoMLWait")


def test_with_a_lock_file_the_pipeline_promotes_without_training(synthesized):
    found = synthesized("cdk_pipelines", lock=LOCK)

    assert stages_of(found["ModelsPipeline"])["Prod"][0] == "Promote"
    [prod] = [template for name, template in found.items() if name.startswith("Prod")]
    assert len(of_type(prod, "Custom::AutoMLEndpoint")) == 1
    assert not [*of_type(prod, "Custom::AutoMLJobV2"), *of_type(prod, "Custom::AutoMLRelease")]


def test_a_role_of_the_workflows_is_for_one_repository_and_one_kind_of_job(synthesized):
    roles = of_type(synthesized("github_actions", "roles.py")["Deployers"], "AWS::IAM::Role")

    issuer = "token.actions.githubusercontent.com"
    conditions = [
        statement["Condition"]["StringEquals"]
        for role in roles
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    ]
    assert {item[f"{issuer}:aud"] for item in conditions} == {"sts.amazonaws.com"}
    assert {item[f"{issuer}:sub"] for item in conditions} == {
        "repo:me/models:pull_request",
        "repo:me/models:environment:dev",
        "repo:me/models:environment:prod",
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_the_rights_and_the_environment_that_its_role_trusts(path):
    workflow = yaml.safe_load(path.read_text())

    assert workflow["permissions"]["id-token"] == "write"
    for job in workflow["jobs"].values():
        used = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
        assert "aws-actions/configure-aws-credentials" in used
        assert path.stem == "plan" or job["environment"] in ("dev", "prod")
        names = [step["name"] for step in job["steps"] if "run" in step]
        assert len(names) == len(set(names))


def test_no_workflow_puts_what_others_write_into_a_command():
    texts = [path.read_text() for path in WORKFLOWS]
    used = {found for text in texts for found in re.findall(r"\$\{\{\s*(github\.[\w.]+)", text)}

    known = {"github.event.number", "github.event_name", "github.run_id", "github.sha"}
    assert used <= {*known, "github.token"}
