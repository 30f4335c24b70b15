import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk_automlv2 import (
    AutoMLCandidates,
    AutoMLModel,
    AutoMLV2,
    LocalAutoMLDataChannel,
    ObjectiveGate,
    OptionsError,
)
from tests.synth.helpers import ROLE_ARN, properties, resources, scope_of, template
from tests.synth.helpers import Tabular as _Tabular

from .declared import CONFIG, detached, of, release, types


def test_a_release_is_one_resource_and_two_roles_however_long_the_job_may_take(stack):
    before = {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}

    release(stack, problem_config=_Tabular("churn", max_total_job_runtime_in_seconds=400_000))

    own = [
        item["Type"]
        for name, item in template(stack)["Resources"].items()
        if not name.startswith("AutoMLV2Provider") and item["Type"] not in before
    ]
    assert sorted(own) == ["AWS::IAM::Role", "AWS::IAM::Role", "Custom::AutoMLRelease"]


def test_a_second_release_adds_no_table_and_no_state_machine(stack):
    release(stack)
    release(stack, "Other")

    assert types(stack).count("AWS::DynamoDB::Table") == 1
    assert types(stack).count("AWS::StepFunctions::StateMachine") == 2
    assert types(stack).count("AWS::Lambda::Function") == 1


def test_a_stack_without_releases_has_no_table_and_the_function_knows_of_none(stack):
    detached(stack)

    assert "AWS::DynamoDB::Table" not in types(stack)
    function = properties(stack, "AWS::Lambda::Function")
    assert function["Environment"]["Variables"] == {"STACK_ID": {"Ref": "AWS::StackId"}}


def test_the_parts_have_the_properties_of_the_single_resources_and_no_name_of_job_or_model(stack):
    release(stack, role=ROLE_ARN, output_path="s3://out/", inference_response_keys=["probability"])

    body = of(stack)
    assert body["Key"] == "Churn"
    assert body["Job"]["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == (
        "s3://in/train/"
    )
    assert body["Job"]["OutputDataConfig"] == {"S3OutputPath": "s3://out/"}
    assert body["Job"]["RoleArn"] == ROLE_ARN
    assert body["Model"] == {
        "ExecutionRoleArn": ROLE_ARN,
        "InferenceResponseKeys": ["probability"],
        "ProcessingUnit": "CPU",
    }
    assert body["Endpoint"]["ProductionVariants"] == [
        {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "VariantName": "AllTraffic"}
    ]


def test_the_endpoint_has_a_name_of_the_stack_s_own_form_that_is_known_at_synth(stack):
    made = release(stack)

    assert made.endpoint_name.startswith(f"churn-{scope_of(stack)}")
    assert len(made.endpoint_name) == len("churn-") + 7 + 13
    assert of(stack)["Endpoint"]["EndpointName"] == made.endpoint_name


def test_a_long_id_leaves_a_name_that_sagemaker_takes(stack):
    made = release(stack, "PredictsWhichCustomersWillLeaveTheShopWithinTheNextQuarterOfThisYear")

    assert len(made.endpoint_name) == 63
    assert scope_of(stack) in made.endpoint_name


def test_two_releases_of_one_id_in_two_constructs_have_two_names(stack):
    one = release(cdk.NestedStack(stack, "A"))
    two = release(cdk.NestedStack(stack, "B"))

    assert one.endpoint_name != two.endpoint_name


def test_a_given_name_is_taken_as_it_is(stack):
    assert release(stack, endpoint_name="churn").endpoint_name == "churn"
    assert of(stack)["Endpoint"]["EndpointName"] == "churn"


def test_the_key_is_the_path_below_the_stack(stack):
    team = Construct(cdk.NestedStack(stack, "Inner"), "Team")

    assert release(team).key == "Team/Churn"


def test_grants_to_invoke_wait_for_no_release(stack):
    user = iam.User(stack, "User")
    release(stack).grant_invoke(user)

    policy = next(
        item
        for name, item in template(stack)["Resources"].items()
        if name.startswith("UserDefaultPolicy")
    )
    assert "ChurnC60F44B2" not in str(policy)


def test_tags_of_the_release_reach_job_model_and_endpoint(stack):
    made = release(stack, tags={"team": "ml"})
    cdk.Tags.of(made).add("cost", "1")

    for part in ("Job", "Model", "Endpoint"):
        tags = {tag["Key"]: tag["Value"] for tag in of(stack)[part]["Tags"]}
        assert tags == {"team": "ml", "cost": "1"}


def test_tags_of_the_stack_reach_job_model_and_endpoint(stack):
    stack.tags.set_tag("cost", "1")
    release(stack)

    for part in ("Job", "Model", "Endpoint"):
        assert of(stack)[part]["Tags"] == [{"Key": "cost", "Value": "1"}]


def test_retaining_a_release_keeps_its_model_endpoint_and_role(stack):
    release(stack).apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    [resource] = resources(stack, "Custom::AutoMLRelease")
    assert resource["DeletionPolicy"] == "Retain"
    body = resource["Properties"]
    assert body["Retained"] is True
    assert body["Model"]["Retained"] is True
    assert body["Endpoint"]["Retained"] is True
    kept = [
        name
        for name, item in template(stack)["Resources"].items()
        if item.get("DeletionPolicy") == "Retain" and item["Type"] == "AWS::IAM::Role"
    ]
    assert len(kept) == 1
    assert "Model" in kept[0]


def test_the_records_go_with_the_stack_unless_told(stack):
    release(stack)

    [table] = resources(stack, "AWS::DynamoDB::Table")
    assert table["DeletionPolicy"] == "Delete"
    assert "TableName" not in table["Properties"]
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["Properties"]["TimeToLiveSpecification"]["AttributeName"] == "expires"
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery["PointInTimeRecoveryEnabled"] is True


def test_the_records_outlive_the_stack_where_one_release_says_so(stack):
    release(stack)
    release(stack, "Other", keep_history=True)

    [table] = resources(stack, "AWS::DynamoDB::Table")
    assert table["DeletionPolicy"] == "Retain"


def test_an_upload_stays_a_resource_that_the_release_waits_for(stack, tmp_path):
    (tmp_path / "train.csv").write_text("a,churn\n1,2\n")

    release(stack, inputs=LocalAutoMLDataChannel("S3Prefix", str(tmp_path)))

    [upload] = [
        name
        for name, item in template(stack)["Resources"].items()
        if item["Type"] == "Custom::AutoMLInput"
    ]
    [channel] = of(stack)["Job"]["AutoMLJobInputDataConfig"]
    assert channel["DataSource"]["S3DataSource"]["S3Uri"] == {"Ref": upload}


def test_a_condition_of_the_release_holds_for_its_upload_and_the_model_s_role(stack, tmp_path):
    (tmp_path / "train.csv").write_text("a,churn\n1,2\n")
    made = release(stack, inputs=LocalAutoMLDataChannel("S3Prefix", str(tmp_path)))
    condition = cdk.CfnCondition(stack, "InProd", expression=cdk.Fn.condition_equals("a", "a"))
    made.node.find_child("Resource").cfn_options.condition = condition

    [one] = resources(stack, "Custom::AutoMLRelease")
    [upload] = resources(stack, "Custom::AutoMLInput")
    assert one["Condition"] == upload["Condition"] == "InProd"


def test_one_key_of_volumes_serves_jobs_and_endpoint(stack):
    key = kms.Key(stack, "Key")
    release(stack, volume_kms_key=key)

    body = of(stack)
    assert body["Endpoint"]["KmsKeyId"] == body["Job"]["SecurityConfig"]["VolumeKmsKeyId"]


def test_all_faults_of_a_release_are_in_one_error_by_the_names_that_were_typed(stack):
    with pytest.raises(OptionsError) as error:
        release(
            stack,
            instance_type="ml.m7g.large",
            base_job_name="-x",
            gates=[ObjectiveGate("F7", minimum=0.5)],
            validation_fraction=2,
            initial_instance_count=0,
            job_objective={"MetricName": "Accuracy"},
        )

    named = {problem.path for problem in error.value.problems}
    assert named >= {
        "instance_type",
        "base_job_name",
        "validation_fraction",
        "initial_instance_count",
        "job_objective",
    }


def test_a_gate_of_a_metric_that_the_problem_does_not_have_is_refused_by_its_place(stack):
    config = _Tabular("churn", problem_type="Regression")

    with pytest.raises(OptionsError, match=r"gates\[1\]\.metric: must be one of .*RMSE.*got 'F1'"):
        release(
            stack,
            problem_config=config,
            job_objective={"MetricName": "RMSE"},
            gates=[ObjectiveGate(maximum=3), ObjectiveGate("F1", minimum=0.5)],
        )


def test_the_name_of_a_job_of_a_release_is_refused_where_it_is_used(stack):
    automl, job = detached(stack)
    automl.deploy(1, "ml.m5.large")
    cdk.CfnOutput(stack, "Out", value=job.auto_ml_job_name)

    with pytest.raises(RuntimeError, match="in a release it is not known at synth") as caught:
        template(stack)
    assert "Validation failed" in str(caught.value)
    assert "Resolution error" not in str(caught.value)


@pytest.mark.parametrize("name", ["best_candidate_name", "auto_ml_job_status"])
def test_what_changes_with_each_release_is_refused_by_name(stack, name):
    automl, job = detached(stack)
    automl.deploy(1, "ml.m5.large")

    with pytest.raises(OptionsError, match="in a release it is not known at synth"):
        getattr(job, name)


def test_fit_without_waiting_then_deploy_makes_one_release(stack):
    automl, job = detached(stack)

    endpoint = automl.deploy(1, "ml.m5.large", gates=[ObjectiveGate(minimum=0.5)])

    customs = [kind for kind in types(stack) if kind.startswith("Custom::")]
    assert customs == ["Custom::AutoMLRelease"]
    assert endpoint.endpoint_name == automl.release.endpoint_name
    assert of(stack)["Key"] == "Churn/Endpoint"
    assert of(stack)["Job"]["BaseName"] == "churn"
    assert job.problem_config is CONFIG


def test_fit_without_waiting_and_without_deploy_is_a_job_as_before(stack):
    detached(stack)

    customs = [kind for kind in types(stack) if kind.startswith("Custom::")]
    assert customs == ["Custom::AutoMLJobV2"]


def test_what_was_said_of_the_job_before_deploy_holds_for_the_release(stack):
    automl, job = detached(stack)
    queue = sqs.Queue(stack, "Queue")
    job.node.add_dependency(queue)
    cdk.Tags.of(job).add("team", "ml")
    condition = cdk.CfnCondition(stack, "InProd", expression=cdk.Fn.condition_equals("a", "a"))
    job.node.default_child.cfn_options.condition = condition

    automl.deploy(1, "ml.m5.large")

    [made] = resources(stack, "Custom::AutoMLRelease")
    assert made["Condition"] == "InProd"
    assert made["Properties"]["Job"]["Tags"] == [{"Key": "team", "Value": "ml"}]
    assert stack.get_logical_id(queue.node.default_child) in made["DependsOn"]


def test_what_depends_on_job_or_endpoint_waits_for_the_release(stack):
    automl, job = detached(stack)
    endpoint = automl.deploy(1, "ml.m5.large")
    for number, part in enumerate((job, endpoint, automl.release)):
        sqs.Queue(stack, f"Queue{number}").node.add_dependency(part)

    for queue in resources(stack, "AWS::SQS::Queue"):
        assert "ChurnEndpoint1DF7A98B" in queue["DependsOn"]


def test_a_property_set_beside_the_library_is_not_lost_in_silence(stack):
    automl, job = detached(stack)
    job.node.default_child.add_property_override("AutoMLJobObjective.MetricName", "F1")

    with pytest.raises(OptionsError, match="must be called on the resource of the release"):
        automl.deploy(1, "ml.m5.large")


def test_a_job_is_in_one_release_only(stack):
    automl, _ = detached(stack)
    automl.deploy(1, "ml.m5.large")

    with pytest.raises(OptionsError, match="must be in one release only"):
        automl.deploy(1, "ml.m5.large", id="Second")


def test_one_job_or_one_candidate_or_one_model_name_does_not_suit_a_release(stack):
    automl = AutoMLV2(stack, "Churn", CONFIG)
    automl.fit("s3://in/train/", wait=False, job_name="churn-1")

    with pytest.raises(OptionsError) as error:
        automl.deploy(1, "ml.m5.large", candidate="best", name="churn")

    assert {problem.path for problem in error.value.problems} == {"job_name", "candidate", "name"}


@pytest.mark.parametrize("use", [AutoMLModel, AutoMLCandidates])
def test_nothing_else_is_made_of_a_job_of_a_release(stack, use):
    automl, job = detached(stack)
    automl.deploy(1, "ml.m5.large")

    with pytest.raises(OptionsError, match="in a release it is not known at synth"):
        use(stack, "Use", job=job)


def test_there_is_no_release_before_deploy(stack):
    automl, _ = detached(stack)

    with pytest.raises(OptionsError, match=r"call fit\(wait=False\), then deploy"):
        _ = automl.release
