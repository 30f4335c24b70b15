"""A job in one stack, what uses it in another: rights, and a channel that CloudFormation sees."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_automlv2 import AutoMLCandidates, AutoMLEndpoint, AutoMLJobV2, AutoMLModel, OptionsError

from .helpers import (
    ROLE_ARN,
    endpoint,
    job,
    may,
    model,
    properties,
    resources,
    statements,
    template,
)

STRENGTHS = [None, "strong", "weak", "both"]
SSM = "AWS::SSM::Parameter"
READ = "AWS::SSM::Parameter::Value<String>"


def two_stacks(strength=None, nested=False):
    context = {} if strength is None else {"@aws-cdk/core:defaultCrossStackReferences": strength}
    app = cdk.App(context=context)
    train, serve = cdk.Stack(app, "Train"), cdk.Stack(app, "Serve")
    if nested:
        return cdk.NestedStack(train, "Inner"), cdk.NestedStack(serve, "Inner")
    return train, serve


def sent(stack):
    """Value of each SSM parameter that a stack makes, by its name."""
    found = [item["Properties"] for item in resources(stack, SSM)]
    return {item["Name"]: item["Value"] for item in found}


def received(stack):
    """Logical id of each parameter that reads one, by the name that it reads."""
    found = template(stack)["Parameters"].items()
    ours = {key: item for key, item in found if key.startswith("AutoMLV2")}
    assert {item["Type"] for item in ours.values()} <= {READ}
    return {item["Default"]: key for key, item in ours.items()}


def names_of(values, attribute):
    return [name for name in values if name.endswith(f"/{attribute}")]


@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_new_winner_reaches_another_stack_by_no_export_and_as_a_change(strength):
    train, serve = two_stacks(strength)
    made = job(train)
    endpoint(serve, model=model(serve, job=made))

    [name] = names_of(sent(train), "AutoMLJobName")
    assert "Wait1" in str(sent(train)[name]["Fn::GetAtt"][0])
    assert properties(serve, "Custom::AutoMLModel")["AutoMLJobName"] == {
        "Ref": received(serve)[name]
    }
    assert set(received(serve)) == set(sent(train))
    for stack in (train, serve):
        text = json.dumps(template(stack))
        assert "Export" not in text
        assert "Fn::ImportValue" not in text
        assert "GetStackOutput" not in text


def test_the_stack_that_uses_the_job_is_deployed_after_it():
    train, serve = two_stacks()
    model(serve, job=job(train))

    assert train in serve.dependencies


@pytest.mark.parametrize("strength", STRENGTHS)
def test_any_attribute_in_another_stack_takes_the_same_way(strength):
    train, serve = two_stacks(strength)
    made = job(train)
    served = model(train, job=made)
    listed = AutoMLCandidates(train, "Candidates", job=made)
    cdk.CfnOutput(serve, "Best", value=made.best_candidate_name)
    cdk.CfnOutput(serve, "Data", value=f"data {made.data_fingerprint}")
    cdk.CfnOutput(serve, "Model", value=served.model_name)
    cdk.CfnOutput(serve, "Count", value=listed.count)
    cdk.CfnOutput(train, "Here", value=made.best_candidate_name)

    attributes = {name.rpartition("/")[2] for name in sent(train)}
    assert attributes == {"BestCandidateName", "DataFingerprint", "ModelName", "Count"}
    assert "Fn::GetAtt" in template(train)["Outputs"]["Here"]["Value"]
    assert "ImportValue" not in json.dumps(template(serve))


def test_a_value_that_may_be_empty_is_sent_with_something_before_it():
    train, serve = two_stacks()
    cdk.CfnOutput(serve, "Metric", value=job(train).objective_metric_value)

    [value] = sent(train).values()
    assert value["Fn::Join"][1][0] == "|"
    assert template(serve)["Outputs"]["Metric"]["Value"]["Fn::Select"][0] == 1


def test_a_value_shared_many_times_is_one_parameter():
    train, serve = two_stacks()
    made = job(train)
    for number in range(3):
        AutoMLModel(serve, f"Model{number}", job=made)

    assert len(names_of(sent(train), "AutoMLJobName")) == 1
    assert len(names_of(received(serve), "AutoMLJobName")) == 1


def test_the_function_may_look_at_the_job_of_another_stack():
    train, serve = two_stacks()
    model(serve, job=job(train))

    scope = properties(train, "Custom::AutoMLJobV2")["NameScope"]
    looks = [
        str(line["Resource"])
        for line in statements(serve, "FunctionPolicy")
        if "sagemaker:DescribeAutoMLJobV2" in line["Action"]
    ]
    assert any(f"automl-job/*-{scope}*" in arns or "automl-job/*'" in arns for arns in looks)


def test_a_model_of_another_stack_may_read_the_artifacts():
    train, serve = two_stacks()
    model(serve, job=job(train))

    [name] = names_of(received(serve), "OutputBucket")
    assert received(serve)[name] in json.dumps(statements(serve, "ModelRole"))


def test_whoever_reads_the_output_in_another_stack_is_granted_it():
    train, serve = two_stacks()
    reader = iam.User(serve, "Reader")
    made = job(train)

    made.grant_read_output(reader)
    made.grant_describe(reader)

    assert {name.rpartition("/")[2] for name in received(serve)} == {
        "OutputBucket",
        "AutoMLJobArn",
    }


def test_nested_stacks_of_two_stacks_are_passed_the_value_by_their_parents():
    train, serve = two_stacks(nested=True)
    model(serve, job=job(train))

    assert names_of(sent(train), "AutoMLJobName")
    parent = serve.nested_stack_parent
    [name] = names_of(received(parent), "AutoMLJobName")
    [resource] = resources(parent, "AWS::CloudFormation::Stack")
    assert {"Ref": received(parent)[name]} in resource["Properties"]["Parameters"].values()


def nest(where):
    """A stack for the job and one for what uses it, in one deployment."""
    root = cdk.Stack(cdk.App(), "Shop")
    inner = cdk.NestedStack(root, "Inner")
    match where:
        case "job in the parent":
            return root, inner
        case "job in the nested stack":
            return inner, root
        case "siblings":
            return inner, cdk.NestedStack(root, "Other")
        case "deeper":
            return root, cdk.NestedStack(inner, "Deeper")
    return cdk.NestedStack(inner, "Deeper"), root


@pytest.mark.parametrize(
    "where",
    ["job in the parent", "job in the nested stack", "siblings", "deeper", "job deeper"],
)
def test_nested_stacks_of_one_deployment_use_the_own_references_of_the_cdk(where):
    train, serve = nest(where)
    made = job(train)
    endpoint(serve, model=model(serve, job=made))
    AutoMLCandidates(serve, "Candidates", job=made)
    cdk.CfnOutput(serve, "Best", value=made.best_candidate_name)

    assert sent(train) == {}
    assert resources(serve, "Custom::AutoMLModel")


@pytest.mark.parametrize("where", ["job in the parent", "job in the nested stack", "siblings"])
def test_model_and_endpoint_may_be_in_different_nested_stacks(where):
    one, other = nest(where)
    endpoint(other, model=model(one))

    assert resources(other, "Custom::AutoMLEndpoint")


def test_an_endpoint_whose_model_another_stack_would_delete_is_refused():
    train, serve = two_stacks()
    served = model(train)

    with pytest.raises(ValueError, match=r"must be in the stack of its endpoint.*a model of Train"):
        endpoint(serve, model=served)


def test_an_endpoint_may_use_a_model_of_another_stack_that_stays():
    train, serve = two_stacks()
    served = model(train, removal_policy=cdk.RemovalPolicy.RETAIN)

    endpoint(serve, model=served)

    assert names_of(received(serve), "ModelName")


PLACES = [
    ({"region": "eu-west-1"}, {"region": "us-east-1"}, "region eu-west-1 of .* and us-east-1"),
    ({"account": "1" * 12}, {"account": "2" * 12}, "account 1+ of .* and 2+"),
    ({"region": "eu-west-1"}, {}, r"region eu-west-1 of .* and \(not set\)"),
]


def apart(one, other):
    app = cdk.App()
    train = cdk.Stack(app, "Train", env=cdk.Environment(**one))
    return train, cdk.Stack(app, "Serve", env=cdk.Environment(**other))


@pytest.mark.parametrize(("one", "other", "words"), PLACES)
def test_a_model_in_another_account_or_region_is_refused_with_the_way_round(one, other, words):
    train, serve = apart(one, other)
    made = job(train, output_path="s3://out/")

    with pytest.raises(ValueError, match=f"in one account and Region.*{words}.*declare a job in"):
        model(serve, job=made)


def test_candidates_of_a_job_in_another_region_are_refused_too():
    train, serve = apart({"region": "eu-west-1"}, {"region": "us-east-1"})

    with pytest.raises(OptionsError, match="in one account and Region"):
        AutoMLCandidates(serve, "Candidates", job=job(train, output_path="s3://out/"))


def staged():
    app = cdk.App()
    return [cdk.Stack(cdk.Stage(app, name), "Shop") for name in ("One", "Two")]


def in_an_output(stack, made):
    cdk.CfnOutput(stack, "Best", value=made.best_candidate_name)


def in_a_resource(stack, made):
    made.grant_describe(iam.User(stack, "Reader"))


def in_a_nested_stack(stack, made):
    in_an_output(cdk.NestedStack(stack, "Inner"), made)


@pytest.mark.parametrize("use", [in_an_output, in_a_resource, in_a_nested_stack])
@pytest.mark.parametrize("places", [*(place[:2] for place in PLACES), "stages"], ids=str)
def test_a_value_that_cannot_be_shared_is_refused_by_one_clear_error(use, places):
    train, serve = staged() if places == "stages" else apart(*places)
    use(serve, job(train, output_path="s3://out/"))

    with pytest.raises(RuntimeError) as caught:
        serve.node.root.synth()

    assert "Validation failed with the following errors" in str(caught.value)
    assert str(caught.value).count("declare a job in each") == 1
    assert "Resolution error" not in str(caught.value)


def test_a_value_that_was_refused_once_is_rendered_when_nothing_is_wrong_any_more():
    train, serve = apart({"region": "eu-west-1"}, {"region": "us-east-1"})
    in_an_output(serve, job(train, output_path="s3://out/"))
    with pytest.raises(RuntimeError, match="Validation failed"):
        template(serve)

    serve.node.try_remove_child("Best")

    assert "refused" not in json.dumps(template(serve))


def test_a_job_in_another_stage_is_refused_with_the_way_round():
    app = cdk.App()
    one, other = cdk.Stage(app, "One"), cdk.Stage(app, "Two")
    made = job(cdk.Stack(one, "Train"))

    with pytest.raises(ValueError, match=r"in one stage.*from_auto_ml_job_name"):
        model(cdk.Stack(other, "Serve"), job=made)


def test_an_attached_job_may_be_used_in_another_stack():
    train, serve = two_stacks()
    attached = AutoMLJobV2.from_auto_ml_job_name(train, "Old", "old", output_path="s3://out/")

    served = AutoMLModel(serve, "Model", job=attached)
    AutoMLEndpoint(serve, "Endpoint", model=served, instance_type="ml.m5.large")

    assert names_of(received(serve), "AutoMLJobName")
    assert may(serve, "function", "sagemaker:DescribeAutoMLJobV2", ":automl-job/old")


def test_a_job_not_waited_for_gives_its_name_to_another_stack():
    train, serve = two_stacks()
    cdk.CfnOutput(serve, "Name", value=job(train, wait=False).auto_ml_job_name)

    [value] = sent(train).values()
    assert "Ref" in value


def shared_role(kind, stack):
    principal = iam.ServicePrincipal("sagemaker.amazonaws.com")
    match kind:
        case "made":
            return iam.Role(stack, "Shared", assumed_by=principal)
        case "imported":
            return iam.Role.from_role_arn(stack, "Shared", ROLE_ARN)
        case "not to be granted":
            return iam.Role(stack, "Shared", assumed_by=principal).without_policy_updates()
    return iam.Role.from_role_arn(stack, "Shared", ROLE_ARN, mutable=False)


def foreign(nested):
    """Two stacks, of which the second uses what the first has."""
    root = cdk.Stack(cdk.App(), "Platform")
    return root, cdk.NestedStack(root, "Shop") if nested else cdk.Stack(root.node.root, "Shop")


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("kind", ["made", "imported"])
def test_a_role_of_another_stack_is_granted_here_and_before_the_job(kind, nested):
    platform, shop = foreign(nested)
    role = shared_role(kind, platform)
    made = job(shop, role=role)
    model(shop, job=made, role=role)

    policies = {
        name: json.dumps(item["Properties"]["PolicyDocument"])
        for name, item in template(shop)["Resources"].items()
        if item["Type"] == "AWS::IAM::Policy" and "AutoMLV2" not in name
    }
    [writing] = [name for name, text in policies.items() if "s3:PutObject" in text]
    [reading] = policies.keys() - {writing}
    assert "AutoMLV2Output" in policies[writing]
    assert "OutputBucket" in policies[reading]
    assert writing in resources(shop, "Custom::AutoMLJobV2")[0]["DependsOn"]
    assert reading not in resources(shop, "Custom::AutoMLJobV2")[0]["DependsOn"]
    assert {writing, reading} <= set(resources(shop, "Custom::AutoMLModel")[0]["DependsOn"])
    assert "AWS::IAM::Policy" not in json.dumps(template(platform))


@pytest.mark.parametrize("kind", ["not to be granted", "imported and not to be granted"])
def test_a_role_of_another_stack_that_is_not_to_be_granted_anything_is_not(kind):
    platform, shop = foreign(nested=False)
    job(shop, role=shared_role(kind, platform))

    assert [name for name in template(shop)["Resources"] if "RolePolicy" in name] == []
