"""Jobs of all kinds as the local cloud leaves them, and an endpoint of the best candidate."""

import contextlib
import io
import json
from functools import cache

from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.sagemaker.job_candidates import JobCandidates
from cdk_automlv2.local.training.__main__ import main
from cdk_automlv2.reports.reading.everything import read
from cdk_automlv2.reports.reading.held_out import HeldOut

from . import test_kinds, test_training
from .fake_world import new_world

ARN = "arn:aws:sagemaker:us-east-1:000000000000:automl-job/job-1"
KEYS = "predicted_label,probability"


class Job:
    """A job that has been trained, as clients see it.

    Attributes:
        described: As DescribeAutoMLJobV2 returns it.
        candidates: As ListCandidatesForAutoMLJob returns them.
        s3: Its objects.
        calls: Names of the calls.
    """

    def __init__(self, request, s3, problem="", keys=KEYS):
        self.s3, self.keys, self.calls = s3, keys, []
        lines = io.StringIO()
        with contextlib.redirect_stdout(lines):
            main(request, s3, in_full=True)
        world = new_world()
        world.candidates[ARN] = self.candidates = []
        config = next(iter(request["AutoMLProblemTypeConfig"]))
        self.described = {
            **{key: value for key, value in request.items() if key not in ("Account", "Region")},
            "AutoMLJobArn": ARN,
            "AutoMLJobStatus": "Completed",
            "AutoMLJobSecondaryStatus": "Completed",
            "AutoMLProblemTypeConfigName": config.removesuffix("JobConfig"),
            "CreationTime": world.clock.now(),
        }
        known = JobCandidates(world, self.described)
        for line in lines.getvalue().splitlines():
            for kind, report in json.loads(line).items():
                if kind in ("Started", "Candidate", "Reported"):
                    known.add(report)
                elif kind == "Attributes":
                    self.described |= report
                else:
                    raise AssertionError(report)
        self.described["EndTime"] = world.clock.now()

    def client(self, service):
        return self.s3 if service == "s3" else self

    def describe_auto_ml_job_v2(self, AutoMLJobName):  # noqa: N803
        assert AutoMLJobName == "job-1"
        return self.described

    def list_candidates_for_auto_ml_job(self, AutoMLJobName, NextToken=None):  # noqa: N803
        """List candidates, two on a page."""
        start = int(NextToken or 0)
        page = {"Candidates": self.candidates[start : start + 2]}
        return {**page, "NextToken": str(start + 2)} if self.candidates[start + 2 :] else page

    def list_tags(self, ResourceArn):  # noqa: N803
        assert ResourceArn == ARN
        return {"Tags": [{"Key": "cdk-automlv2:fingerprint", "Value": "f1n6e4"}]}

    def describe_endpoint(self, EndpointName):  # noqa: N803
        return {"EndpointName": EndpointName, "EndpointConfigName": "config"}

    def describe_endpoint_config(self, EndpointConfigName):  # noqa: N803
        return {"ProductionVariants": [{"ModelName": "model"}]}

    def describe_model(self, ModelName):  # noqa: N803
        return {"Containers": self._containers()}

    def invoke_endpoint(self, EndpointName, ContentType, Body):  # noqa: N803
        self.calls.append(ContentType)
        model = HostedModel.fetch(self._containers(), self.s3)
        return {"Body": io.BytesIO(model.answer(Body, ContentType)[0])}

    def _containers(self):
        best = self.described["BestCandidate"]
        by_unit = best.get("InferenceContainerDefinitions") or {}
        found = best.get("InferenceContainers") or next(iter(by_unit.values()))
        containers = [dict(item) for item in found]
        if "SAGEMAKER_INFERENCE_SUPPORTED" in containers[-1].get("Environment", {}):
            own = {"SAGEMAKER_INFERENCE_OUTPUT": self.keys}
            containers[-1]["Environment"] = containers[-1]["Environment"] | own
        return containers


def tabular(table, target, **more):
    count = {"MaxCandidates": more.pop("count", 3)}
    request = test_training.spec(target, CompletionCriteria=count, **more)
    return Job(request, test_training.bucket(table))


def of_example(kind, member, config):
    return Job(test_kinds.spec(member, config), test_kinds.bucket(kind))


@cache
def binary():
    table = test_training.iris()
    return tabular(table[table["species"] != "setosa"].sample(frac=1, random_state=1), "species")


@cache
def regression():
    return tabular(test_training.diabetes(), "progression", count=2)


@cache
def texts():
    return of_example("text_classification", "TextClassificationJobConfig", test_kinds.TEXT)


@cache
def pictures():
    return of_example("image_classification", "ImageClassificationJobConfig", {})


@cache
def series():
    return of_example(
        "time_series_forecasting", "TimeSeriesForecastingJobConfig", test_kinds.SERIES
    )


@cache
def language():
    return of_example("text_generation", "TextGenerationJobConfig", {})


KINDS = {
    "binary": binary,
    "regression": regression,
    "texts": texts,
    "pictures": pictures,
    "series": series,
    "language": language,
}


def held_out_of(name):
    """Return rows for the endpoint of a kind."""
    job = KINDS[name]()
    files = {
        key.removeprefix("in/train/"): body
        for key, body in job.s3.objects.items()
        if key.startswith("in/train/")
    }
    return HeldOut(f"{name}-rows", files)


@cache
def facts_of(name, *, asked=True):
    """Return the facts of a kind's job, its endpoint asked with rows if there are any."""
    job, rows = KINDS[name](), held_out_of(name) if asked else None
    return read(job.client, job.described, endpoint="endpoint" if rows else None, held_out=rows)
