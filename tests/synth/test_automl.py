"""AutoMLV2: the seed's class, each method the declarative form of the same thing."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Annotations, Match

from cdk_automlv2 import (
    AutoMLCandidates,
    AutoMLDataChannel,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    AutoMLV2,
    OptionsError,
    VpcConfig,
)

from .helpers import (
    ROLE_ARN,
    may,
    properties,
    resources,
    statement_for,
    statements,
)

TABULAR = AutoMLTabularConfig("churned", mode="ENSEMBLING", max_total_job_runtime_in_seconds=600)
SERIES = AutoMLTimeSeriesForecastingConfig("1D", 14, "shop", "demand", "day")
DATA = "s3://in/train/"
JOB, MODEL, ENDPOINT = "Custom::AutoMLJobV2", "Custom::AutoMLModel", "Custom::AutoMLEndpoint"


def test_fit_and_deploy_declare_job_model_and_endpoint(stack):
    automl = AutoMLV2(
        stack,
        "Churn",
        TABULAR,
        "shop",
        "s3://out/",
        tags={"team": "ml"},
        role=ROLE_ARN,
        validation_fraction=0.3,
    )

    job = automl.fit(DATA)
    endpoint = automl.deploy(
        2,
        "ml.m5.large",
        inference_response_keys=["probability"],
        endpoint_name="shop",
        volume_size=20,
    )

    found = properties(stack, JOB)
    assert found["BaseName"] == "shop"
    assert found["DataSplitConfig"] == {"ValidationFraction": 0.3}
    assert found["RoleArn"] == properties(stack, MODEL)["ExecutionRoleArn"] == ROLE_ARN
    assert properties(stack, MODEL)["InferenceResponseKeys"] == ["probability"]
    served = properties(stack, ENDPOINT)
    assert served["EndpointName"] == "shop"
    assert served["ProductionVariants"][0]["VolumeSizeInGB"] == 20
    assert found["Tags"] == served["Tags"] == [{"Key": "team", "Value": "ml"}]
    assert automl.describe_auto_ml_job() is job
    assert job.describe() is job
    assert job.wait() is job
    assert endpoint.endpoint_name


def test_a_second_fit_or_deploy_has_an_id_of_its_own(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR)
    automl.fit(DATA)
    automl.fit("s3://in/more/", id="Second")
    automl.deploy(1, "ml.m5.large")
    automl.deploy(1, "ml.m5.large", id="Blue")

    assert len(resources(stack, JOB)) == 2
    models = [item["Properties"]["AutoMLJobName"] for item in resources(stack, MODEL)]
    assert all("Second" in str(name) for name in models)
    assert len(resources(stack, ENDPOINT)) == 2


def test_fit_takes_a_path_a_uri_a_channel_or_two(stack, tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("a,churned\n1,2\n")
    validation = AutoMLDataChannel("S3Prefix", "s3://in/val/", "validation")
    automl = AutoMLV2(stack, "Churn", TABULAR)

    automl.fit(str(path))
    automl.fit(validation and AutoMLDataChannel("S3Prefix", DATA), id="Two")
    automl.fit([AutoMLDataChannel("S3Prefix", DATA), validation], id="Three")

    counts = [len(item["Properties"]["AutoMLJobInputDataConfig"]) for item in resources(stack, JOB)]
    assert counts == [1, 1, 2]


def test_fit_without_waiting_starts_the_job_and_refuses_what_needs_its_result(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR)

    job = automl.fit(DATA, wait=False)

    assert not resources(stack, "Custom::AutoMLWait")
    assert "Ref" in stack.resolve(job.auto_ml_job_name)
    with pytest.raises(OptionsError, match="wait: must be True where BestCandidateName of the job"):
        automl.best_candidate()
    with pytest.raises(OptionsError, match="wait: must be True"):
        job.wait()


def test_one_click_deployment_belongs_to_the_stack(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR, auto_generate_endpoint_name=True)

    automl.fit(DATA)

    [variant] = properties(stack, ENDPOINT)["ProductionVariants"]
    assert variant["InstanceType"] == "ml.m5.12xlarge"
    assert "ModelDeployConfig" not in properties(stack, JOB)


def test_one_click_deployment_may_be_named(stack):
    automl = AutoMLV2(
        stack, "Churn", SERIES, auto_generate_endpoint_name=False, endpoint_name="shop"
    )

    automl.fit(DATA)

    assert properties(stack, ENDPOINT)["EndpointName"] == "shop"


@pytest.mark.parametrize("generate", [None, True])
def test_rejects_an_endpoint_name_beside_a_generated_one(stack, generate):
    with pytest.raises(OptionsError, match="endpoint_name: can be used only with auto_generate"):
        AutoMLV2(stack, "X", TABULAR, endpoint_name="shop", auto_generate_endpoint_name=generate)


def test_attach_deploys_a_job_that_exists(stack):
    automl = AutoMLV2.attach(stack, "Old", "churn-2024", output_path="s3://out/")

    automl.deploy(1, "ml.m5.large")

    assert not resources(stack, JOB)
    wait = resources(stack, "Custom::AutoMLWait")[0]["Properties"]
    assert wait["AutoMLJobName"] == "churn-2024"
    assert may(stack, "function", "sagemaker:DescribeAutoMLJobV2", ":automl-job/churn-2024")


def test_rejects_a_role_for_artifacts_whose_place_is_not_known(stack):
    automl = AutoMLV2.attach(stack, "Old", "churn-2024")

    with pytest.raises(OptionsError, match="output_path: must be given where the artifacts"):
        automl.deploy(1, "ml.m5.large")


def test_rejects_deploying_before_fit(stack):
    with pytest.raises(
        OptionsError, match="job: must be there first, got None; call fit or attach first"
    ):
        AutoMLV2(stack, "Churn", TABULAR).deploy(1, "ml.m5.large")


def test_describe_takes_another_job_by_name(stack):
    job = AutoMLV2(stack, "Churn", TABULAR).describe_auto_ml_job("churn-2024")

    assert stack.resolve(job.auto_ml_job_arn)["Fn::GetAtt"][1] == "AutoMLJobArn"


def test_best_candidate_is_deployed_by_its_name(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR)
    automl.fit(DATA)

    automl.create_model("churn", candidate=automl.best_candidate())
    automl.create_model(candidate={"CandidateName": "c-2"}, id="Second")
    automl.create_model(candidate="c-3", id="Third")

    names = [item["Properties"]["CandidateName"] for item in resources(stack, MODEL)]
    assert names[0]["Fn::GetAtt"][1] == "BestCandidateName"
    assert names[1:] == ["c-2", "c-3"]


def test_list_candidates_has_every_filter_of_the_seed(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR, output_path="s3://out/")
    automl.fit(DATA)

    listed = automl.list_candidates(
        status_equals="Completed",
        sort_order="Descending",
        sort_by="FinalObjectiveMetricValue",
        max_results=5,
    )
    automl.list_candidates(candidate_arn="arn:x:candidate/c-2", id="One")

    first, second = resources(stack, "Custom::AutoMLCandidates")
    assert first["Properties"]["StatusEquals"] == "Completed"
    assert first["Properties"]["SortBy"] == "FinalObjectiveMetricValue"
    assert first["Properties"]["MaxResults"] == 5
    assert second["Properties"]["CandidateNameEquals"] == "c-2"
    for name, attribute in (("candidates", "Candidates"), ("count", "Count"), ("s3_uri", "S3Uri")):
        assert stack.resolve(getattr(listed, name))["Fn::GetAtt"][1] == attribute


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"max_results": 301}, "max_results: must be 1 to 300, got 301"),
        ({"status_equals": "Done"}, "status_equals: must be one of Completed, InProgress"),
        ({"sort_by": "Name"}, "sort_by: must be one of CreationTime, Status"),
        ({"sort_order": "Up"}, "sort_order: must be one of Ascending, Descending"),
    ],
)
def test_rejects_a_filter(stack, options, text):
    automl = AutoMLV2(stack, "Churn", TABULAR)
    job = automl.fit(DATA)

    with pytest.raises(OptionsError, match=text):
        AutoMLCandidates(stack, "Listed", job=job, **options)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("create_model", {"predictor_cls": dict}),
        ("create_model", {"sagemaker_session": object()}),
        ("deploy", {"serializer": object()}),
        ("deploy", {"deserializer": object()}),
    ],
)
def test_what_only_makes_sense_at_run_time_is_refused_with_its_counterpart(stack, method, options):
    automl = AutoMLV2(stack, "Churn", TABULAR)
    automl.fit(DATA)
    given = {"initial_instance_count": 1, "instance_type": "ml.m5.large"}

    with pytest.raises(OptionsError, match=r"has no use at synth .* cdk_automlv2\.runtime"):
        getattr(automl, method)(**(given if method == "deploy" else {}), **options)


def test_from_auto_ml_says_the_same_in_the_second_version(stack):
    v1 = {
        "AutoMLJobName": "churn",
        "InputDataConfig": [
            {"TargetAttributeName": "churned", "SampleWeightAttributeName": "weight"}
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://out/", "KmsKeyId": ""},
        "ProblemType": "BinaryClassification",
        "AutoMLJobObjective": {"MetricName": "AUC"},
        "AutoMLJobConfig": {
            "CompletionCriteria": {"MaxCandidates": 5, "MaxAutoMLJobRuntimeInSeconds": 900},
            "SecurityConfig": {"EnableInterContainerTrafficEncryption": True},
            "CandidateGenerationConfig": {
                "AlgorithmsConfig": [{"AutoMLAlgorithms": ["xgboost"]}],
            },
            "DataSplitConfig": {"ValidationFraction": 0.25},
            "Mode": "ENSEMBLING",
        },
        "RoleArn": ROLE_ARN,
        "GenerateCandidateDefinitionsOnly": False,
        "Tags": [{"Key": "team", "Value": "ml"}],
    }

    AutoMLV2.from_auto_ml(stack, "Churn", v1).fit(DATA)

    found = properties(stack, JOB)
    assert found["AutoMLProblemTypeConfig"]["TabularJobConfig"] == {
        "TargetAttributeName": "churned",
        "CandidateGenerationConfig": {"AlgorithmsConfig": [{"AutoMLAlgorithms": ["xgboost"]}]},
        "GenerateCandidateDefinitionsOnly": False,
        "Mode": "ENSEMBLING",
        "ProblemType": "BinaryClassification",
        "SampleWeightAttributeName": "weight",
        "CompletionCriteria": {"MaxCandidates": 5, "MaxAutoMLJobRuntimeInSeconds": 900},
    }
    assert found["AutoMLJobObjective"] == {"MetricName": "AUC"}
    assert found["DataSplitConfig"] == {"ValidationFraction": 0.25}
    assert found["SecurityConfig"] == {"EnableInterContainerTrafficEncryption": True}
    assert found["RoleArn"] == ROLE_ARN


def test_a_vpc_of_constructs_becomes_ids_and_a_security_group(stack):
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    automl = AutoMLV2(stack, "Churn", TABULAR, vpc_config=VpcConfig(vpc, subnets))

    automl.fit(DATA)
    automl.create_model()

    found = properties(stack, JOB)["SecurityConfig"]["VpcConfig"]
    assert len(found["Subnets"]) == 2
    assert "GroupId" in str(found["SecurityGroupIds"])
    assert len(resources(stack, "AWS::EC2::SecurityGroup")) == 2
    assert properties(stack, MODEL)["VpcConfig"]["Subnets"] == found["Subnets"]


def test_a_vpc_without_groups_warns_of_an_egress_rule_that_nobody_wrote(stack):
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
    automl = AutoMLV2(stack, "Churn", TABULAR, vpc_config=VpcConfig(vpc))

    automl.fit(DATA)

    [rule] = resources(stack, "AWS::EC2::SecurityGroupIngress")
    assert rule["Properties"]["GroupId"] == rule["Properties"]["SourceSecurityGroupId"]
    warned = Annotations.from_stack(stack).find_warning("*", Match.any_value())
    assert "Egress" not in str([message.entry.data for message in warned])


def test_a_language_model_gets_a_gpu_both_timeouts_and_a_longer_wait(stack):
    automl = AutoMLV2(stack, "Chat", AutoMLTextGenerationConfig("Mistral7B"))
    automl.fit(DATA)

    automl.deploy(1, "ml.g5.12xlarge")

    [variant] = properties(stack, ENDPOINT)["ProductionVariants"]
    assert variant["ModelDataDownloadTimeoutInSeconds"] == 3600
    assert variant["ContainerStartupHealthCheckTimeoutInSeconds"] == 3600
    assert properties(stack, MODEL)["ProcessingUnit"] == "GPU"
    waits = [
        item["Properties"]["LinkSeconds"]
        for item in resources(stack, "Custom::AutoMLWait")
        if item["Properties"]["Target"] == "Endpoint"
    ]
    assert waits == [3300, 2400]
    assert "jumpstart-cache-prod-" in str(statements(stack, "ChatJobRole"))


def test_rejects_a_language_model_on_a_cpu(stack):
    automl = AutoMLV2(stack, "Chat", AutoMLTextGenerationConfig("Mistral7B"))
    automl.fit(DATA)

    with pytest.raises(OptionsError, match="instance_type: must have a GPU to serve a language"):
        automl.deploy(1, "ml.m5.large")


@pytest.mark.parametrize("kind", [AutoMLImageClassificationConfig(), TABULAR, SERIES])
def test_other_kinds_have_no_right_to_the_base_models(stack, kind):
    AutoMLV2(stack, "Shop", kind).fit(DATA)

    assert "jumpstart" not in str(statements(stack, "ShopJobRole"))


def test_a_folder_is_unpacked_below_a_prefix_before_the_job(stack, tmp_path):
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "1.png").write_bytes(b"png")

    AutoMLV2(stack, "Pets", AutoMLImageClassificationConfig()).fit(str(tmp_path))

    source = properties(stack, JOB)["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]
    upload = properties(stack, "Custom::AutoMLInput")
    assert source["S3Uri"]["Ref"].startswith("PetsJobInput1")
    assert "/inputs/" in str(upload["S3Uri"])
    assert "/inputs/" in str(statement_for(stack, "FunctionPolicy", "s3:PutObject")["Resource"])
    assert ".zip" in str(statement_for(stack, "FunctionPolicy", "s3:GetObject")["Resource"])
    assert "/inputs/" in str(statement_for(stack, "FunctionPolicy", "s3:DeleteObject")["Resource"])


def test_an_endpoint_need_not_be_waited_for(stack):
    automl = AutoMLV2(stack, "Churn", TABULAR)
    automl.fit(DATA)

    automl.deploy(1, "ml.m5.large", wait=False, timeout=cdk.Duration.hours(3))

    assert properties(stack, ENDPOINT)["Wait"] is False
    assert "MoreLinks" not in properties(stack, ENDPOINT)
