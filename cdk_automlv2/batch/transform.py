"""``AutoMLBatchTransform``: a model applied to whole files, once and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core import wait_times, waiting
from cdk_automlv2._core.closed_sets import CompressionType
from cdk_automlv2._core.identity import digest, identity, name_scope
from cdk_automlv2._core.keys import optional_key_arn
from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.tag_rules import Tags, tag_list
from cdk_automlv2._core.tags import LateTags
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.batch.data_format import Places, input_uri, request_of
from cdk_automlv2.batch.rules import RULES, model_of
from cdk_automlv2.batch.stack_transforms import StackTransforms
from cdk_automlv2.batch.triggers import BatchTriggers
from cdk_automlv2.hosting.base import AutoMLModelBase
from cdk_automlv2.hosting.destinations import location_of
from cdk_automlv2.hosting.imports import imported
from cdk_automlv2.hosting.instance_types import processing_unit
from cdk_automlv2.hosting.interface import IAutoMLModel
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.job.interface import IAutoMLJob
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.release.release import AutoMLRelease

S3Data = Literal["S3Prefix", "ManifestFile"]
Split = Literal["None", "Line", "RecordIO", "TFRecord"]
Assemble = Literal["None", "Line"]
Strategy = Literal["MultiRecord", "SingleRecord"]
Join = Literal["Input", "None"]

_NAME_LENGTH = 63
_RUN_LENGTH = 20
"""Of a name, for what has begun the run and which one it is."""

_OWN_LENGTH = 8


@jsii.implements(cdk.ITaggableV2)
class AutoMLBatchTransform(BatchTriggers):
    """A model applied to the files below a place in S3: answers come to lie in another.

    It runs when it is deployed, and again when its model or an option changes; ``run_on_schedule``
    and ``run_on_new_objects`` let it run besides. Instances exist for the time of a run only.
    Deleting the construct stops what runs; answers stay. A deployment whose run fails is rolled
    back, with the reason; a later deployment stops the run of the former one.

    What data look like follows from the kind of problem: CSV, split by lines, for tables and
    texts; whole files for forecasts and images. CSV has no header line and no target column.

    Args:
        model: The model to use.
        job: Instead of it the job whose candidate to use; a model is made of that.
        release: Instead of them a release of the same stack: each run uses the model that serves
            when it begins.
        candidate_name: The candidate. Default: the best one.
        input_data: Where data lie: a bucket, an ``AutoMLOutput``, or ``s3://bucket/prefix``, which
            stands for every object whose key begins so. The model's role is granted to read it.
        output: Where answers go, each as ``<key>.out``, in the same forms. The model's role is
            granted to write there.
        instance_type: Such as ``ml.m5.xlarge``: one that batch transform has; x86_64 only.
        instance_count: Instances; 1 to 100; each object goes to one of them. Default: 1.
        s3_data_type: S3Prefix or ManifestFile, of which ``input_data`` is the manifest. Default:
            S3Prefix.
        content_type: Type of the data. Default: text/csv; needed for images.
        compression_type: None or Gzip. Default: None.
        split_type: How objects are split into records: None, Line, RecordIO or TFRecord. Default:
            Line for tables and texts, else None.
        batch_strategy: MultiRecord or SingleRecord: how many records a request has. Default:
            MultiRecord where objects are split.
        accept: Type of the answers. Default: text/csv.
        assemble_with: How answers are put together: None or Line. Default: as ``split_type``.
        join_source: Input puts each record before its answer. Default: answers alone.
        input_filter: JSONPath of what the model gets of a record, such as ``$[1:]`` for all columns
            but the first. Default: all.
        output_filter: JSONPath of what is written of a record, joined or not, such as ``$[0,-1]``.
            Default: all.
        max_concurrent_transforms: Requests at once to each instance. Default: SageMaker decides.
        max_payload_in_mb: Most of one request; MB, 0 to 100, 0 for any. Default: 6; 0 for
            forecasts.
        invocations_timeout: Longest time of one request; seconds or a ``cdk.Duration``, 1 to
            3600 s. Default: 600 s; 3600 s for forecasts.
        invocations_max_retries: How often a request is tried again; 0 to 3. Default: 3.
        output_kms_key: Key of the answers: a ``kms.IKey``, an ARN, an id, or ``alias/name``.
            Default: the bucket's own.
        volume_kms_key: Key of the instances' volumes. Default: SageMaker's.
        environment: Variables of the containers; 16 at most; nothing secret. Default: none.
        run_on_deploy: Whether it runs when it is deployed. Default: True; False with ``release``.
        wait: Whether the deployment waits for that run. Default: True.
        timeout: Longest wait; 1 minute to 18 days; more than 55 minutes add wait resources.
            Default: 55 minutes.
        tags: Tags of the transform jobs, 44 at most; those of ``Tags.of(...)`` are merged in and
            take precedence, those of the stack are merged in.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html

    Example:
        >>> transform = AutoMLBatchTransform(
        ...     stack,
        ...     "Nightly",
        ...     model=model,
        ...     input_data="s3://my-data/churn/new/",
        ...     output="s3://my-data/churn/answers/",
        ...     instance_type="ml.m5.xlarge",
        ...     join_source="Input",
        ... )
    """

    @checked(*RULES)
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        model: IAutoMLModel | None = None,
        job: IAutoMLJob | None = None,
        release: AutoMLRelease | None = None,
        candidate_name: str | None = None,
        input_data: AutoMLOutput | s3.IBucket | str,
        output: AutoMLOutput | s3.IBucket | str,
        instance_type: str,
        instance_count: int = 1,
        s3_data_type: S3Data = "S3Prefix",
        content_type: str | None = None,
        compression_type: CompressionType | None = None,
        split_type: Split | None = None,
        batch_strategy: Strategy | None = None,
        accept: str | None = None,
        assemble_with: Assemble | None = None,
        join_source: Join | None = None,
        input_filter: str | None = None,
        output_filter: str | None = None,
        max_concurrent_transforms: int | None = None,
        max_payload_in_mb: int | None = None,
        invocations_timeout: int | cdk.Duration | None = None,
        invocations_max_retries: int | None = None,
        output_kms_key: kms.IKey | str | None = None,
        volume_kms_key: kms.IKey | str | None = None,
        environment: Mapping[str, str] | None = None,
        run_on_deploy: bool | None = None,
        wait: bool = True,
        timeout: cdk.Duration | None = None,
        tags: Tags | None = None,
    ) -> None:
        options = dict(locals())
        runs_now = release is None if run_on_deploy is None else run_on_deploy
        super().__init__(scope, id)
        provider = self._provider = AutoMLProvider.of(scope)
        self._shared = StackTransforms.of(provider)
        path = provider.stack.node.path
        self.key = self.node.path.removeprefix(f"{path}/") if path else self.node.path
        self._model = self._model_of(model, job, release, candidate_name)
        self._model._serve_on(processing_unit(instance_type))
        self._written = location_of(output, output_kms_key)
        self._read = _read_location(input_data)
        rights = provider.policy.for_user(self)
        self._role = self._model._role_for(self)
        self._grant(volume_kms_key, s3_data_type)
        if volume_kms_key is not None:
            rights.use_volume_key(volume_kms_key)
        places = Places(
            self._read.uri,
            self._written.uri,
            optional_key_arn(output_kms_key),
            optional_key_arn(volume_kms_key),
        )
        self._settings = {
            "ModelName": self._model._serve_in(provider.stack),
            "Release": _record_of(release),
            **request_of(self._model.problem_config, options, places),
            "Key": self.key,
            "NamePrefix": self._name_prefix(base_name(id)),
            "NameScope": name_scope(provider.stack),
            "TransformMachineArn": self._shared.machine.attr_arn,
        }
        seconds = wait_times.LINK_SECONDS if timeout is None else int(timeout.to_seconds())
        waits = wait_times.links(seconds) if wait and runs_now else [seconds]
        own = {key: value for key, value in self._settings.items() if key != "NameScope"}
        self._resource = provider.resource(
            self,
            "Resource",
            "AutoMLBatchTransform",
            follows=self._model._source if release is None else release._resource,
            **own,
            Once=None if runs_now else False,
            Wait=None if wait else False,
            MoreLinks=True if len(waits) > 1 else None,
            WaitSeconds=waits[0] if waits[0] < wait_times.LINK_SECONDS else None,
            Tags=tag_list(tags),
        )
        rights.apply_before(self._resource)
        if self._role is not None:
            self._role.apply_before(self._resource)
        self._settled = self._wait(waits[1:])
        self._tags = LateTags(self._resource, tags, provider.stack)

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Collects the tags of ``Tags.of(transform)``."""
        return self._tags.manager()

    @property
    def transform_job_name(self) -> str:
        """Name of the deployment's run, known once it has ended if it is waited for; a token."""
        return cdk.Token.as_string(self._settled.get_att("TransformJobName"))

    @property
    def model(self) -> IAutoMLModel:
        """The model that is used; that of a release has no name at synth."""
        return self._model

    def _model_of(
        self,
        model: IAutoMLModel | None,
        job: IAutoMLJob | None,
        release: AutoMLRelease | None,
        candidate_name: str | None,
    ) -> AutoMLModelBase:
        if release is not None:
            known: AutoMLModelBase = model_of(None, None, release)
            return known
        if model is None:
            assert job is not None
            return AutoMLModel(self, "Model", job=job, candidate_name=candidate_name)
        return model if isinstance(model, AutoMLModelBase) else imported(self, "Model", model)

    def _grant(self, volume_kms_key: kms.IKey | str | None, s3_data_type: str) -> None:
        """Let the role of the model read the data and write the answers, with the keys."""
        if self._role is None:
            return
        # A manifest names objects that only it knows; they lie in its bucket as a rule.
        whole = s3_data_type != "S3Prefix"
        self._role.allow_read(self._read.whole_bucket() if whole else self._read)
        self._role.allow_write(self._written)
        if volume_kms_key is not None:
            self._role.allow_volume_key(volume_kms_key)

    def _name_prefix(self, base: str) -> str:
        """Return what the names of all runs begin with; it ends with what identifies this."""
        stack = self._provider.stack
        own = f"{name_scope(stack)}{digest(identity(self, stack), _OWN_LENGTH)}"
        room = _NAME_LENGTH - _RUN_LENGTH - len(own) - 2
        text = "batch" if is_token(base) else base[:room].strip("-")
        return f"{text}-{own}-"

    def _wait(self, waits: list[int]) -> cdk.CfnResource:
        """The construct's own resource waits for the first 55 minutes; links wait for the rest."""
        if not waits:
            return self._resource
        target = {
            "Target": "Transform",
            "TransformJobName": self._resource.get_att("TransformJobName"),
        }
        whole = sum(waits) + wait_times.LINK_SECONDS
        waiting.warn_if_long(self, "the batch transform", len(waits))
        return waiting.chain(self._provider, self, waits, whole, target, self._resource)


def _record_of(release: AutoMLRelease | None) -> dict[str, str] | None:
    """Return where it is recorded what a release serves."""
    if release is None:
        return None
    return {"Key": release.key, "TableName": release._shared.table.table_name}


def _read_location(input_data: AutoMLOutput | s3.IBucket | str) -> S3Location:
    """Return what is read: every object whose key begins so."""
    if isinstance(input_data, AutoMLOutput):
        keys = () if input_data.kms_key is None else (input_data.kms_key,)
        return S3Location(input_uri(input_data), keys)
    if isinstance(input_data, str):
        return S3Location(input_uri(input_data))
    own = input_data.encryption_key
    return S3Location(f"s3://{input_data.bucket_name}/", () if own is None else (own,))
