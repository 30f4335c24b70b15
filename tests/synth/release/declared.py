"""Releases to look at."""

from cdk_automlv2 import (
    AutoMLRelease,
    AutoMLV2,
)
from tests.synth.helpers import CHANNEL, properties, template
from tests.synth.helpers import Tabular as _Tabular

CONFIG = _Tabular("churn", max_total_job_runtime_in_seconds=600)


def release(stack, id="Churn", **options):
    given = {"problem_config": CONFIG, "inputs": CHANNEL, "instance_type": "ml.m5.large"}
    return AutoMLRelease(stack, id, **(given | options))


def of(stack):
    return properties(stack, "Custom::AutoMLRelease")


def types(stack):
    return [item["Type"] for item in template(stack)["Resources"].values()]


def detached(stack, **options):
    automl = AutoMLV2(stack, "Churn", CONFIG, **options)
    return automl, automl.fit("s3://in/train/", wait=False)
