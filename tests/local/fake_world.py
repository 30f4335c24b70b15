"""The local SageMaker over HTTP, with neither IAM nor S3 nor training behind it."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager

import boto3
from hypercorn.asyncio import serve
from hypercorn.config import Config

from cdk_automlv2.local.cloud.guard import ACCOUNT_HEADER
from cdk_automlv2.local.cloud.processes import free_ports
from cdk_automlv2.local.sagemaker import service
from cdk_automlv2.local.sagemaker.__main__ import application
from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.faults import Faults
from cdk_automlv2.local.sagemaker.rates import Rates
from cdk_automlv2.local.sagemaker.state import State
from cdk_automlv2.local.sagemaker.trainer import Result

from .fake_s3 import FakeS3

ROLE = "arn:aws:iam::000000000000:role/job"


class FakeIam:
    """Allows everything but what ``denied`` names."""

    def __init__(self):
        self.denied = set()
        self.s3 = FakeS3()
        self.told = []
        self.alarms = {}

    def require(self, caller, action, resource, context=None):
        if action in self.denied:
            raise ServiceError("AccessDeniedException", f"not authorized to perform: {action}")

    def require_shared(self, caller, action, resource, context, policy):
        self.require(caller, action, resource)

    def require_pass_role(self, caller, role_arn):
        self.require(caller, "iam:PassRole", role_arn)

    def role_environment(self, role_arn, region):
        return {}

    def role_s3(self, role_arn, region):
        return self.s3

    def role_sns(self, role_arn, region):
        return self

    def role_cloudwatch(self, role_arn, region):
        return self

    def describe_alarms(self, AlarmNames, AlarmTypes):  # noqa: N803
        found = [name for name in AlarmNames if name in self.alarms]
        return {
            "MetricAlarms": [{"AlarmName": name, "StateValue": self.alarms[name]} for name in found]
        }

    def publish(self, TopicArn, Message):  # noqa: N803
        self.told.append((TopicArn, json.loads(Message)))


class FakeTrainer:
    values = (0.5, 0.9, 0.7)

    def __init__(self, job, environment, add, account, region):
        self._job, self._add = job, add

    def run(self, stop):
        for number, value in enumerate(self.values):
            self._add(
                {
                    "CandidateName": f"candidate-{number:02}",
                    "CandidateStatus": "Completed",
                    "ObjectiveStatus": "Succeeded",
                    "CandidateSteps": [],
                    "InferenceContainers": [
                        {"Image": "image", "ModelDataUrl": "s3://out/model.tar.gz"}
                    ],
                    "FinalAutoMLJobObjectiveMetric": {
                        "MetricName": "F1",
                        "Type": "Maximize",
                        "Value": value,
                    },
                }
            )
        return Result()


def new_world():
    return State(FakeIam(), Clock(speed=5000), Faults(), Rates(1, limited=False))


@contextmanager
def served(world):
    """Serve a world; yields the address."""
    [port] = free_ports(1)
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.loglevel = "ERROR"
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    def run():
        loop.run_until_complete(serve(application(world), config, shutdown_trigger=ended.wait))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    wait_for(lambda: answers(client("sagemaker", url)))
    yield url
    loop.call_soon_threadsafe(ended.set)
    thread.join()


def client(service, url, region="us-east-1"):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def answers(sagemaker):
    try:
        sagemaker.list_models()
    except Exception:
        return False
    return True


def wait_for(look, seconds=20):
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def job_request(name="churn", **more):
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://in/train/"}
    return {
        "AutoMLJobName": name,
        "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": "s3://out/"},
        "AutoMLProblemTypeConfig": {"TabularJobConfig": {"TargetAttributeName": "y"}},
        "RoleArn": ROLE,
        **more,
    }


def ended(sagemaker, name):
    job = sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name)
    return job if job["AutoMLJobStatus"] in ("Completed", "Failed", "Stopped") else None


def error_of(caught):
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def ask(world, operation, request, account=""):
    """Carry out one request without HTTP; returns what the service answers.

    Raises:
        ServiceError: What it refuses.
    """
    credential = "AWS4-HMAC-SHA256 Credential=test/20261126/us-east-1/sagemaker/aws4_request"
    headers = {"x-amz-target": f"SageMaker.{operation}", "authorization": credential}
    headers[ACCOUNT_HEADER.decode()] = account
    return json.loads(service.control(world, headers, json.dumps(request).encode()) or b"{}")
