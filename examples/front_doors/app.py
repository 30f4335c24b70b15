"""Three doors to one model: a function, an HTTP route with a key, and a folder of files.

Each is a function of this file that can be taken away alone.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2 import (
    AutoMLBatchTransform,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    IAutoMLEndpoint,
    IAutoMLModel,
    LocalAutoMLDataChannel,
)

ROWS = apigateway.JsonSchema(
    type=apigateway.JsonSchemaType.OBJECT,
    required=["rows"],
    properties={"rows": apigateway.JsonSchema(type=apigateway.JsonSchemaType.ARRAY, min_items=1)},
)


def caller(scope: Construct, endpoint: IAutoMLEndpoint) -> lambda_.Function:
    """Return a function that invokes the endpoint, for whoever may invoke the function."""
    function = lambda_.Function(
        scope,
        "Caller",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="ask.handler",
        code=lambda_.Code.from_asset(str(Path(__file__).parent / "handlers")),
        timeout=cdk.Duration.seconds(60),
        memory_size=256,
        tracing=lambda_.Tracing.ACTIVE,
        environment={"ENDPOINT_NAME": endpoint.endpoint_name},
    )
    endpoint.grant_invoke(function)
    return function


def route_with_key(
    scope: Construct, function: lambda_.Function
) -> tuple[apigateway.RestApi, apigateway.IApiKey]:
    """Return an API with POST /scores, and the key that its usage plan lets in."""
    api = apigateway.RestApi(
        scope,
        "Api",
        cloud_watch_role=False,
        deploy_options=apigateway.StageOptions(
            tracing_enabled=True, throttling_rate_limit=20, throttling_burst_limit=40
        ),
    )
    api.root.add_resource("scores").add_method(
        "POST",
        apigateway.LambdaIntegration(function),
        api_key_required=True,
        request_models={"application/json": api.add_model("Rows", schema=ROWS)},
        request_validator_options=apigateway.RequestValidatorOptions(
            validate_request_body=True, validate_request_parameters=True
        ),
    )
    plan = api.add_usage_plan(
        "Plan",
        api_stages=[apigateway.UsagePlanPerApiStage(api=api, stage=api.deployment_stage)],
        quota=apigateway.QuotaSettings(limit=10_000, period=apigateway.Period.DAY),
    )
    key = api.add_api_key("Key")
    plan.add_api_key(key)
    return api, key


def scores_of_new_files(scope: Construct, model: IAutoMLModel) -> s3.Bucket:
    """Return a bucket in which each file below in/ is scored: its rows and labels lie in out/."""
    bucket = s3.Bucket(
        scope,
        "Files",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        versioned=True,
        removal_policy=cdk.RemovalPolicy.DESTROY,  # Once it is empty; else it stays.
    )
    transform = AutoMLBatchTransform(
        scope,
        "Scores",
        model=model,
        input_data=AutoMLOutput.from_bucket(bucket, "in/"),
        output=AutoMLOutput.from_bucket(bucket, "out/"),
        instance_type="ml.m5.large",
        join_source="Input",
        run_on_deploy=False,
    )
    transform.run_on_new_objects(bucket, "in/")
    return bucket


app = cdk.App()
stack = cdk.Stack(app, "FrontDoors")

job = AutoMLJobV2(
    stack,
    "Job",
    problem_config=AutoMLTabularConfig(
        "diagnosis",
        mode="ENSEMBLING",
        problem_type="BinaryClassification",
        max_candidates=2,
        max_total_job_runtime_in_seconds=3600,
    ),
    job_objective={"MetricName": "F1"},
    inputs=LocalAutoMLDataChannel("S3Prefix", "../../data/diagnosis_train.csv"),
)
model = AutoMLModel(
    stack, "Model", job=job, inference_response_keys=["predicted_label", "probability"]
)
endpoint = AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")

function = caller(stack, endpoint)
api, key = route_with_key(stack, function)
bucket = scores_of_new_files(stack, model)

cdk.CfnOutput(stack, "FunctionName", value=function.function_name)
cdk.CfnOutput(stack, "Url", value=api.url)
cdk.CfnOutput(stack, "ApiId", value=api.rest_api_id)
cdk.CfnOutput(stack, "KeyId", value=key.key_id)
cdk.CfnOutput(stack, "BucketName", value=bucket.bucket_name)
app.synth()
