import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLJobV2,
    AutoMLTabularConfig,
    AutoMLV2,
    LocalAutoMLDataChannel,
    OptionsError,
    VpcConfig,
)

from .helpers import (
    ROLE_ARN,
    actions,
    job,
    may,
    properties,
    resources,
    scope_of,
    statement_for,
    statements,
    template,
)

JOB, WAIT = "Custom::AutoMLJobV2", "Custom::AutoMLWait"


def test_properties_are_the_request_of_the_api(stack):
    job(
        stack,
        problem_config=AutoMLTabularConfig("churn", problem_type="BinaryClassification"),
        job_objective={"MetricName": "AUC"},
        validation_fraction=0.3,
        output_path="s3://out/models/",
        encrypt_inter_container_traffic=True,
        vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        role=ROLE_ARN,
        tags={"team": "ml"},
        revision="2",
    )

    found = properties(stack, JOB)
    del found["ServiceToken"], found["StateMachineArn"], found["NameScope"]
    assert found == {
        "AutoMLJobInputDataConfig": [
            {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/train/"}}}
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://out/models/"},
        "AutoMLProblemTypeConfig": {
            "TabularJobConfig": {
                "TargetAttributeName": "churn",
                "ProblemType": "BinaryClassification",
            }
        },
        "AutoMLJobObjective": {"MetricName": "AUC"},
        "DataSplitConfig": {"ValidationFraction": 0.3},
        "SecurityConfig": {
            "EnableInterContainerTrafficEncryption": True,
            "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        },
        "RoleArn": ROLE_ARN,
        "BaseName": "churn",
        "Revision": "2",
        "Tags": [{"Key": "team", "Value": "ml"}],
    }


def test_start_new_takes_what_the_sdk_s_takes_and_its_job_can_be_waited_for(stack):
    auto_ml = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churn"))

    made = AutoMLJobV2.start_new(auto_ml, "s3://in/train/")

    assert made.wait(logs=False) is auto_ml.describe_auto_ml_job()
    assert len(resources(stack, JOB)) == 1


def test_start_new_of_what_is_no_auto_ml_is_refused(stack):
    with pytest.raises(OptionsError, match="auto_ml: must be an AutoMLV2, got a Stack"):
        AutoMLJobV2.start_new(stack, "s3://in/train/")


def test_a_retained_job_runs_on_with_its_role_and_its_folder(stack, tmp_path):
    (tmp_path / "a.csv").write_text("churn\n1\n")
    made = job(stack, inputs=LocalAutoMLDataChannel("S3Prefix", str(tmp_path)))
    made.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    [role] = [item for item in resources(stack, "AWS::IAM::Role") if "sagemaker" in str(item)]
    kept = [*resources(stack, JOB), *resources(stack, "Custom::AutoMLInput"), role]
    assert [item["DeletionPolicy"] for item in kept] == ["Retain"] * 3


def test_a_job_that_is_not_waited_for_is_described_by_its_own_arn(stack):
    made = job(stack, wait=False, job_name="Churn-1")
    user = iam.User(stack, "Looker")
    made.grant_describe(user)

    [policy] = [
        item["Properties"]["PolicyDocument"]["Statement"]
        for item in resources(stack, "AWS::IAM::Policy")
        if "DescribeAutoMLJobV2" in str(item) and "Users" in item["Properties"]
    ]
    assert "AutoMLJobArn" in str(policy[-1]["Resource"])


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [
        pytest.param(60, [60], id="a minute"),
        pytest.param(3300, [3300], id="one link"),
        pytest.param(3301, [3300, 1], id="a second more"),
        pytest.param(3 * 3600, [3300, 3300, 3300, 900], id="three hours"),
    ],
)
def test_the_wait_is_a_chain_of_links_of_at_most_fifty_five_minutes(stack, seconds, waits):
    job(stack, timeout=cdk.Duration.seconds(seconds))

    found = [item["Properties"] for item in resources(stack, WAIT)]
    assert [link["LinkSeconds"] for link in found] == waits
    assert [link["Last"] for link in found] == [False] * (len(waits) - 1) + [True]
    assert all(link["ServiceTimeout"] <= 3600 for link in found)
    assert all(link["TimeoutSeconds"] == seconds for link in found)


def test_each_link_comes_after_the_one_before(stack):
    job(stack, timeout=cdk.Duration.hours(2))

    ids = {
        logical_id: item["Properties"]
        for logical_id, item in template(stack)["Resources"].items()
        if item["Type"] == WAIT
    }
    first, second, third = ids
    assert "After" not in ids[first]
    assert ids[second]["After"] == {"Ref": first}
    assert ids[third]["After"] == {"Ref": second}


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        pytest.param(
            AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600), 2400, id="its own limit"
        ),
        pytest.param(AutoMLTabularConfig("y"), 12 * 3600, id="twelve hours"),
    ],
)
def test_the_timeout_follows_the_longest_run_of_the_job(stack, config, seconds):
    job(stack, problem_config=config)

    assert resources(stack, WAIT)[0]["Properties"]["TimeoutSeconds"] == seconds


def test_a_very_long_wait_says_what_it_costs(stack):
    job(stack, timeout=cdk.Duration.hours(24))

    Annotations.from_stack(stack).has_warning(
        "/Shop/Churn", Match.string_like_regexp("the job waits in 27 resources of the 500")
    )


def test_rejects_a_wait_that_no_stack_could_hold(stack):
    with pytest.raises(OptionsError, match="timeout: must be 18 days or less, as a stack has 500"):
        job(stack, timeout=cdk.Duration.days(30))


def test_a_run_too_long_to_be_waited_for_is_named_by_its_own_option(stack):
    config = AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=20 * 24 * 3600)

    with pytest.raises(OptionsError, match=r"timeout: must be 18 days.*max_total_job_runtime"):
        job(stack, problem_config=config)
    assert job(stack, problem_config=config, wait=False).auto_ml_job_name


def test_a_timeout_too_long_is_in_one_error_with_the_other_faults(stack):
    with pytest.raises(OptionsError) as caught:
        job(stack, timeout=cdk.Duration.days(19), validation_fraction=2)

    assert [fault.path for fault in caught.value.problems] == ["timeout", "validation_fraction"]


def test_a_timeout_of_part_of_a_second_is_refused_by_name(stack):
    with pytest.raises(OptionsError, match="timeout: must be whole seconds, got '61500 ms'"):
        job(stack, timeout=cdk.Duration.millis(61_500))


def test_more_security_groups_than_the_api_takes_are_refused_at_synth(stack):
    vpc = ec2.Vpc(stack, "Vpc")
    groups = [ec2.SecurityGroup(stack, f"Group{number}", vpc=vpc) for number in range(6)]

    with pytest.raises(OptionsError, match=r"vpc_config.security_groups: must have 5 or fewer"):
        job(stack, vpc_config=VpcConfig(vpc, security_groups=groups))


def test_the_default_wait_warns_of_nothing(stack):
    job(stack, problem_config=AutoMLTabularConfig("y"))

    Annotations.from_stack(stack).has_no_warning("*", Match.any_value())


def test_attributes_come_from_the_last_link(stack):
    made = job(stack, timeout=cdk.Duration.hours(1))

    resolved = stack.resolve(made.best_candidate_name)
    assert resolved["Fn::GetAtt"][0].startswith("ChurnWait2")
    assert resolved["Fn::GetAtt"][1] == "BestCandidateName"
    names = {
        stack.resolve(getattr(made, name))["Fn::GetAtt"][1]
        for name in (
            "auto_ml_job_name",
            "auto_ml_job_arn",
            "auto_ml_job_status",
            "auto_ml_job_secondary_status",
            "objective_metric_name",
            "objective_metric_value",
        )
    }
    assert names == {
        "AutoMLJobName",
        "AutoMLJobArn",
        "AutoMLJobStatus",
        "AutoMLJobSecondaryStatus",
        "ObjectiveMetricName",
        "ObjectiveMetricValue",
    }


def test_rejects_the_candidate_of_a_job_that_makes_none(stack):
    config = AutoMLTabularConfig("y", generate_candidate_definitions_only=True)
    made = job(stack, problem_config=config)

    with pytest.raises(OptionsError, match="generate_candidate_definitions_only"):
        _ = made.best_candidate_name
    assert resources(stack, WAIT)[0]["Properties"]["CandidateRequired"] is False


def test_one_private_retained_bucket_serves_all_jobs_without_an_output_path(stack):
    job(stack, "One")
    job(stack, "Two")

    [bucket] = resources(stack, "AWS::S3::Bucket")
    assert bucket["DeletionPolicy"] == "Retain"
    assert bucket["Properties"]["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True
    assert "BucketEncryption" in bucket["Properties"]
    assert len(resources(stack, "AWS::S3::BucketPolicy")) == 1


def test_a_local_file_is_uploaded_and_another_content_is_another_job(stack, tmp_path):
    path = tmp_path / "train.csv"

    def uri(content):
        path.write_text(content)
        one = cdk.Stack(cdk.App(), "Shop")
        job(one, inputs=LocalAutoMLDataChannel("S3Prefix", str(path)))
        source = properties(one, JOB)["AutoMLJobInputDataConfig"][0]["DataSource"]
        return str(source["S3DataSource"]["S3Uri"])

    assert uri("a,b\n1,2\n") == uri("a,b\n1,2\n")
    assert uri("a,b\n1,2\n") != uri("a,b\n1,3\n")


def test_tags_of_the_stack_reach_the_job_beside_its_own(stack):
    job(stack, tags={"team": "ml"})
    cdk.Tags.of(stack).add("cost", "7")

    tags = properties(stack, JOB)["Tags"]
    assert sorted(tag["Key"] for tag in tags) == ["cost", "team"]


def test_grant_describe_allows_this_job(stack):
    role = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())

    job(stack).grant_describe(role)

    statement = statement_for(stack, "Caller", "sagemaker:DescribeAutoMLJobV2")
    assert statement["Resource"]["Fn::GetAtt"][1] == "AutoMLJobArn"


def test_grant_read_output_allows_the_output_path(stack):
    role = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())

    job(stack, output_path="s3://out/models/").grant_read_output(role)

    assert "out/models/*" in str(statement_for(stack, "Caller", "s3:GetObject")["Resource"])


def test_a_named_job_is_named_and_allowed(stack):
    job(stack, job_name="Churn-2026")

    assert properties(stack, JOB)["AutoMLJobName"] == "Churn-2026"
    owner = f"{scope_of(stack)}/x"
    name = ":automl-job/churn-2026"
    assert may(stack, "function", "sagemaker:CreateAutoMLJobV2", name, owner_asked=owner)
    assert may(stack, "function", "sagemaker:StopAutoMLJob", name, owner=owner)


def test_a_uri_that_is_a_token_is_granted_by_its_bucket(stack):
    parameter = cdk.CfnParameter(stack, "Uri").value_as_string

    job(stack, inputs=AutoMLDataChannel("S3Prefix", parameter))

    reading = [line for line in statements(stack, "ChurnRole") if actions(line) == {"s3:GetObject"}]
    assert "Fn::Select" in str(reading[0]["Resource"])


def test_a_job_that_depends_on_another_starts_after_its_end(stack):
    first, second = job(stack, "First"), job(stack, "Second")

    second.node.add_dependency(first)

    found = template(stack)["Resources"]
    [waits] = [name for name in found if name.startswith("FirstWait")]
    [starts] = [
        item for name, item in found.items() if name.startswith("Second") and item["Type"] == JOB
    ]
    assert waits in starts["DependsOn"]
