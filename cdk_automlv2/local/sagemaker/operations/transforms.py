"""Transform jobs: a model applied to the objects below a prefix, with the rights of its role."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.sagemaker import transform_data, transform_rules
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, not_found, validation
from cdk_automlv2.local.sagemaker.faults import TRANSFORM_FAILS
from cdk_automlv2.local.sagemaker.hosting import ANY, HostedModel
from cdk_automlv2.local.sagemaker.hosting_rules import containers_of
from cdk_automlv2.local.sagemaker.operations.tagging import check_tags
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.state import MODEL, TRANSFORM, Record, State
from cdk_automlv2.local.sagemaker.transform_data import Columns, TransformError
from cdk_automlv2.local.training.errors import DataError
from cdk_automlv2.local.training.objects import Source, split_uri

_START_SECONDS = 240
_STOP_SECONDS = 60
_TRANSFORMS = Listing("TransformJobSummaries", "TransformJobName", status="TransformJobStatus")


def create_transform_job(state: State, caller: Caller, request: Record) -> Record:
    """Start a transform job."""
    name = request["TransformJobName"]
    arn = caller.arn(TRANSFORM.name, name)
    state.require_create(caller, "CreateTransformJob", arn, request)
    check_tags(request.get("Tags", []))
    transform_rules.check(request)
    model_arn = caller.arn(MODEL.name, request["ModelName"])
    now = state.clock.now()
    job: Record = {
        **{key: value for key, value in request.items() if key != "Tags"},
        "TransformJobArn": arn,
        "TransformJobStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    with state.lock:
        if model_arn not in state.models:
            raise not_found(MODEL.words, model_arn)
        model = state.models[model_arn]
        if arn in state.transforms:
            words = "Job name must be unique within an AWS account and region, and a job with this "
            raise ServiceError("ResourceInUse", f"{words}name already exists ({arn}).")
        state.transforms[arn] = job
        stop = state.stops[arn] = threading.Event()
        state.keep_tags(arn, request)
    state.events.transform_changed(job)
    run = _Run(state, caller, job, model, stop)
    threading.Thread(target=run.walk, name=f"transform-{name}", daemon=True).start()
    return {"TransformJobArn": arn}


def describe_transform_job(state: State, caller: Caller, request: Record) -> Record:
    """Describe a transform job."""
    return dict(_find(state, caller, "DescribeTransformJob", request))


def stop_transform_job(state: State, caller: Caller, request: Record) -> Record:
    """Ask a transform job to stop; it takes a moment."""
    job = _find(state, caller, "StopTransformJob", request)
    with state.lock:
        status = job["TransformJobStatus"]
        if status != "InProgress":
            name = job["TransformJobName"]
            raise validation(f"The request was rejected because transform job {name} is {status}.")
        job |= {"TransformJobStatus": "Stopping"}
        state.stops[job["TransformJobArn"]].set()
    return {}


def list_transform_jobs(state: State, caller: Caller, request: Record) -> Record:
    """List transform jobs."""
    state.require(caller, "ListTransformJobs", "*")
    return _TRANSFORMS.page(state.mine(caller, TRANSFORM), request)


def _find(state: State, caller: Caller, action: str, request: Record) -> Record:
    name = request["TransformJobName"]
    arn = caller.arn(TRANSFORM.name, name)
    state.require(caller, action, arn)
    with state.lock:
        found = state.transforms.get(arn)
    if found is None:
        raise validation(f"Could not find requested job with name: {name}")
    return found


class _Run:
    """One transform, from its instances to its end; runs in a thread of its own."""

    def __init__(
        self, state: State, caller: Caller, job: Record, model: Record, stop: threading.Event
    ) -> None:
        self._state = state
        self._region = caller.region
        self._job = job
        self._model = model
        self._stop = stop

    def walk(self) -> None:
        try:
            self._walk()
        except (DataError, TransformError, ServiceError) as error:
            self._end("Failed", f"ClientError: {error}")
        except Exception as error:
            self._end("Failed", f"ClientError: {type(error).__name__}: {error}")

    def _walk(self) -> None:
        if self._state.clock.wait(_START_SECONDS, self._stop):
            self._stopped()
            return
        with self._state.lock:
            self._job["TransformStartTime"] = self._state.clock.now()
        fault = self._state.faults.take(TRANSFORM_FAILS)
        if fault is not None:
            self._end("Failed", fault.message)
            return
        role = self._model["ExecutionRoleArn"]
        key = self._job["TransformResources"].get("VolumeKmsKeyId")
        if key:
            self._state.iam.require_grant(role, self._region, key)
        s3 = self._state.iam.role_s3(role, self._region)
        hosted = HostedModel.fetch(containers_of(self._model), s3)
        self._transform(_Desk(self._job, hosted, s3))

    def _transform(self, desk: _Desk) -> None:
        """Transform each object; one that fails leaves no answer, and the others go on."""
        failed = []
        for bucket, key, name in desk.objects():
            if self._stop.is_set():
                self._stopped()
                return
            try:
                desk.transform(bucket, key, name)
            except (TransformError, ServiceError) as error:
                words = error.message if isinstance(error, ServiceError) else str(error)
                failed.append(f"s3://{bucket}/{key}: {words}")
        if failed:
            words = "Too many objects failed. See job logs for more information"
            self._end("Failed", f"ClientError: {words}: {failed[0]}")
        else:
            self._end("Completed")

    def _stopped(self) -> None:
        self._state.clock.wait(_STOP_SECONDS, threading.Event())
        self._end("Stopped")

    def _end(self, status: str, reason: str = "") -> None:
        now = self._state.clock.now()
        with self._state.lock:
            self._job |= {
                "TransformJobStatus": status,
                "TransformEndTime": now,
                "LastModifiedTime": now,
                **({"FailureReason": reason[:1024]} if reason else {}),
            }
        self._state.events.transform_changed(self._job)


class _Desk:
    """Reads objects, has the model answer them, and writes the answers."""

    def __init__(self, job: Record, model: HostedModel, s3: Any) -> None:
        self._model = model
        self._s3 = s3
        self._job = job
        self._source: Mapping[str, Any] = job["TransformInput"]
        self._output: Mapping[str, Any] = job["TransformOutput"]
        processing = job.get("DataProcessing", {})
        self._join = processing.get("JoinSource", "None") != "None"
        self._input_filter = _filter(processing.get("InputFilter"))
        self._output_filter = _filter(processing.get("OutputFilter"))

    def objects(self) -> list[tuple[str, str, str]]:
        """Return bucket, key and name below the prefix of each object to be transformed."""
        source = Source({"DataSource": self._source["DataSource"]}, "", self._s3)
        return [
            (bucket, key, name or key.rpartition("/")[2]) for bucket, key, name in source.objects()
        ]

    def transform(self, bucket: str, key: str, name: str) -> None:
        """Transform one object.

        Raises:
            TransformError: If it cannot be split or joined.
            ServiceError: What the containers answer.
        """
        body = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        found = transform_data.batches(
            transform_data.unpacked(body, self._source),
            self._source.get("SplitType", "None"),
            self._job.get("BatchStrategy", "MultiRecord"),
            self._job.get("MaxPayloadInMB", transform_data.DEFAULT_PAYLOAD_MB),
            self._input_filter,
        )
        answers = [self._answer(records, sent) for records, sent in found]
        self._write(name, transform_data.assembled(answers, self._output.get("AssembleWith", "")))

    def _answer(self, records: list[bytes], sent: bytes) -> bytes:
        content_type = self._source.get("ContentType", "text/csv")
        answer, _ = self._model.answer(sent, content_type, self._output.get("Accept", ANY))
        return transform_data.joined(records, answer, join=self._join, select=self._output_filter)

    def _write(self, name: str, body: bytes) -> None:
        bucket, prefix = split_uri(self._output["S3OutputPath"])
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        kms = self._output.get("KmsKeyId")
        encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms} if kms else {}
        self._s3.put_object(Bucket=bucket, Key=f"{folder}{name}.out", Body=body, **encrypted)


def _filter(path: str | None) -> Columns | None:
    return None if path in (None, "$") else Columns.of(str(path))
