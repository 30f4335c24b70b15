import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from cdk_automlv2 import AutoMLSettings, OptionsError

from .helpers import endpoint, faults, job, may, properties, resources, template

INTERFACE = "ec2:CreateNetworkInterface"


def network(stack):
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-1"],
        isolated_subnet_ids=["subnet-2"],
    )


def test_without_settings_logs_are_kept_for_six_months_and_the_function_is_in_no_vpc(stack):
    endpoint(stack)

    groups = resources(stack, "AWS::Logs::LogGroup")
    assert [group["Properties"] for group in groups] == [{"RetentionInDays": 180}] * 2
    function = properties(stack, "AWS::Lambda::Function")
    assert not {"VpcConfig", "ReservedConcurrentExecutions"} & function.keys()
    assert not may(stack, "function", INTERFACE, "*")


def test_settings_of_the_app_hold_for_each_of_its_stacks():
    app = cdk.App()
    AutoMLSettings.of(app).configure(log_retention=logs.RetentionDays.ONE_WEEK)
    outer = cdk.Stack(cdk.Stage(app, "Prod"), "Shop")
    inner = cdk.NestedStack(outer, "Inner")
    job(outer)
    job(inner)

    for stack in (outer, inner):
        kept = [group["Properties"] for group in resources(stack, "AWS::Logs::LogGroup")]
        assert kept == [{"RetentionInDays": 7}] * 2


def test_the_innermost_scope_wins_option_by_option():
    app = cdk.App()
    stack, other = cdk.Stack(app, "Shop"), cdk.Stack(app, "Other")
    AutoMLSettings.of(stack).configure(log_retention=logs.RetentionDays.ONE_DAY)
    AutoMLSettings.of(app).configure(
        log_retention=logs.RetentionDays.ONE_WEEK, reserved_concurrent_executions=3
    )
    job(stack)
    job(other)

    days = {
        one.stack_name: resources(one, "AWS::Logs::LogGroup")[0]["Properties"]["RetentionInDays"]
        for one in (stack, other)
    }
    assert days == {"Shop": 1, "Other": 7}
    assert properties(stack, "AWS::Lambda::Function")["ReservedConcurrentExecutions"] == 3


def test_the_logs_are_encrypted_with_a_key_that_cloudwatch_may_use_for_this_account(stack):
    key = kms.Key(stack, "Key")
    AutoMLSettings.of(stack).configure(log_encryption_key=key)
    job(stack)

    arn = stack.resolve(key.key_arn)
    groups = resources(stack, "AWS::Logs::LogGroup")
    assert [group["Properties"]["KmsKeyId"] for group in groups] == [arn, arn]
    lines = properties(stack, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    [allowed] = [line for line in lines if "logs." in str(line["Principal"])]
    assert ":log-group:*" in str(allowed["Condition"]["ArnLike"])
    assert "AWS::AccountId" in str(allowed["Condition"]["ArnLike"])


def test_a_key_of_another_stack_is_used_without_a_circle():
    app = cdk.App()
    key = kms.Key(cdk.Stack(app, "Keys"), "Key")
    AutoMLSettings.of(app).configure(log_encryption_key=key)
    for name in ("One", "Two"):
        job(cdk.Stack(app, name))

    assert app.synth().get_stack_by_name("Two").template["Resources"]
    lines = properties(key.stack, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert sum("logs." in str(line["Principal"]) for line in lines) == 1


def test_the_function_gets_its_network_interfaces_and_its_own_code_does_not(stack):
    AutoMLSettings.of(stack).configure(vpc=network(stack))
    job(stack)

    body = properties(stack, "AWS::Lambda::Function")
    assert body["VpcConfig"]["SubnetIds"] == ["subnet-1"]
    assert len(resources(stack, "AWS::EC2::SecurityGroup")) == 1
    assert may(stack, "function", INTERFACE, "*")
    here = "arn:aws:lambda:eu-west-1:111122223333:function:any"
    assert not may(stack, "function", INTERFACE, "*", lambda__SourceFunctionArn=here)
    assert not [
        role
        for role in resources(stack, "AWS::IAM::Role")
        if "ManagedPolicyArns" in role["Properties"]
    ]


def test_subnets_and_security_groups_are_those_given(stack):
    vpc = network(stack)
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    AutoMLSettings.of(stack).configure(
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        security_groups=[group],
    )
    job(stack)

    found = properties(stack, "AWS::Lambda::Function")["VpcConfig"]
    assert found == {"SubnetIds": ["subnet-2"], "SecurityGroupIds": ["sg-1"]}


def test_settings_that_come_too_late_are_refused(stack):
    job(stack)

    with pytest.raises(OptionsError, match=r"before the first construct.*got 'one in Shop'"):
        AutoMLSettings.of(stack.node.root).configure(reserved_concurrent_executions=3)


def test_settings_of_another_stack_are_not_too_late(stack):
    job(stack)
    other = cdk.Stack(stack.node.root, "Other")

    AutoMLSettings.of(other).configure(reserved_concurrent_executions=3)
    job(other)

    assert "ReservedConcurrentExecutions" not in str(template(stack))
    assert properties(other, "AWS::Lambda::Function")["ReservedConcurrentExecutions"] == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"reserved_concurrent_executions": 0},
            "reserved_concurrent_executions: must be 1 or more",
        ),
        ({"log_retention": 7}, "log_retention: must be"),
        ({"log_encryption_key": "alias/ml"}, "log_encryption_key: must be"),
        ({"security_groups": ["sg-1"]}, "security_groups"),
        ({"vpc": "vpc-1"}, "vpc: must be"),
    ],
)
def test_settings_that_cannot_work_are_refused(stack, options, words):
    with pytest.raises(OptionsError, match=words):
        AutoMLSettings.of(stack).configure(**options)


def two_networks(stack):
    return [
        ec2.Vpc.from_vpc_attributes(
            stack,
            name,
            vpc_id=f"vpc-{name}",
            availability_zones=["eu-west-1a"],
            private_subnet_ids=[f"subnet-{name}"],
        )
        for name in ("one", "two")
    ]


def test_another_vpc_does_not_drop_security_groups_without_a_word(stack):
    one, two = two_networks(stack)
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    settings = AutoMLSettings.of(stack)
    settings.configure(vpc=one, security_groups=[group])

    said = faults(lambda: settings.configure(vpc=two))

    assert said == [
        "security_groups: must be given again with another vpc, as the former ones belong to the "
        "former, got None"
    ]
    settings.configure(vpc=two, security_groups=[group])
    job(stack)
    assert properties(stack, "AWS::Lambda::Function")["VpcConfig"]["SubnetIds"] == ["subnet-two"]


def test_what_is_left_out_stays_as_it_was_in_the_same_vpc(stack):
    one, _ = two_networks(stack)
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
    AutoMLSettings.of(stack).configure(vpc=one, security_groups=[group])
    AutoMLSettings.of(stack).configure(vpc=one)
    job(stack)

    found = properties(stack, "AWS::Lambda::Function")["VpcConfig"]
    assert found["SecurityGroupIds"] == ["sg-1"]


def test_subnets_that_the_vpc_has_not_are_refused_by_the_options_name(stack):
    one, _ = two_networks(stack)

    [said] = faults(
        lambda: AutoMLSettings.of(stack).configure(
            vpc=one, vpc_subnets=ec2.SubnetSelection(subnet_group_name="zz")
        )
    )

    assert said.startswith("vpc_subnets: must choose subnets that the VPC has, got 'subnet_group_")
    assert "There are no subnet groups with name 'zz' in this VPC" in said


def test_a_function_in_a_public_subnet_reaches_nothing(stack):
    public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    vpc = ec2.Vpc(stack, "Vpc")

    [said] = faults(lambda: AutoMLSettings.of(stack).configure(vpc=vpc, vpc_subnets=public))

    assert said.startswith("vpc_subnets: must not be public")


def test_subnets_without_a_vpc_are_refused(stack):
    with pytest.raises(OptionsError, match="vpc_subnets: must come with vpc"):
        AutoMLSettings.of(stack).configure(
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        )


def test_a_retention_given_as_text_is_answered_with_the_name_that_there_is(stack):
    said = faults(lambda: AutoMLSettings.of(stack).configure(log_retention="ONE_YEAR"))

    assert said[0].endswith("use logs.RetentionDays.ONE_YEAR")


def test_settings_that_are_late_and_wrong_are_refused_for_both(stack):
    job(stack)

    late = AutoMLSettings.of(stack)

    said = faults(lambda: late.configure(reserved_concurrent_executions=0))
    assert [fault.partition(":")[0] for fault in said] == [
        "reserved_concurrent_executions",
        "configure",
    ]
