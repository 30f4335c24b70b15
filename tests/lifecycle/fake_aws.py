"""An account in memory behind the handlers' gateway, with a clock that the test moves.

Statuses follow from how long ago a thing was made. ``failures`` holds errors to raise, by call.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from automlv2_handlers.domain.coerce import request_from
from automlv2_handlers.errors import (
    BusyError,
    GatewayError,
    NameTakenError,
    NotFoundError,
    RefusedError,
)

from cdk_automlv2._core import service_model

from .timeline import Timeline

if TYPE_CHECKING:
    from .stack import Stack

PLACE = "arn:aws:sagemaker:eu-west-1:111122223333"
CONTAINER = {
    "Image": "1.dkr.ecr/autogluon",
    "ModelDataUrl": "s3://out/model.tar.gz",
    "Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label,probability"},
}


class Crash(BaseException):
    """The function dies: no handler of its own can catch that."""


class FakeAws(Timeline):
    """See the module.

    Attributes:
        interrupt: Called when the ``interrupt_at``-th call arrives, before it takes effect; may
            raise ``Crash``.
        crash_after: Number of the call after whose effect the function dies.
        status: ``StackStatus`` of whichever stack is asked for.
        physical_ids: What the stacks have, by stack and logical id.
        stacks: Those of the account.
        misdeeds: What the function did that no user would forgive.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entered = 0
        self.interrupt_at = 0
        self.interrupt: Callable[[], None] | None = None
        self.crash_after = 0
        self.calls: Counter[str] = Counter()
        self.failures: dict[str, list[GatewayError]] = defaultdict(list)
        self.job_seconds = 600.0
        self.job_end: dict[str, Any] = {"AutoMLJobStatus": "Completed"}
        self.best_candidate: dict[str, Any] | None = _candidate("best")
        self.endpoint_seconds = 300.0
        self.endpoint_end = "InService"
        self.update_end = "InService"
        self.jobs: dict[str, dict[str, Any]] = {}
        self.models: dict[str, dict[str, Any]] = {}
        self.configs: dict[str, dict[str, Any]] = {}
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.buckets: dict[str, list[tuple[str, str, int]]] = {"in": [("train/a.csv", "e1", 10)]}
        self.executions: dict[str, dict[str, Any]] = {}
        self.written: dict[str, bytes] = {}
        self.status = ""
        self.physical_ids: dict[tuple[str, str], str] = {}
        self.stacks: list[Stack] = []
        self.misdeeds: list[str] = []
        self.requests = 0
        self.candidate_names = ["best", "second"]
        self.page = 100
        self.folder_files = 1

    def begin(self) -> None:
        for stack in self.stacks:
            stack.begin_executions()

    # What the gateway offers.

    def request(self, operation: str, properties: Any) -> dict[str, Any]:
        return request_from(properties, service_model.input_shape(operation))

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        self._enter(operation)
        number = self.entered
        answer: dict[str, Any] = getattr(self, f"_{operation}")(**request)
        if number == self.crash_after:
            raise Crash
        return answer

    def find(self, operation: str, **request: Any) -> dict[str, Any] | None:
        try:
            return self.call(operation, **request)
        except NotFoundError:
            return None

    def tags_of(self, arn: str) -> dict[str, str]:
        self._enter("list_tags")
        if arn not in self.tags:
            raise NotFoundError("ListTags: ValidationException: Could not find")
        return dict(self.tags[arn])

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> None:
        self._enter("add_tags")
        self.tags[arn] |= {tag["Key"]: tag["Value"] for tag in tags}

    def remove_tags(self, arn: str, keys: Any) -> None:
        self._enter("remove_tags")
        for key in keys:
            self.tags[arn].pop(key, None)

    def objects(self, bucket: str, prefix: str):
        self._enter("objects")
        yield from (item for item in self.buckets[bucket] if item[0].startswith(prefix))

    def write(self, uri: str, body: bytes) -> None:
        self._enter("write")
        self.written[uri] = body

    def unpack(self, bucket: str, key: str, uri: str, start: int) -> tuple[int, int]:
        self._enter("unpack")
        for number in range(start, min(start + self.page, self.folder_files)):
            self.written[f"{uri}{number}.csv"] = f"{bucket}/{key}".encode()
        return min(start + self.page, self.folder_files), self.folder_files

    def remove_objects(self, uri: str) -> None:
        self._enter("remove_objects")
        for name in [name for name in self.written if name.startswith(uri)]:
            del self.written[name]

    def start_execution(self, arn: str, name: str, state: Any) -> bool:
        self._enter("start_execution")
        if name in self.executions:
            return False
        self.executions[name] = json.loads(json.dumps(state))
        return True

    def stack_status(self, stack_id: str) -> str:
        self._enter("stack_status")
        return self.status

    def physical_id(self, stack_id: str, logical_id: str) -> str:
        self._enter("physical_id")
        return self.physical_ids.get((stack_id, logical_id), "")

    def seen_endpoint(self, name: str) -> dict[str, Any] | None:
        """Look at an endpoint from outside: no call, no fault."""
        try:
            return self._describe_endpoint(name)
        except NotFoundError:
            return None

    def has_models(self, *names: str) -> None:
        """Let there be models of somebody else's."""
        for name in names:
            self._create_model(ModelName=name, Tags=[])

    # What the service does.

    def _create_auto_ml_job_v2(self, AutoMLJobName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        if AutoMLJobName.lower() in self.jobs:
            raise NameTakenError(f"CreateAutoMLJobV2: ResourceInUse: {AutoMLJobName}")
        arn = f"{PLACE}:automl-job/{AutoMLJobName}"
        self.jobs[AutoMLJobName.lower()] = {
            "AutoMLJobName": AutoMLJobName,
            "AutoMLJobArn": arn,
            "Request": request,
            "Created": self.now,
            "End": dict(self.job_end),
            "BestCandidate": self.best_candidate,
        }
        self._tag(arn, request)
        return {"AutoMLJobArn": arn}

    def _describe_auto_ml_job_v2(self, AutoMLJobName: str) -> dict[str, Any]:  # noqa: N803
        job = self.jobs.get(AutoMLJobName.lower())
        if job is None:
            raise NotFoundError("DescribeAutoMLJobV2: ResourceNotFound")
        shown = {key: job[key] for key in ("AutoMLJobName", "AutoMLJobArn")}
        if "Stopped" in job:
            ended = self.now - job["Stopped"] >= 60
            status = "Stopped" if ended else "Stopping"
            return {**shown, "AutoMLJobStatus": status, "AutoMLJobSecondaryStatus": status}
        if self.now - job["Created"] < self.job_seconds:
            status = {"AutoMLJobStatus": "InProgress", "AutoMLJobSecondaryStatus": "ModelTuning"}
            return {**shown, **status}
        end = {"AutoMLJobSecondaryStatus": job["End"]["AutoMLJobStatus"], **job["End"]}
        best = job["BestCandidate"] if end["AutoMLJobStatus"] == "Completed" else None
        return {**shown, **end, **({"BestCandidate": best} if best else {})}

    def _stop_auto_ml_job(self, AutoMLJobName: str) -> dict[str, Any]:  # noqa: N803
        job = self.jobs[AutoMLJobName.lower()]
        if "Stopped" in job:
            raise RefusedError("StopAutoMLJob: ValidationException: the job is stopping")
        job["Stopped"] = self.now
        return {}

    def _list_candidates_for_auto_ml_job(self, **request: Any) -> dict[str, Any]:
        wanted = request.get("CandidateNameEquals")
        known = [_candidate(name) for name in self.candidate_names]
        found = [item for item in known if wanted in (None, item["CandidateName"])]
        start = int(request.get("NextToken", 0))
        page = {"Candidates": found[start : start + self.page]}
        more = start + self.page < len(found)
        return page | ({"NextToken": str(start + self.page)} if more else {})

    def _list_auto_ml_jobs(self, **request: Any) -> dict[str, Any]:
        shown = [self._describe_auto_ml_job_v2(job["AutoMLJobName"]) for job in self.jobs.values()]
        running = [job for job in shown if job["AutoMLJobStatus"] == request["StatusEquals"]]
        return self._page(running, "AutoMLJobSummaries", "AutoMLJobName", request)

    def _create_model(self, ModelName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        arn = self._keep(self.models, "model", ModelName, request)
        return {"ModelArn": arn}

    def _describe_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803
        return self._get(self.models, ModelName) | {"ModelArn": f"{PLACE}:model/{ModelName}"}

    def _delete_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803
        self._get(self.models, ModelName)
        named = [name for name, config in self.configs.items() if model_of(config) == ModelName]
        self._note_if_served("model", named)
        del self.models[ModelName]
        return {}

    def _list_models(self, **request: Any) -> dict[str, Any]:
        known = [{"ModelName": name} for name in self.models]
        return self._page(known, "Models", "ModelName", request)

    def _create_endpoint_config(self, EndpointConfigName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        for variant in request.get("ProductionVariants", []):
            self._get(self.models, variant["ModelName"])
        self._keep(self.configs, "endpoint-config", EndpointConfigName, request)
        return {}

    def _describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803
        return self._get(self.configs, EndpointConfigName) | {
            "EndpointConfigArn": f"{PLACE}:endpoint-config/{EndpointConfigName}"
        }

    def _list_endpoint_configs(self, **request: Any) -> dict[str, Any]:
        known = [
            {"EndpointConfigName": name, "EndpointConfigArn": f"{PLACE}:endpoint-config/{name}"}
            for name in self.configs
        ]
        return self._page(known, "EndpointConfigs", "EndpointConfigName", request)

    def _delete_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803
        self._get(self.configs, EndpointConfigName)
        self._note_if_served("configuration", [EndpointConfigName])
        del self.configs[EndpointConfigName]
        return {}

    def _create_endpoint(self, EndpointName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        self._get(self.configs, request["EndpointConfigName"])
        arn = self._keep(self.endpoints, "endpoint", EndpointName, request)
        moving = {"During": "Creating", "After": self.endpoint_end}
        self.endpoints[EndpointName] |= {
            "EndpointName": EndpointName,
            "EndpointArn": arn,
            "Since": self.now,
            **moving,
        }
        return {}

    def _update_endpoint(self, EndpointName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        endpoint = self.endpoints[EndpointName]
        if self._status(endpoint) not in ("InService", "UpdateRollbackFailed"):
            raise BusyError("UpdateEndpoint: ValidationException: Cannot update in-progress")
        self._get(self.configs, request["EndpointConfigName"])
        endpoint |= {"During": "Updating", "After": self.update_end, "Since": self.now}
        if self.update_end == "InService":
            endpoint["Next"] = request["EndpointConfigName"]
        elif self.update_end == "RolledBack":
            endpoint |= {"After": "InService", "FailureReason": "canary alarm"}
        endpoint["LastUpdate"] = request
        return {}

    def _describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803
        endpoint = self._get(self.endpoints, EndpointName)
        status = self._status(endpoint)
        if status == "Gone":
            del self.endpoints[EndpointName]
            raise NotFoundError("DescribeEndpoint: ValidationException: Could not find")
        if status == "InService" and "Next" in endpoint:
            self.endpoints[EndpointName]["EndpointConfigName"] = endpoint["EndpointConfigName"] = (
                self.endpoints[EndpointName].pop("Next")
            )
        return {**endpoint, "EndpointStatus": status}

    def _delete_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803
        self._get(self.endpoints, EndpointName)
        endpoint = self.endpoints[EndpointName]
        if self._status(endpoint) in ("Creating", "Updating", "Deleting"):
            raise BusyError("DeleteEndpoint: ValidationException: Cannot delete in-progress")
        endpoint |= {"During": "Deleting", "After": "Gone", "Since": self.now}
        return {}

    def _status(self, endpoint: dict[str, Any]) -> str:
        moving = self.now - endpoint["Since"] < self.endpoint_seconds
        return str(endpoint["During"] if moving else endpoint["After"])

    def _note_if_served(self, what: str, configs: list[str]) -> None:
        for name, endpoint in self.endpoints.items():
            leaving = endpoint["During"] == "Deleting" or endpoint["After"] == "Failed"
            if endpoint["EndpointConfigName"] in configs and not leaving:
                self.misdeeds.append(f"deleted the {what} that endpoint {name} serves")

    def _page(
        self, known: list[dict[str, Any]], member: str, key: str, request: dict[str, Any]
    ) -> dict[str, Any]:
        found = [item for item in known if request["NameContains"] in item[key]]
        start = int(request.get("NextToken", 0))
        more = {"NextToken": str(start + self.page)} if start + self.page < len(found) else {}
        return {member: found[start : start + self.page], **more}

    def _enter(self, call: str) -> None:
        self.calls[call] += 1
        self.entered += 1
        if self.entered == self.interrupt_at and self.interrupt is not None:
            self.interrupt()
        if self.failures[call]:
            raise self.failures[call].pop(0)

    def _keep(self, store: dict[str, Any], kind: str, name: str, request: Any) -> str:
        if name in store:
            raise NameTakenError(f"Cannot create already existing {kind}")
        arn = f"{PLACE}:{kind}/{name}"
        store[name] = {key: value for key, value in request.items() if key != "Tags"}
        self._tag(arn, request)
        return arn

    def _get(self, store: dict[str, Any], name: str) -> dict[str, Any]:
        if name not in store:
            raise NotFoundError(f"ValidationException: Could not find {name}")
        return dict(store[name])

    def _tag(self, arn: str, request: Any) -> None:
        tags = request["Tags"]
        keys = [tag["Key"] for tag in tags]
        if len(keys) != len(set(keys)):
            raise RefusedError("duplicate tag keys")
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in tags}


def model_of(config: dict[str, Any]) -> str:
    """Return the name of the model that a configuration serves."""
    return str(config.get("ProductionVariants", [{}])[0].get("ModelName", ""))


def _candidate(name: str) -> dict[str, Any]:
    return {
        "CandidateName": name,
        "CandidateStatus": "Completed",
        "FinalAutoMLJobObjectiveMetric": {"MetricName": "F1", "Value": 0.97},
        "InferenceContainers": [CONTAINER],
    }
