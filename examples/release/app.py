"""A tumour's diagnosis, trained, judged and deployed while no stack waits for it."""

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2 import (
    AutoMLRelease,
    AutoMLTabularConfig,
    BetterThanDeployed,
    LocalAutoMLDataChannel,
    ObjectiveGate,
)

app = cdk.App()
stack = cdk.Stack(app, "Screening")

release = AutoMLRelease(
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
    inputs=LocalAutoMLDataChannel("S3Prefix", "../../data/diagnosis_train.csv"),
    instance_type="ml.m5.large",
    gates=[ObjectiveGate(minimum=0.8), BetterThanDeployed()],
)
release.retrain_on_schedule(
    scheduler.ScheduleExpression.cron(
        week_day="SUN", hour="3", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN
    )
)

cdk.CfnOutput(stack, "EndpointName", value=release.endpoint_name)
app.synth()
