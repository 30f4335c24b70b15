"""The same number of resources as hundred.py, as the CDK's own CustomResource, made by hand.

With the argument ``below``, those of a job, a model and an endpoint are each below a construct of
their own, as this library has them.
"""

import sys

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

ROLE = "arn:aws:iam::111122223333:role/shop"

BELOW = "below" in sys.argv[1:]


def place(id: str) -> tuple[Construct, str]:
    """Return scope and id of a resource."""
    return (cdk.Resource(stack, id), "Resource") if BELOW else (stack, id)


app = cdk.App()
stack = cdk.Stack(app, "Shop")
function = lambda_.Function(
    stack,
    "Function",
    runtime=lambda_.Runtime.PYTHON_3_14,
    handler="index.handler",
    code=lambda_.Code.from_inline("def handler(event, context): pass"),
)
token = function.function_arn
for number in range(100):
    of_job = place(f"Job{number}")
    job = cdk.CustomResource(
        *of_job,
        service_token=token,
        resource_type="Custom::AutoMLJobV2",
        properties={
            "InputDataConfig": [
                {
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": f"s3://shop-data/{number}/train/",
                        }
                    }
                }
            ],
            "OutputDataConfig": {"S3OutputPath": "s3://shop-models/"},
            "AutoMLProblemTypeConfig": {
                "TabularJobConfig": {
                    "TargetAttributeName": "churn",
                    "CompletionCriteria": {"MaxAutoMLJobRuntimeInSeconds": 1200},
                }
            },
            "RoleArn": ROLE,
        },
    )
    wait = cdk.CustomResource(
        *((of_job[0], "Wait1") if BELOW else (stack, f"Wait{number}")),
        service_token=token,
        resource_type="Custom::AutoMLWait",
        properties={"AutoMLJobName": job.ref, "LinkSeconds": 3000},
    )
    model = cdk.CustomResource(
        *place(f"Model{number}"),
        service_token=token,
        resource_type="Custom::AutoMLModel",
        properties={"AutoMLJobName": wait.get_att("AutoMLJobName"), "ExecutionRoleArn": ROLE},
    )
    cdk.CustomResource(
        *place(f"Endpoint{number}"),
        service_token=token,
        resource_type="Custom::AutoMLEndpoint",
        properties={
            "ProductionVariants": [{"ModelName": model.ref, "InstanceType": "ml.m5.large"}],
        },
    )
app.synth()
