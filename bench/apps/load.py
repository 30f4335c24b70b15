"""Ten stacks of twenty jobs with endpoints each, on a small table."""

import os
from pathlib import Path

import aws_cdk as cdk

from cdk_automlv2 import AutoMLTabularConfig, AutoMLV2

DATA = Path(__file__).parents[2] / "examples" / "regression" / "data" / "train.csv"
STACKS, JOBS = int(os.environ["LOAD_STACKS"]), int(os.environ["LOAD_JOBS"])

app = cdk.App()
for number in range(STACKS):
    stack = cdk.Stack(app, f"Load{number}")
    for job in range(JOBS):
        config = AutoMLTabularConfig(
            "progression",
            mode="ENSEMBLING",
            algorithms_config=["linear-learner"],
            max_candidates=1,
            max_total_job_runtime_in_seconds=1200,
        )
        automl = AutoMLV2(stack, f"Model{job}", config)
        automl.fit(str(DATA))
        automl.deploy(1, "ml.m5.large")
app.synth()
