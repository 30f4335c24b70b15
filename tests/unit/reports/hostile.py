"""A job whose every text is hostile, long, or of another script; and one that has nothing."""

import datetime
import io
import json

from botocore.exceptions import ClientError

START = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)
SCRIPT = "</script><script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
TEXTS = [
    SCRIPT,
    IMAGE,
    "'\"><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "]]><!--",
    "&lt;b&gt;",
    "a.b[0]\\'c",
    "#010101",
    "مرحبا بالعالم هذا نص طويل جدا",
    "机器学习模型的很长很长的类别名称第一",
    "\x00\x1b[31m\u202eevil\ud800",
    "x" * 300,
    "",
    " ",
    "datum.value; url(#clip0)",
]


class Objects:
    """S3 from memory; what is not there is refused as AWS refuses it."""

    def __init__(self, objects=None, refused=False):
        self.objects, self.refused = objects or {}, refused

    def get_paginator(self, _):
        return self

    def paginate(self, Bucket, Prefix):  # noqa: N803
        if self.refused:
            raise denied("ListObjectsV2")
        start = f"{Bucket}/{Prefix}"
        keys = [key.partition("/")[2] for key in self.objects if key.startswith(start)]
        return [{"Contents": [{"Key": key, "Size": 1} for key in keys]}]

    def get_object(self, Bucket, Key):  # noqa: N803
        if self.refused:
            raise denied("GetObject")
        return {"Body": io.BytesIO(self.objects[f"{Bucket}/{Key}"])}


def denied(operation):
    error = {"Code": "AccessDenied", "Message": f"no right to {operation} {IMAGE}"}
    return ClientError({"Error": error}, operation)


class Account:
    """SageMaker and S3 of one job."""

    def __init__(self, candidates=(), objects=None, refused=False, tags=()):
        self.candidates, self.refused, self.tags = list(candidates), refused, list(tags)
        self.s3 = Objects(objects, refused)

    def client(self, service):
        return self.s3 if service == "s3" else self

    def list_candidates_for_auto_ml_job(self, **_):
        if self.refused:
            raise denied("ListCandidatesForAutoMLJob")
        return {"Candidates": self.candidates}

    def list_tags(self, **_):
        if self.refused:
            raise denied("ListTags")
        return {"Tags": self.tags}


def candidate(name, value, place=0, **more):
    metrics = [
        {"StandardMetricName": metric, "Value": value, "Set": kind}
        for metric in ("F1", "AUC", "LogLoss", "InferenceLatency")
        for kind in ("Train", "Validation")
    ]
    return {
        "CandidateName": name,
        "CandidateStatus": "Completed",
        "CreationTime": START + datetime.timedelta(minutes=place),
        "EndTime": START + datetime.timedelta(minutes=place + 1),
        "FinalAutoMLJobObjectiveMetric": {"MetricName": "F1", "Type": "Maximize", "Value": value},
        "CandidateProperties": {"CandidateMetrics": metrics, **more},
    }


def job(best=None, kind="Tabular", config=None, **more):
    return {
        "AutoMLJobName": "job-1",
        "AutoMLJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:automl-job/job-1",
        "AutoMLJobStatus": "Completed",
        "AutoMLJobSecondaryStatus": "Completed",
        "CreationTime": START,
        "AutoMLProblemTypeConfigName": kind,
        "AutoMLProblemTypeConfig": {f"{kind}JobConfig": config or {"TargetAttributeName": "y"}},
        **({"BestCandidate": best} if best else {}),
        **more,
    }


def located(**locations):
    return {"CandidateArtifactLocations": {"Explainability": "s3://out/e", **locations}}


def statistics(labels, key="multiclass_classification_metrics"):
    matrix = {
        true: {said: 9 if true == said else place % 3 for place, said in enumerate(labels)}
        for true in labels
    }
    value = {"value": 0.8, "standard_deviation": "NaN"}
    twin = {"accuracy_best_constant_classifier": value}
    return json.dumps({key: {"confusion_matrix": matrix, "accuracy": value, **twin}}).encode()


def analysis(columns):
    shares = {name: 1.0 / (place + 1) for place, name in enumerate(columns)}
    labels = {"label0": {"global_shap_values": shares, "expected_value": 0.5}}
    return json.dumps({"explanations": {"kernel_shap": labels}, "version": "1.0"}).encode()


def hostile():
    """Return an account and a job in which every text is one of ``TEXTS``."""
    objects = {
        "out/m/trial/statistics.json": statistics(TEXTS),
        "out/e/trial/analysis.json": analysis(TEXTS),
    }
    best = candidate(f"job-1-{SCRIPT}", 0.9, **located(ModelInsights="s3://out/m"))
    others = [candidate(f"job-1-{text}", 0.1, place) for place, text in enumerate(TEXTS, 1)]
    tags = [{"Key": text, "Value": text} for text in TEXTS]
    account = Account([best, *others], objects, tags=tags)
    described = job(
        best,
        config={"TargetAttributeName": SCRIPT, "FeatureSpecificationS3Uri": IMAGE},
        FailureReason=IMAGE,
        AutoMLJobName=SCRIPT,
        AutoMLJobInputDataConfig=[{"DataSource": {"S3DataSource": {"S3Uri": f"s3://{IMAGE}"}}}],
    )
    return account, described


def large():
    """Return a job of 250 candidates and 50 classes."""
    labels = [f"class number {place:02}" for place in range(50)]
    objects = {
        "out/m/trial/statistics.json": statistics(labels),
        "out/e/trial/analysis.json": analysis([f"column {place}" for place in range(500)]),
    }
    found = [candidate(f"job-1-{n:03}-xgboost-abcdef", 0.5 + n / 1000, n) for n in range(250)]
    found[-1]["CandidateProperties"] |= located(ModelInsights="s3://out/m")
    return Account(found, objects), job(found[-1])
