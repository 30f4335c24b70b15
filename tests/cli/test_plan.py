"""``automlv2 plan``: what a deployment will do, told before it is done."""

import copy
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

TEMPLATES = Path(__file__).parents[1] / "snapshot" / "templates"
DEPLOYED = json.loads((TEMPLATES / "Digits.json").read_text())
JOB, MODEL, ENDPOINT = "AutoMLJobDC51C9C2", "AutoMLEndpointModel06CC26BB", "AutoMLEndpoint2775ECCF"
DEPLOYED["Resources"][JOB]["Metadata"] = {"aws:cdk:path": "Digits/AutoML/Job/Resource"}
RELEASE = {
    "Type": "Custom::AutoMLRelease",
    "Metadata": {"aws:cdk:path": "Digits/Churn/Resource"},
    "Properties": {
        "Job": {"Revision": "1", "BaseName": "churn"},
        "Model": {"ProcessingUnit": "CPU"},
        "Endpoint": {"EndpointName": "churn"},
        "Gates": [],
    },
}
PRICES = {
    "source": "a test",
    "currency": "USD",
    "training": {"candidate-hour": 2},
    "hosting": {"ml.m5.xlarge": 0.25},
}


class CloudFormation:
    """What is deployed, by the name of the stack."""

    def __init__(self, **templates):
        self._templates = templates

    def get_template(self, StackName):  # noqa: N803
        if StackName not in self._templates:
            error = {"Code": "ValidationError", "Message": f"Stack {StackName} does not exist"}
            raise ClientError({"Error": error}, "GetTemplate")
        return {"TemplateBody": self._templates[StackName]}

    def get_paginator(self, operation):
        return self

    def paginate(self, StackName):  # noqa: N803
        return [{"StackResourceSummaries": []}]


@pytest.fixture
def plan(tmp_path):
    def plan(after, *options, before=DEPLOYED):
        (tmp_path / "Digits.template.json").write_text(json.dumps(after))
        stack = {"type": "aws:cloudformation:stack"}
        stack["properties"] = {"templateFile": "Digits.template.json", "stackName": "Digits"}
        manifest = {"artifacts": {"Digits": stack}}
        (tmp_path / "manifest.json").write_text(json.dumps(manifest))
        (tmp_path / "prices.json").write_text(json.dumps(PRICES))
        deployed = CloudFormation(**({"Digits": before} if before else {}))
        arguments = ["plan", "--app", str(tmp_path), *options]
        return CliRunner().invoke(automlv2, arguments, obj=lambda **_: lambda _: deployed)

    plan.prices = ("--prices", str(tmp_path / "prices.json"))
    return plan


def edited(logical_id, **properties):
    template = copy.deepcopy(DEPLOYED)
    template["Resources"][logical_id]["Properties"] |= properties
    return template


def with_release(**properties):
    release = copy.deepcopy(RELEASE)
    release["Properties"] |= properties
    return {"Resources": {"Churn": release}}


def actions(result):
    assert result.exit_code == 0, result.output
    return {row["type"]: row["action"] for row in json.loads(result.stdout)["changes"]}


def test_what_is_unchanged_is_kept(plan):
    found = actions(plan(DEPLOYED, "--json"))

    assert set(found.values()) == {"keep"}


def test_a_new_stack_trains_and_creates(plan):
    found = actions(plan(DEPLOYED, "--json", before=None))

    assert found["AutoMLJobV2"] == "train"
    assert found["AutoMLModel"] == found["AutoMLEndpoint"] == "create"


def test_a_changed_training_replaces_the_model_and_moves_the_endpoint(plan):
    result = plan(edited(JOB, Revision="2"), "--json")

    assert actions(result) == {
        "AutoMLInput": "keep",
        "AutoMLJobV2": "train",
        "AutoMLModel": "replace",
        "AutoMLEndpoint": "move",
    }


MORE = [
    one | {"InitialInstanceCount": 3}
    for one in DEPLOYED["Resources"][ENDPOINT]["Properties"]["ProductionVariants"]
]


@pytest.mark.parametrize(
    ("logical_id", "change", "kind", "action"),
    [
        (JOB, {"Tags": [{"Key": "a", "Value": "b"}]}, "AutoMLJobV2", "update"),
        (MODEL, {"ProcessingUnit": "GPU"}, "AutoMLModel", "replace"),
        (ENDPOINT, {"EndpointName": "shop"}, "AutoMLEndpoint", "replace"),
        (ENDPOINT, {"KmsKeyId": "key"}, "AutoMLEndpoint", "move"),
        (ENDPOINT, {"ProductionVariants": MORE}, "AutoMLEndpoint", "update"),
        (ENDPOINT, {"Tags": [{"Key": "a", "Value": "b"}]}, "AutoMLEndpoint", "update"),
    ],
)
def test_a_change_of_one_property_is_told_by_the_functions_own_rules(
    plan, logical_id, change, kind, action
):
    found = actions(plan(edited(logical_id, **change), "--json"))

    assert found.pop(kind) == action
    if kind == "AutoMLJobV2":
        assert set(found.values()) == {"keep"}


def test_other_files_in_a_folder_train_again(plan):
    [upload] = [name for name in DEPLOYED["Resources"] if "Input" in name]

    assert actions(plan(edited(upload, S3Uri="s3://other/"), "--json"))["AutoMLJobV2"] == "train"


def test_what_goes_is_deleted_unless_it_is_retained(plan):
    before = copy.deepcopy(DEPLOYED)
    before["Resources"][MODEL]["DeletionPolicy"] = "Retain"
    found = actions(plan({"Resources": {}}, "--json", before=before))

    assert found["AutoMLEndpoint"] == "delete"
    assert found["AutoMLModel"] == "retain"


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ({}, "keep"),
        ({"Job": {"Revision": "2", "BaseName": "churn"}}, "train"),
        ({"Job": {"Revision": "1", "BaseName": "other"}}, "keep"),
        ({"Endpoint": {"EndpointName": "churn", "KmsKeyId": "k"}}, "move"),
        ({"Gates": [{"Type": "Objective"}]}, "judge"),
    ],
)
def test_a_release_trains_moves_or_judges(plan, change, action):
    found = actions(plan(with_release(**change), "--json", before=with_release()))

    assert found == {"AutoMLRelease": action}


@pytest.mark.parametrize(
    ("after", "retained", "words"),
    [
        ({}, False, "the records go"),
        ({}, True, "the records stay"),
        ({"Table": {"Type": "AWS::DynamoDB::Table"}}, False, "the records stay"),
    ],
)
def test_the_records_of_a_release_that_goes_stay_only_with_their_table(
    plan, after, retained, words
):
    before = with_release(TableName={"Ref": "Table"})
    policy = {"DeletionPolicy": "Retain"} if retained else {}
    before["Resources"]["Table"] = {"Type": "AWS::DynamoDB::Table", **policy}

    told = plan({"Resources": after}, before=before).stdout

    assert told.splitlines()[1].endswith(words)


def test_a_release_with_gates_moves_the_endpoint_only_once_they_let_it_pass(plan):
    gates = [{"Type": "Objective"}]
    before = with_release(Gates=gates)
    after = with_release(Gates=gates, Endpoint={"EndpointName": "churn", "KmsKeyId": "k"})

    assert "moves the endpoint once its gates let it pass" in plan(after, before=before).stdout


def test_the_text_names_construct_reason_and_sum(plan):
    text = plan(edited(JOB, Revision="2")).stdout

    assert "train   AutoML/Job (AutoMLJobV2): Revision differs: a job is trained" in text
    assert "Plan: 1 to keep, 1 to train, 1 to replace, 1 to move." in text


def test_the_table_for_a_pull_request_has_a_row_for_each_construct(plan):
    lines = plan(edited(JOB, Revision="2"), "--markdown").stdout.splitlines()

    assert lines[0] == "| Stack | Construct | What happens | Why |"
    assert sum(line.startswith("| Digits |") for line in lines) == 4


def bounded():
    limits = {"MaxCandidates": 10, "MaxRuntimePerTrainingJobInSeconds": 1800}
    config = {"ImageClassificationJobConfig": {"CompletionCriteria": limits}}
    return edited(JOB, AutoMLProblemTypeConfig=config)


def test_a_cost_is_told_with_how_it_came_about_and_its_source(plan):
    text = plan(bounded(), *plan.prices).stdout

    assert "at most 10.00 USD (10 candidates x 0.5 h x 2 USD)" in text
    assert "0.25 USD an hour (1 x ml.m5.xlarge x 0.25 USD an hour)" in text
    assert "(prices: a test)" in text


def test_what_has_no_bound_has_no_figure(plan):
    text = plan(edited(JOB, Revision="2"), *plan.prices).stdout

    assert (
        "cost not known: no bound: set max_candidates and max_runtime_per_training_job_in_seconds"
    ) in text


@pytest.mark.parametrize(("limit", "status"), [("10", 0), ("9.99", 3)])
def test_a_plan_over_the_limit_ends_with_a_status_of_its_own(plan, limit, status):
    assert plan(bounded(), *plan.prices, "--max-cost", limit).exit_code == status


def test_a_cost_that_is_not_known_is_over_every_limit(plan):
    assert plan(edited(JOB, Revision="2"), *plan.prices, "--max-cost", "1e9").exit_code == 3


def test_nothing_synthesized_is_said_with_the_way_out(tmp_path):
    result = CliRunner().invoke(automlv2, ["plan", "--app", str(tmp_path), "--region", "eu-west-1"])

    assert result.exit_code == 1
    assert "run `cdk synth` first" in result.stderr


def test_a_stack_that_is_not_in_the_app_is_refused_with_those_that_are(plan):
    assert "no stack Chrun in" in plan(DEPLOYED, "Chrun").stderr


def test_prices_that_cannot_be_read_lead_to_the_plan_without_them(plan, tmp_path):
    path = tmp_path / "typo.json"
    path.write_text('{"source": "a", "source": "b"}')

    failed = plan(DEPLOYED, "--prices", str(path))

    assert failed.exit_code == 1
    assert "the key 'source' stands twice" in failed.stderr
    assert f"next: automlv2 plan --app {tmp_path}" in failed.stderr
