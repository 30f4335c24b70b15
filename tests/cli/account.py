"""An account in memory: what the commands on jobs and endpoints ask of AWS."""

import datetime
import io
import json
from types import SimpleNamespace

from botocore.exceptions import ClientError

START = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)
JOB = "diagnosis-abc-1"
ENDPOINT = "diagnosis-endpoint-abc"


def at(seconds):
    return START + datetime.timedelta(seconds=seconds)


def refusal(code, message, operation="Operation", status=400):
    error = {"Code": code, "Message": message}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)


def custom(kind, path="", **properties):
    metadata = {"Metadata": {"aws:cdk:path": path}} if path else {}
    return {"Type": f"Custom::{kind}", "Properties": properties, **metadata}


def candidate(name, value=None, *, kind="Maximize", status="Completed", began=0, ended=60, **more):
    metrics = [
        {"MetricName": "F1", "StandardMetricName": "F1", "Value": value, "Set": "Validation"},
        *({"StandardMetricName": key, "Value": item, "Set": "Train"} for key, item in more.items()),
    ]
    made = {"CandidateName": f"{JOB}-{name}", "CandidateStatus": status, "CreationTime": at(began)}
    if value is not None:
        objective = {"MetricName": "F1", "Value": value, "Type": kind}
        made |= {"FinalAutoMLJobObjectiveMetric": objective, "EndTime": at(ended)}
        made["CandidateProperties"] = {"CandidateMetrics": metrics}
    return made


def job(status="Completed", phase=None, **more):
    return {
        "AutoMLJobName": JOB,
        "AutoMLJobArn": f"arn:aws:sagemaker:eu-west-1:111122223333:automl-job/{JOB}",
        "AutoMLJobStatus": status,
        "AutoMLJobSecondaryStatus": phase or status,
        "CreationTime": START,
        "LastModifiedTime": START,
        "AutoMLProblemTypeConfigName": "Tabular",
        **more,
    }


def endpoint(status="InService", **more):
    made = {"EndpointName": ENDPOINT, "EndpointStatus": status, "EndpointConfigName": "config"}
    return {**made, "CreationTime": START, "LastModifiedTime": START, **more}


class Stacks:
    """CloudFormation's API: templates, resources and events of stacks."""

    def __init__(self):
        self.templates = {}
        self.ids = {}
        self.resources = {}
        self.described = {}
        self.events = {}
        self.deleted = []

    def add(self, name, resources, ids, *, status="CREATE_COMPLETE", states=None):
        self.templates[name] = resources
        self.ids[name] = ids
        self.described[name] = {
            "StackName": name,
            "StackId": f"arn:aws:cloudformation:eu-west-1:1:stack/{name}/1",
            "StackStatus": status,
            "CreationTime": START,
        }
        self.resources[name] = states or {}

    def _known(self, name, operation):
        if name.partition("/")[2].split("/")[0] in self.templates:
            return
        if name not in self.templates:
            raise refusal("ValidationError", f"Stack with id {name} does not exist", operation)

    def get_template(self, StackName):  # noqa: N803
        self._known(StackName, "GetTemplate")
        return {"TemplateBody": {"Resources": self.templates[StackName]}}

    def describe_stacks(self, StackName):  # noqa: N803
        name = StackName.split("/")[1] if "/" in StackName else StackName
        self._known(name, "DescribeStacks")
        return {"Stacks": [self.described[name]]}

    def get_paginator(self, operation):
        return SimpleNamespace(paginate=getattr(self, f"_{operation}"))

    def _list_stack_resources(self, StackName):  # noqa: N803
        self._known(StackName, "ListStackResources")
        StackName = StackName.split("/")[1] if "/" in StackName else StackName  # noqa: N806
        state = self.resources[StackName]
        found = [
            {
                "LogicalResourceId": name,
                "ResourceType": self.templates[StackName][name]["Type"],
                "ResourceStatus": state.get(name, "CREATE_COMPLETE"),
                **({"PhysicalResourceId": own} if (own := self.ids[StackName].get(name)) else {}),
            }
            for name in self.templates[StackName]
        ]
        return [{"StackResourceSummaries": found}]

    def _list_stacks(self, StackStatusFilter):  # noqa: N803
        standing = [dict(item) for item in self.described.values()]
        found = [
            item for item in [*standing, *self.deleted] if item["StackStatus"] in StackStatusFilter
        ]
        return [{"StackSummaries": found}]

    def _describe_stack_events(self, StackName):  # noqa: N803
        if StackName not in self.events:
            self._known(StackName, "DescribeStackEvents")
        return [{"StackEvents": self.events.get(StackName, [])}]


class SageMaker:
    """Jobs, candidates and endpoints; ``faults`` are raised first, one a call."""

    def __init__(self):
        self.jobs = {}
        self.candidates = {}
        self.endpoints = {}
        self.configs = {}
        self.tags = {}
        self.faults = []
        self.requests = []
        self.meta = SimpleNamespace(region_name="eu-west-1")

    def _next(self):
        if self.faults:
            raise self.faults.pop(0)

    def describe_auto_ml_job_v2(self, AutoMLJobName):  # noqa: N803
        self._next()
        if AutoMLJobName not in self.jobs:
            words = f"Could not find AutoML job {AutoMLJobName}"
            raise refusal("ResourceNotFound", words, "DescribeAutoMLJobV2")
        return self.jobs[AutoMLJobName]

    def describe_endpoint(self, EndpointName):  # noqa: N803
        if EndpointName not in self.endpoints:
            words = f'Could not find endpoint "{EndpointName}".'
            raise refusal("ValidationException", words, "DescribeEndpoint")
        return self.endpoints[EndpointName]

    def describe_endpoint_config(self, EndpointConfigName):  # noqa: N803
        return self.configs[EndpointConfigName]

    def list_tags(self, ResourceArn):  # noqa: N803
        return {"Tags": self.tags.get(ResourceArn, [])}

    def stops(self, name, words):
        """Let an endpoint be stopped on purpose."""
        del self.endpoints[name]
        self.configs["kept"] = {"EndpointConfigName": "kept", "EndpointConfigArn": "arn:kept"}
        marks = {"cdk-automlv2:stopped": words, "cdk-automlv2:endpoint": name}
        self.tags["arn:kept"] = [{"Key": key, "Value": value} for key, value in marks.items()]

    def list_candidates_for_auto_ml_job(self, AutoMLJobName, **request):  # noqa: N803
        self.requests.append(request)
        found = self.candidates.get(AutoMLJobName, [])
        start = int(request.get("NextToken", 0))
        more = {"NextToken": str(start + 2)} if len(found) > start + 2 else {}
        return {"Candidates": found[start : start + 2], **more}

    def list_auto_ml_jobs(self, **request):
        self._next()
        wanted = request.get("NameContains", "")
        status = request.get("StatusEquals")
        found = [
            item
            for name, item in self.jobs.items()
            if wanted in name and status in (None, item["AutoMLJobStatus"])
        ]
        return {"AutoMLJobSummaries": found}

    def list_endpoint_configs(self, **request):
        return {"EndpointConfigs": list(self.configs.values())}

    def list_endpoints(self, NameContains=""):  # noqa: N803
        found = [item for name, item in self.endpoints.items() if NameContains in name]
        return {"Endpoints": found}

    def get_paginator(self, operation):
        def paginate(**request):
            return [getattr(self, operation)(**request)]

        return SimpleNamespace(paginate=paginate)


class Logs:
    """CloudWatch Logs: lines by group; a group that is not there is refused."""

    def __init__(self):
        self.groups = {}
        self.requests = []

    def write(self, group, seconds, message):
        event = {"timestamp": int(at(seconds).timestamp() * 1000), "message": message}
        lines = self.groups.setdefault(group, [])
        lines.append({**event, "eventId": f"{group}-{len(lines)}"})

    def get_paginator(self, operation):
        assert operation == "filter_log_events"
        return SimpleNamespace(paginate=self._paginate)

    def _paginate(self, logGroupName, startTime, **more):  # noqa: N803
        self.requests.append((logGroupName, more))
        if logGroupName not in self.groups:
            words = "The specified log group does not exist."
            raise refusal("ResourceNotFoundException", words, "FilterLogEvents")
        found = [item for item in self.groups[logGroupName] if item["timestamp"] >= startTime]
        return [{"events": found[:1]}, {"events": found[1:]}]


class StepFunctions:
    """Executions of one state machine."""

    def __init__(self):
        self.executions = []

    def list_executions(self, stateMachineArn, statusFilter):  # noqa: N803
        found = [item for item in self.executions if item["status"] == statusFilter]
        return {"executions": found}

    def describe_execution(self, executionArn):  # noqa: N803
        return next(item for item in self.executions if item["executionArn"] == executionArn)


class Quotas:
    """Service Quotas, and what else doctor asks."""

    def __init__(self):
        self.jobs = 1.0
        self.quotas = {"ml.m5.large for endpoint usage": 2.0}

    def get_service_quota(self, ServiceCode, QuotaCode):  # noqa: N803
        assert (ServiceCode, QuotaCode) == ("sagemaker", "L-CFC2D5B6")
        return {"Quota": {"Value": self.jobs}}

    def get_paginator(self, operation):
        assert operation == "list_service_quotas"
        found = [
            {"QuotaName": name, "QuotaCode": f"L-{number}", "Value": value}
            for number, (name, value) in enumerate(self.quotas.items())
        ]
        return SimpleNamespace(paginate=lambda **_: [{"Quotas": found}])


class Parameters:
    """SSM: the version of the bootstrap stack."""

    def __init__(self):
        self.version = "21"

    def get_parameter(self, Name):  # noqa: N803
        if self.version is None:
            raise refusal("ParameterNotFound", "no", "GetParameter")
        return {"Parameter": {"Value": self.version}}


class Objects:
    """S3: one bucket with one object."""

    def list_objects_v2(self, Bucket, Prefix, MaxKeys):  # noqa: N803
        if Bucket != "data":
            raise refusal("NoSuchBucket", "no", "ListObjectsV2")
        return {"KeyCount": int("train/rows.csv".startswith(Prefix))}


class Identity:
    """STS."""

    def __init__(self):
        self.fault = None

    def get_caller_identity(self):
        if self.fault:
            raise self.fault
        return {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/ann"}


class PriceList:
    """The price list: products by type of instance."""

    def __init__(self):
        self.products = {}

    def get_paginator(self, operation):
        assert operation == "get_products"
        return SimpleNamespace(paginate=self._paginate)

    def _paginate(self, ServiceCode, Filters):  # noqa: N803
        wanted = {item["Field"]: item["Value"] for item in Filters}
        assert wanted["regionCode"] == "eu-west-1"
        found = self.products.get(wanted["instanceName"], [])
        return [{"PriceList": [json.dumps(item) for item in found]}]


class Runtime:
    """Answers each row with the number of its values."""

    def __init__(self):
        self.bodies = []
        self.fault = None

    def invoke_endpoint(self, **request):
        if self.fault:
            raise self.fault
        self.bodies.append(request["Body"])
        text = request["Body"].decode(errors="replace")
        answers = "".join(f"{len(row.split(','))}\n" for row in text.splitlines())
        return {"Body": io.BytesIO(answers.encode())}


class Account:
    """All of it; ``account.client`` is what the commands get."""

    def __init__(self):
        self.cloudformation = Stacks()
        self.sagemaker = SageMaker()
        self.runtime = Runtime()
        self.logs = Logs()
        self.executions = StepFunctions()
        self.quotas, self.parameters, self.identity = Quotas(), Parameters(), Identity()
        self.prices = PriceList()
        self.services = {
            "service-quotas": self.quotas,
            "ssm": self.parameters,
            "s3": Objects(),
            "sts": self.identity,
            "pricing": self.prices,
            "logs": self.logs,
            "stepfunctions": self.executions,
            "cloudformation": self.cloudformation,
            "sagemaker": self.sagemaker,
            "sagemaker-runtime": self.runtime,
        }

    def client(self, service):
        return self.services[service]

    def clinic(self, **options):
        """Deploy a stack ``Clinic`` with a job, its endpoint and a nested stack."""
        self.sagemaker.jobs[JOB] = job(BestCandidate={"CandidateName": f"{JOB}-lightgbm"})
        self.sagemaker.endpoints[ENDPOINT] = endpoint()
        self.sagemaker.candidates[JOB] = [
            candidate("xgboost", 0.961, F1=1.0),
            candidate("lightgbm", 0.9737, F1=1.0),
            candidate("linear", 0.9737, F1=0.97),
        ]
        properties = {"NameScope": "abc", "BaseName": "diagnosis-endpoint"}
        self.cloudformation.add(
            "Clinic",
            {
                "Job1A2B3C4D": custom("AutoMLJobV2", "Clinic/Diagnosis/Job/Resource"),
                "Wait": custom("AutoMLWait", "Clinic/Diagnosis/Job/Wait1"),
                "End": custom("AutoMLEndpoint", "Clinic/Diagnosis/Endpoint/Resource", **properties),
                "AutoMLV2ProviderFunctionLog1": {"Type": "AWS::Logs::LogGroup"},
                "AutoMLV2ProviderWaiter1": {"Type": "AWS::StepFunctions::StateMachine"},
            },
            {
                "Job1A2B3C4D": JOB,
                "End": ENDPOINT,
                "AutoMLV2ProviderFunctionLog1": "function-log",
                "AutoMLV2ProviderWaiter1": "waiter",
            },
            **options,
        )
