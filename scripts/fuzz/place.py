"""A stack to call things in, what is right for each of them, and values of all sorts."""

from __future__ import annotations

import itertools
import json
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

import cdk_automlv2 as lib

from .surface import Entry

ROOT = Path(__file__).parents[2]
ACCOUNT = "us-east-1:111122223333"
CHANNEL = lib.AutoMLDataChannel("S3Prefix", "s3://in/train/")
_NUMBER = itertools.count()
_LOCKED = {
    "schema-version": "1.0",
    "source": {"account": "111122223333", "region": "us-east-1", "job": "churn-1"},
    "containers": {
        "": [
            {
                "image": "1.dkr.ecr.us-east-1.amazonaws.com/autogluon:1",
                "environment": {"A": "true"},
                "artifact": {"uri": "s3://dev/m/model.tar.gz", "sha256": "a" * 64, "size": 9},
            }
        ]
    },
}


@jsii.implements(cdk.IAnyProducer)
class _Nothing:
    def produce(self, _context: Any) -> None:
        return None


def fresh_id() -> str:
    """Return an id that no construct has."""
    return f"C{next(_NUMBER)}"


class Place:
    """A stack with a job, a model and what else may be referred to."""

    def __init__(self) -> None:
        self.app = cdk.App()
        self.stack = stack = cdk.Stack(self.app, f"Fuzz{next(_NUMBER)}")
        self.job = lib.AutoMLJobV2(
            stack, "Job", problem_config=lib.AutoMLTabularConfig("y"), inputs=CHANNEL
        )
        self.model = lib.AutoMLModel(stack, "Model", job=self.job)
        self.endpoint = self.new_endpoint()
        self.role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/r")
        self.key = kms.Key.from_key_arn(
            stack, "Key", f"arn:aws:kms:{ACCOUNT}:key/0a1b2c3d-0000-0000-0000-0a1b"
        )
        self.bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "some-bucket")
        self.watched = s3.Bucket(stack, "Watched", event_bridge_enabled=True)
        self.topic = sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:{ACCOUNT}:t")
        self.function = lambda_.Function.from_function_arn(
            stack, "Fn", f"arn:aws:lambda:{ACCOUNT}:function:f"
        )
        self.alarm = cloudwatch.Alarm.from_alarm_arn(
            stack, "Alarm", f"arn:aws:cloudwatch:{ACCOUNT}:alarm:a"
        )
        self.vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-1",
            availability_zones=["us-east-1a"],
            private_subnet_ids=["subnet-1"],
        )

    def new_endpoint(self) -> lib.AutoMLEndpoint:
        """Return an endpoint of its own for a call that may be made once."""
        return lib.AutoMLEndpoint(
            self.stack, fresh_id(), model=self.model, instance_type="ml.m5.large"
        )

    def new_serverless(self) -> lib.AutoMLEndpoint:
        """Return an endpoint whose concurrency may be scaled."""
        variant = lib.ServerlessVariant(self.model, provisioned_concurrency=1)
        return lib.AutoMLEndpoint(self.stack, fresh_id(), variants=[variant])

    def new_auto_ml(self) -> lib.AutoMLV2:
        """Return the SDK's class with a job."""
        made = lib.AutoMLV2(self.stack, fresh_id(), lib.AutoMLTabularConfig("y"))
        made.fit("s3://in/train/")
        return made

    def empty_stack(self) -> cdk.Stack:
        """Return a stack whose settings may still change."""
        return cdk.Stack(self.app, f"Empty{next(_NUMBER)}")

    @cached_property
    def files(self) -> dict[str, str]:
        """Files of each kind that is read."""
        folder = Path(tempfile.mkdtemp(prefix="automlv2-fuzz-"))
        lock, prices = folder / "automlv2.lock", folder / "prices.json"
        lock.write_text(json.dumps(_LOCKED))
        prices.write_text(json.dumps(_PRICES))
        models = ROOT / "examples" / "forty_models" / "models" / "iris"
        spec = str(models / "iris-species.automlv2.yaml")
        return {"lock": str(lock), "prices": str(prices), "spec": spec}

    def object_of(self, entry: Entry) -> Any:
        """Return an object to call a method on."""
        match entry.owner.__name__:
            case "AutoMLEndpoint" if "provisioned" in entry.method:
                return self.new_serverless()
            case "AutoMLLimits" | "AutoMLSettings":
                return entry.owner.of(self.empty_stack())  # type: ignore[attr-defined]
            case "AutoMLV2":
                made = self.new_auto_ml() if entry.method != "fit" else None
                return made or lib.AutoMLV2(self.stack, fresh_id(), lib.AutoMLTabularConfig("y"))
            case "ScalableInstanceCount":
                if entry.method == "scale_on_backlog":
                    output = lib.AsyncInference("s3://out/a/")
                    return lib.AutoMLEndpoint(
                        self.stack,
                        fresh_id(),
                        model=self.model,
                        instance_type="ml.m5.large",
                        async_inference=output,
                    ).auto_scale_instance_count(max_capacity=4)
                return self.new_endpoint().auto_scale_instance_count(max_capacity=4)
            case "ScalableProvisionedConcurrency":
                endpoint = self.new_serverless()
                return endpoint.auto_scale_provisioned_concurrency(max_capacity=4)
        made = Entry(entry.owner, "__init__", needs_object=False)
        return entry.owner(**self.right(made))

    def right(self, entry: Entry) -> dict[str, Any]:
        """Return options of a call that is taken.

        Raises:
            LookupError: If an option must be given, and nothing is known of it here.
        """
        always = self._special(entry.name)
        usual = {**self._usual(), **always}
        options = {}
        for name, parameter in entry.parameters.items():
            if name in always or parameter.default is parameter.empty or name == "id":
                if name not in usual:
                    raise LookupError(f"{entry.name}: nothing is known that is right for {name}")
                options[name] = usual[name]
        return options

    def _usual(self) -> dict[str, Any]:
        """Return what is right for an option of that name, wherever it is."""
        return {
            "scope": self.stack,
            "id": fresh_id(),
            "job": self.job,
            "model": self.model,
            "problem_config": lib.AutoMLTabularConfig("y"),
            "inputs": CHANNEL,
            "instance_type": "ml.m5.large",
            "initial_instance_count": 1,
            "grantee": self.role,
            "policy": cdk.RemovalPolicy.RETAIN,
            "bucket": self.bucket,
            "auto_ml_job_name": "old",
            "model_name": "old",
            "endpoint_name": "old",
            "auto_ml_job_arn": f"arn:aws:sagemaker:{ACCOUNT}:automl-job/old",
            "model_arn": f"arn:aws:sagemaker:{ACCOUNT}:model/old",
            "endpoint_arn": f"arn:aws:sagemaker:{ACCOUNT}:endpoint/old",
            "model_package_arn": f"arn:aws:sagemaker:{ACCOUNT}:model-package/churn/3",
            "metric_name": "Invocations",
            "name": "AutoMLJobName",
            "lock": self.files["lock"],
            "max_capacity": 4,
            "max_requests_per_second": 10,
            "backlog_per_instance": 5,
            "target": 0.7,
            "wait": cdk.Duration.minutes(5),
            "percent": 10,
            "group": "churn",
            "schedule": scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
            "alarm": self.alarm,
            "strategy": "all_at_once",
            "vpc": self.vpc,
            "fn": self.function,
            "rows": ["1,2"],
            "milliseconds": 200,
            "output": "s3://out/p/",
            "destination": "s3://out/p/",
            "input_data": "s3://in/p/",
            "s3_data_type": "S3Prefix",
            "s3_uri": "s3://in/p/",
            "data_type": "S3Prefix",
            "path": str(ROOT / "data" / "diagnosis_train.csv"),
            "target_attribute_name": "y",
            "content_column": "a",
            "target_label_column": "b",
            "forecast_frequency": "1D",
            "forecast_horizon": 7,
            "item_identifier_attribute_name": "i",
            "timestamp_attribute_name": "t",
            "source": "price list",
            "currency": "USD",
            "raw": {},
        }

    def _special(self, name: str) -> dict[str, Any]:
        """Return options that a call has beside those it must have, or that mean another thing."""
        serving = {"model": self.model, "instance_type": "ml.m5.large"}
        scheduled = {"schedule": _NIGHTLY, "min_capacity": 2}
        auto_ml = lib.AutoMLV2(self.stack, fresh_id(), lib.AutoMLTabularConfig("y"))
        table: dict[str, dict[str, Any]] = {
            "AutoMLBatchTransform": serving,
            "AutoMLBatchTransform.run_on_new_objects": {"bucket": self.watched},
            "AutoMLDashboard": {"endpoints": [self.endpoint]},
            "AutoMLEndpoint": serving,
            "AutoMLEndpoint.from_endpoint_attributes": {"endpoint_name": "old"},
            "AutoMLJobV2.from_auto_ml_job_attributes": {"auto_ml_job_name": "old"},
            "AutoMLJobV2.start_new": {"auto_ml": auto_ml},
            "AutoMLModel.from_model_attributes": {"model_name": "old"},
            "AutoMLModel.from_model_package": {"artifacts": self.bucket},
            "AutoMLOutput": {"path": "s3://out/p/"},
            "AutoMLRelease.retrain_on_new_data": {"bucket": self.watched},
            "AutoMLV2.from_auto_ml": {"auto_ml": _V1},
            "AutoMLV2.from_spec": {"path": self.files["spec"]},
            "Deployment.canary": {"percent": 10},
            "Deployment.linear": {"percent": 10},
            "Deployment.rolling": {"percent": 10},
            "ObjectiveGate": {"minimum": 0.8},
            "Prices.from_file": {"path": self.files["prices"]},
            "Prices.of": {"raw": _PRICES},
            "ScalableInstanceCount.scale_on_schedule": scheduled,
            "ScalableInstanceCount.scale_on_utilization": {"cpu": 70},
            "ScalableProvisionedConcurrency.scale_on_schedule": scheduled,
        }
        return table.get(name, {})

    def values(self) -> list[Any]:
        """Return values of all sorts; some are right for some options."""
        token = cdk.Fn.ref("AWS::Region")
        return [
            *(None, True, False, 0, 1, 2, -1, 2.5, float("nan"), float("inf"), 10**30),
            *("", "x", "yes", "RETAIN", "ml.m5.large", "m5.large", "s3://b/p/", "a" * 5000, "\x00"),
            *("😀", "arn:aws:iam::111122223333:role/r", "alias/k", "${x}", "*", token),
            *("111122223333", "text/csv", 70, 0.5, 4096),
            *([], [1], ["a"], [None], ["predicted_label"], {}, {"a": "b"}, {"a": 1}, {1: "a"}),
            *({"MetricName": "F1"}, {"Key": "a", "Value": "b"}, [{"Key": "a", "Value": "b"}]),
            *({"a"}, (1, 2), b"x", object(), int, len, lib.AutoMLTabularConfig),
            *(lib.AutoMLTabularConfig("y"), CHANNEL, [CHANNEL], [CHANNEL] * 3),
            *(cdk.Duration.hours(1), cdk.Duration.seconds(0), cdk.RemovalPolicy.RETAIN),
            *(cdk.Duration.minutes(5), cdk.Duration.seconds(90)),
            *(cdk.RemovalPolicy.SNAPSHOT, cdk.Lazy.any(_Nothing()), self.stack),
            *(self.job, self.model, self.endpoint, [self.endpoint], [self.job], self.role),
            *(self.key, self.bucket, [self.bucket], self.topic, self.function, self.alarm),
            *([self.alarm], self.vpc, logs.RetentionDays.ONE_WEEK, targets.SnsTopic(self.topic)),
            *(lib.ObjectiveGate(minimum=0.8), [lib.ObjectiveGate(minimum=0.8)]),
            *([lib.SmokeTest(["1,2"])], lib.AutoMLOutput("s3://b/p/"), lib.VpcConfig(self.vpc)),
            *(lib.DataCapture("s3://b/p/"), lib.AsyncInference("s3://b/p/")),
            *(lib.Deployment.canary(percent=10, wait=cdk.Duration.minutes(5)),),
            *(lib.InstanceVariant(self.model, "ml.m5.large"), lib.ServerlessVariant(self.model)),
            *([lib.InstanceVariant(self.model, "ml.m5.large")], _NIGHTLY),
            *([lib.ServerlessVariant(self.model)], lib.Prices("list", "USD"), Path("x")),
            scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        ]


_PRICES: dict[str, Any] = {"source": "list", "currency": "USD", "training": {}, "hosting": {}}
_NIGHTLY = appscaling.Schedule.cron(hour="1", minute="0")
_V1 = {
    "AutoMLJobName": "old",
    "InputDataConfig": [
        {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/p/"}},
            "TargetAttributeName": "y",
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://out/p/"},
    "RoleArn": "arn:aws:iam::111122223333:role/r",
}
