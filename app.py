"""The example app: a job on a real data set, its best candidate served by an endpoint."""

import aws_cdk as cdk

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
)

app = cdk.App()
stack = cdk.Stack(app, "TumourDiagnosis")

job = AutoMLJobV2(
    stack,
    "Diagnosis",
    problem_config=AutoMLTabularConfig(
        "diagnosis",
        mode="ENSEMBLING",
        problem_type="BinaryClassification",
        max_candidates=6,
        max_total_job_runtime_in_seconds=3600,
    ),
    job_objective={"MetricName": "F1"},
    inputs=LocalAutoMLDataChannel(
        "S3Prefix", "data/diagnosis_train.csv", content_type="text/csv;header=present"
    ),
)
model = AutoMLModel(
    stack,
    "DiagnosisModel",
    job=job,
    inference_response_keys=["predicted_label", "probability"],
)
endpoint = AutoMLEndpoint(stack, "DiagnosisEndpoint", model=model, instance_type="ml.m5.large")
cdk.Tags.of(stack).add("project", "tumour-diagnosis")

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "BestCandidate", value=job.best_candidate_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)

app.synth()
