"""Properties of resources, as templates have them; tests of every resource begin with these."""

from __future__ import annotations

import hashlib
from typing import Any

from .cloudformation import Resource
from .policies import TRANSFORM_MACHINE
from .stack import Stack

JOB_TYPE = "AutoMLJobV2"
ENDPOINT_TYPE = "AutoMLEndpoint"
MODEL_TYPE = "AutoMLModel"

JOB = {
    "AutoMLJobInputDataConfig": [
        {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/train/"}}}
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://out/"},
    "AutoMLProblemTypeConfig": {
        "TabularJobConfig": {
            "TargetAttributeName": "churn",
            "CompletionCriteria": {"MaxCandidates": 4},
        }
    },
    "RoleArn": "arn:aws:iam::111122223333:role/job",
    "BaseName": "churn",
    "Tags": [{"Key": "team", "Value": "ml"}],
}

MORE_CANDIDATES = JOB | {
    "AutoMLProblemTypeConfig": {
        "TabularJobConfig": {
            "TargetAttributeName": "churn",
            "CompletionCriteria": {"MaxCandidates": 9},
        }
    }
}


def endpoint(model="churn-1", **more):
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    return {"ProductionVariants": [variant], "BaseName": "churn", **more}


COUNT = "sagemaker:variant:DesiredInstanceCount"


def scaled(properties, low=1, high=4, target=300, **more):
    """Return the endpoint of such properties as one that is scaled by its invocations."""
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    policy = {
        "PolicyName": "cdk-automlv2-invocations",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target,
            "PredefinedMetricSpecification": metric,
        },
    }
    place = {"VariantName": "AllTraffic", "ScalableDimension": COUNT}
    capacities = {"MinCapacity": low, "MaxCapacity": high}
    return properties | {"Scaling": [place | capacities | {"Policies": [policy]} | more]}


MODELS = ("churn-1", "churn-2")

OLD, NEW = (endpoint(model) for model in MODELS)

LINK = {
    "Target": "AutoMLJob",
    "LinkSeconds": 3300,
    "TimeoutSeconds": 3300,
    "Last": True,
}

MODEL = {
    "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
    "ProcessingUnit": "CPU",
    "BaseName": "churn",
}

TRANSFORM_TYPE = "AutoMLBatchTransform"


def transform(model="churn-1", **more):
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/new/"}}
    return {
        "ModelName": model,
        "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        "TransformOutput": {"S3OutputPath": "s3://out/answers/", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "Key": "Nightly",
        "NamePrefix": "nightly-abcde12345678-",
        "TransformMachineArn": TRANSFORM_MACHINE,
        **more,
    }


TRANSFORMS = OLD_RUN, NEW_RUN = tuple(transform(model) for model in MODELS)

FOLDER = {
    "AssetBucket": "assets",
    "AssetKey": "1.zip",
    "Folder": "s3://out/inputs/",
    "S3Uri": "s3://out/inputs/1/",
}


def config_of(aws, name):
    return aws.find("describe_endpoint", EndpointName=name)["EndpointConfigName"]


def job_and_wait(more=None):
    """Return a job and the resource that waits for it."""

    def wait(outputs):
        seconds = {"LinkSeconds": 3300, "TimeoutSeconds": 3300, "Last": True}
        return {"Target": "AutoMLJob", "AutoMLJobName": outputs["Job"]["Ref"]} | seconds

    return [
        Resource("Job", "AutoMLJobV2", lambda _: JOB | (more or {})),
        Resource("Wait", "AutoMLWait", wait),
    ]


def made_by_a_job(stack: Stack) -> dict[str, Any]:
    """Properties of a model, once there is a job."""
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    stack.aws.now += 3600
    return {
        "AutoMLJobName": name,
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
        "ProcessingUnit": "CPU",
        "BaseName": "churn",
    }


def registered_properties(stack: Stack, **more: Any) -> dict[str, Any]:
    """Properties of a version of the registry, once there is a model."""
    model = made_by_a_job(stack)
    made = stack.create(MODEL_TYPE, model)["PhysicalResourceId"]
    return {
        "ModelPackageGroupName": "churn",
        "ModelApprovalStatus": "PendingManualApproval",
        "ContentTypes": ["text/csv"],
        "ResponseTypes": ["text/csv"],
        "Retain": "true",
        "ModelName": made,
        "AutoMLJobName": model["AutoMLJobName"],
        **more,
    }


ARTIFACT = b"what the job has learnt"
FROM, TO = "s3://dev/out/model.tar.gz", "s3://prod/automlv2/model.tar.gz"


def locked_properties(stack: Stack) -> dict[str, Any]:
    """Properties of a model of a lock file, once its artifact is there."""
    stack.enforces_rights = False  # What a test writes down is of no construct.
    stack.aws.written[FROM] = ARTIFACT
    digest = hashlib.sha256(ARTIFACT).hexdigest()
    return {
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
        "ProcessingUnit": "CPU",
        "BaseName": "churn",
        "Containers": [
            {"Image": "1.dkr.ecr/autogluon", "ModelDataUrl": TO, "Environment": {"A": "true"}}
        ],
        "Artifacts": [{"From": FROM, "To": TO, "Sha256": digest}],
    }


SERVERLESS_VARIANTS = [
    {
        "VariantName": "AllTraffic",
        "ModelName": "churn-1",
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
    }
]
