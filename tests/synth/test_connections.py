"""Jobs, models and endpoints in a VPC are what the CDK opens ways to and from."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Match, Template

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLRelease,
    InstanceVariant,
    OptionsError,
    VpcConfig,
)
from cdk_automlv2 import AutoMLTabularConfig as Tabular

from .helpers import CHANNEL, endpoint, faults, job, model, resources, template

INGRESS = "AWS::EC2::SecurityGroupIngress"
BY_IDS = {"SecurityGroupIds": ["sg-1", "sg-2"], "Subnets": ["subnet-1"]}


@pytest.fixture
def vpc(stack):
    return ec2.Vpc(stack, "Vpc", max_azs=2)


@pytest.fixture
def database(stack, vpc):
    """Something else in the VPC, with a port of its own."""
    group = ec2.SecurityGroup(stack, "Database", vpc=vpc)
    return ec2.Connections(security_groups=[group], default_port=ec2.Port.tcp(5432))


def release(stack, **options):
    return AutoMLRelease(
        stack,
        "Released",
        problem_config=Tabular("churn"),
        inputs=CHANNEL,
        instance_type="ml.m5.large",
        **options,
    )


def in_vpc(make):
    """Return a maker of something whose containers are in a VPC."""
    if make is endpoint:
        return lambda stack, network: endpoint(stack, model=model(stack, vpc_config=network))
    return lambda stack, network: make(stack, vpc_config=network)


def opened_to(stack, port):
    """Return which groups may come in by a port: the ids of (to, from)."""
    return [
        (rule["Properties"]["GroupId"], rule["Properties"]["SourceSecurityGroupId"])
        for rule in resources(stack, INGRESS)
        if rule["Properties"].get("FromPort") == port
    ]


def group_id(stack, part):
    [name] = [
        logical_id
        for logical_id, item in template(stack)["Resources"].items()
        if item["Type"] == "AWS::EC2::SecurityGroup" and part in logical_id
    ]
    return {"Fn::GetAtt": [name, "GroupId"]}


@pytest.mark.parametrize(
    ("make", "part"), [(job, "ChurnSecurity"), (model, "ChurnModel"), (endpoint, "ChurnModel")]
)
def test_containers_cannot_be_let_to_a_database(stack, vpc, database, make, part):
    made = in_vpc(make)(stack, VpcConfig(vpc))

    made.connections.allow_to_default_port(database, "containers")

    assert opened_to(stack, 5432) == [(group_id(stack, "Database"), group_id(stack, part))]


@pytest.mark.parametrize("make", [job, model, endpoint])
def test_a_construct_of_the_cdk_does_not_take_one_as_connectable(stack, vpc, make):
    made = in_vpc(make)(stack, VpcConfig(vpc))
    host = ec2.BastionHostLinux(stack, "Host", vpc=vpc)

    host.connections.allow_from(made, ec2.Port.tcp(22))
    made.connections.allow_from(host, ec2.Port.tcp(8080))

    assert len(opened_to(stack, 22)) == len(opened_to(stack, 8080)) == 1


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"subnet_group_name": "zz"}, "must choose subnets that the VPC has, got 'subnet_group_"),
        ({"subnets": []}, "must choose one subnet at least, got 'subnets=[]'"),
        ({"availability_zones": ["mars-1a"]}, "must choose one subnet at least"),
        (
            {"subnet_type": ec2.SubnetType.PRIVATE_ISOLATED},
            "must choose subnets that the VPC has, got 'subnet_type=",
        ),
    ],
)
@pytest.mark.parametrize("make", [job, model, release])
def test_subnets_that_there_are_not_end_in_an_error_of_the_cdk(stack, vpc, make, chosen, words):
    network = VpcConfig(vpc, ec2.SubnetSelection(**chosen))

    [said] = faults(lambda: make(stack, vpc_config=network))

    assert said.startswith(f"vpc_config.subnets: {words}")


@pytest.mark.parametrize("make", [job, model, endpoint])
def test_groups_given_by_id_cannot_be_opened(stack, vpc, database, make):
    made = in_vpc(make)(stack, BY_IDS)

    made.connections.allow_to_default_port(database)

    assert [source for _, source in opened_to(stack, 5432)] == ["sg-1", "sg-2"]


def test_a_group_given_as_the_only_one_by_token_is_taken_for_an_unknown_list(stack, vpc, database):
    group = ec2.SecurityGroup(stack, "Own", vpc=vpc)
    network = {"SecurityGroupIds": [group.security_group_id], "Subnets": ["subnet-1"]}

    model(stack, vpc_config=network).connections.allow_to_default_port(database)

    assert opened_to(stack, 5432) == [(group_id(stack, "Database"), group_id(stack, "Own"))]


def test_the_second_of_two_given_groups_is_not_opened(stack, vpc, database):
    groups = [ec2.SecurityGroup(stack, name, vpc=vpc) for name in ("One", "Two")]
    made = job(stack, vpc_config=VpcConfig(vpc, security_groups=groups))

    made.connections.allow_to_default_port(database)

    sources = [source for _, source in opened_to(stack, 5432)]
    assert sources == [group_id(stack, name) for name in ("One", "Two")]
    assert made.connections is made.connections


def test_only_the_first_model_of_an_endpoint_is_opened(stack, vpc, database):
    trained = job(stack)
    served = [
        AutoMLModel(stack, name, job=trained, vpc_config=VpcConfig(vpc))
        for name in ("One", "Two", "Watched")
    ]
    variants = [InstanceVariant(served[0], "ml.m5.large")]
    shadow = InstanceVariant(served[2], "ml.m5.large")
    made = AutoMLEndpoint(stack, "Served", variants=variants, shadow_variant=shadow)

    made.connections.allow_to_default_port(database)

    sources = [source for _, source in opened_to(stack, 5432)]
    assert sources == [group_id(stack, name) for name in ("One", "Watched")]


def test_the_job_of_a_release_is_not_opened(stack, vpc, database):
    made = release(stack, vpc_config=VpcConfig(vpc))

    made.connections.allow_to_default_port(database)

    sources = [source for _, source in opened_to(stack, 5432)]
    parts = ("ReleasedJob", "ReleasedModel")
    assert sources == [group_id(stack, part) for part in parts]
    [resource] = resources(stack, "Custom::AutoMLRelease")
    rules = {rule for rule in template(stack)["Resources"] if "among" in rule or "from" in rule}
    assert rules <= {*resource["DependsOn"], *rules_of(stack, "Database")}


def rules_of(stack, part):
    found = template(stack)["Resources"].items()
    return {name for name, item in found if item["Type"] == INGRESS and name.startswith(part)}


@pytest.mark.parametrize(
    ("make", "type_", "part"),
    [(job, "Custom::AutoMLJobV2", "Churn"), (model, "Custom::AutoMLModel", "ChurnModel")],
)
@pytest.mark.parametrize("by_id", [False, True])
def test_containers_start_before_what_lets_them_in_is_there(stack, vpc, make, type_, part, by_id):
    made = make(stack, vpc_config=BY_IDS if by_id else VpcConfig(vpc))
    host = ec2.BastionHostLinux(stack, "Host", vpc=vpc)
    made.connections.allow_from(host, ec2.Port.tcp(8080))

    [resource] = resources(stack, type_)
    assert rules_of(stack, part)
    assert rules_of(stack, part) <= set(resource["DependsOn"])


@pytest.mark.parametrize("make", [job, model])
def test_what_is_kept_loses_its_security_group_with_the_stack(stack, vpc, make):
    made = make(stack, vpc_config=VpcConfig(vpc))
    made.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    found = Template.from_stack(stack)
    found.has_resource("AWS::EC2::SecurityGroup", Match.object_like(kept))
    found.has_resource(INGRESS, Match.object_like(kept))


def test_a_group_of_the_user_is_kept_with_the_model(stack, vpc):
    group = ec2.SecurityGroup(stack, "Own", vpc=vpc)
    network = VpcConfig(vpc, security_groups=[group])
    model(stack, vpc_config=network, removal_policy=cdk.RemovalPolicy.RETAIN)

    [found] = resources(stack, "AWS::EC2::SecurityGroup")
    assert "DeletionPolicy" not in found


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (job, ("AutoMLJobV2 'Churn'", "vpc_config: must be given where connections is used")),
        (model, ("AutoMLModel 'ChurnModel'", "vpc_config: must be given")),
        (endpoint, ("AutoMLEndpoint 'ChurnEndpoint'", "model: must be in a VPC where conn")),
        (release, ("AutoMLRelease 'Released'", "vpc_config: must be given where connections")),
        (
            lambda s: AutoMLEndpoint.from_endpoint_name(s, "Old", "old"),
            ("AutoMLEndpoint 'Old'", "security_groups: must be given where connections is used"),
        ),
        (
            lambda s: AutoMLJobV2.from_auto_ml_job_name(s, "Old", "old"),
            ("AutoMLJobV2 'Old'", "security_groups: must be given"),
        ),
    ],
)
def test_what_is_in_no_vpc_does_not_say_so_by_name(stack, make, expected):
    made = make(stack)
    with pytest.raises(OptionsError) as caught:
        made.connections  # noqa: B018

    who, what = expected
    assert str(caught.value).startswith(f"{who}: invalid options:\n  - {what}")


def test_groups_that_only_the_deployment_knows_are_not_refused_by_name(stack):
    ids = cdk.Fn.split(",", cdk.Fn.import_value("groups"))
    made = model(stack, vpc_config={"SecurityGroupIds": ids, "Subnets": ["subnet-1"]})

    [fault] = faults(lambda: made.connections)
    assert fault.startswith("vpc_config: must be known at synth where connections is used")


@pytest.mark.parametrize(
    "make",
    [
        lambda s, groups: AutoMLEndpoint.from_endpoint_attributes(
            s, "Old", endpoint_name="old", security_groups=groups
        ),
        lambda s, groups: AutoMLModel.from_model_attributes(
            s, "Old", model_name="old", security_groups=groups
        ),
        lambda s, groups: AutoMLJobV2.from_auto_ml_job_attributes(
            s, "Old", auto_ml_job_name="old", security_groups=groups
        ),
    ],
)
def test_an_import_forgets_its_security_groups(stack, vpc, database, make):
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-old")
    made = make(stack, [group])

    made.connections.allow_to_default_port(database)

    assert [source for _, source in opened_to(stack, 5432)] == ["sg-old"]


def test_the_model_of_another_library_is_not_opened_behind_an_endpoint(stack, vpc, database):
    class Theirs:
        model_name = "theirs"
        model_arn = "arn:aws:sagemaker:eu-west-1:111122223333:model/theirs"
        problem_config = processing_unit = role = None
        connections = ec2.Connections(
            security_groups=[ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-theirs")]
        )

    made = endpoint(stack, model=Theirs())
    made.connections.allow_to_default_port(database)

    assert [source for _, source in opened_to(stack, 5432)] == ["sg-theirs"]
