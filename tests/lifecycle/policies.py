"""The policy of the function as the constructs synthesize it for what a test deploys.

The properties of a test's resources are turned into constructs, these into a template, and that
into documents, once for each set of options that rights depend on. Names that only a template has
(the scope, the place of an uploaded folder, the state machine) become those of the tests.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.iam import Environment

Resources = Mapping[tuple[str, str], Mapping[str, Any]]
"""Properties by type, such as ``AutoMLModel``, and logical id."""

MACHINE = "machine"
TRANSFORM_MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:transform"
_ANY_STACK = "any-stack"
_NO_CONSTRUCTS = {"cli", "local", "reports"}
_JOB_ROLE = "arn:aws:iam::111122223333:role/job"
_HOST_ROLE = "arn:aws:iam::111122223333:role/host"
_OUTPUT = "s3://out/"
_OPTIONS = {
    "AutoMLJobV2": (
        *("AutoMLJobInputDataConfig", "AutoMLJobName", "OutputDataConfig", "RoleArn"),
        "SecurityConfig",
    ),
    "AutoMLModel": ("ExecutionRoleArn", "ModelName", "ModelPackage"),
    "AutoMLModelPackage": ("ModelPackageGroupName", "Retain"),
    "AutoMLEndpoint": ("DeploymentConfig", "EndpointName", "KmsKeyId"),
    "AutoMLInput": ("AssetBucket", "AssetKey", "Folder", "S3Uri"),
    "AutoMLCandidates": ("OutputPath",),
    "AutoMLWait": (),
    "AutoMLBatchTransform": ("TransformResources",),
}
"""Properties that rights depend on, by type."""

_USERS = frozenset({"AutoMLCandidates", "AutoMLModel", "AutoMLWait"})
"""Types that look at a job, which may be somebody else's."""


def documents_for(resources: Resources, stack_id: str) -> list[dict[str, Any]] | None:
    """Return the policies of the function; ``None`` for what no construct lets be declared."""
    wanted = {}
    scope = ""
    names = {_ANY_STACK: stack_id.rpartition("/")[2]}
    for (kind, logical_id), properties in sorted(resources.items()):
        scope = str(properties.get("NameScope", scope))
        options = {key: properties[key] for key in _OPTIONS.get(kind, ()) if key in properties}
        job = str(properties.get("AutoMLJobName", ""))
        if kind in _USERS and job != "token" and f"-{scope}" not in job:
            options["AutoMLJobName"] = foreign = f"foreign-job-{len(names)}"
            names[foreign] = job.lower()
        if kind in _OPTIONS:
            wanted[f"{kind} {logical_id}"] = options
    place = f"{stack_id.rpartition('/')[0]}/{_ANY_STACK}"
    documents = _documents(json.dumps(wanted, sort_keys=True), place, scope)
    return None if documents is None else _renamed(documents, names)


@cache
def _documents(wanted: str, stack_id: str, scope: str) -> list[dict[str, Any]] | None:
    """Return what was synthesized before, by this process or one of the same constructs."""
    digest = hashlib.sha256(f"{_sources()} {wanted} {stack_id} {scope}".encode()).hexdigest()
    kept = Path(tempfile.gettempdir()) / f"automlv2-policies-{getpass.getuser()}" / digest
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    if not kept.exists():
        with _one_at_a_time(kept.parent):
            documents = _synthesized(wanted, stack_id, scope)
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(documents))
        written.replace(kept)
    found: list[dict[str, Any]] | None = json.loads(kept.read_text())
    return found


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let no other process synthesize meanwhile: forks share one Node process."""
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@cache
def _sources() -> str:
    """Return a digest of whatever a policy depends on."""
    import cdk_automlv2

    digest = hashlib.sha256(version("aws-cdk-lib").encode())
    folder = Path(cdk_automlv2.__file__).parent
    paths = [
        path
        for path in folder.rglob("*.py")
        if path.relative_to(folder).parts[0] not in _NO_CONSTRUCTS
    ]
    for path in [Path(__file__), *sorted(paths)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _synthesized(wanted: str, stack_id: str, scope: str) -> list[dict[str, Any]] | None:
    import aws_cdk as cdk
    from aws_cdk import assertions

    from cdk_automlv2.errors import OptionsError

    name = stack_id.split("/")[1]
    stack = cdk.Stack(cdk.App(), name)
    builder = _Builder(stack)
    try:
        for title, options in json.loads(wanted).items():
            kind, _, logical_id = title.partition(" ")
            builder.add(kind, logical_id, options)
        builder.finish()
    except OptionsError:
        return None
    template = assertions.Template.from_stack(stack).to_json()
    environment = Environment(stack_name=name, stack_id=stack_id)
    documents = environment.function_documents(template)
    return _renamed(documents, builder.renamed(template, environment, scope))


class _Builder:
    """Makes the constructs that have the properties of a test's resources."""

    def __init__(self, stack: Any) -> None:
        self._stack = stack
        self._folders: dict[str, dict[str, str]] = {}
        self._jobs: list[Any] = []
        self._models: list[Any] = []
        self._later: list[tuple[str, str, dict[str, Any]]] = []

    def add(self, kind: str, logical_id: str, options: dict[str, Any]) -> None:
        """Make a construct, or note what needs one of another kind first."""
        if kind == "AutoMLWait":
            if options:
                self._attached(f"{logical_id}Link", options)
        elif kind == "AutoMLJobV2":
            self._jobs.append(self._job(f"{logical_id}Job", options))
        elif kind == "AutoMLInput":
            self._folder(f"{logical_id}Folder", options)
        else:
            self._later.append((kind, logical_id, options))

    def finish(self) -> None:
        """Make what was noted: models before the endpoints that serve them."""
        for kind, logical_id, options in sorted(
            self._later, key=lambda item: item[0] in ("AutoMLBatchTransform", "AutoMLEndpoint")
        ):
            if kind == "AutoMLModel":
                self._models.append(self._model(f"{logical_id}Model", options))
            elif kind == "AutoMLModelPackage":
                self._package(f"{logical_id}Package", options)
            elif kind == "AutoMLBatchTransform":
                self._transform(f"{logical_id}Transform", options)
            elif kind == "AutoMLEndpoint":
                self._endpoint(f"{logical_id}Endpoint", options)
            else:
                self._candidates(f"{logical_id}Candidates", options)
        if not any((self._jobs, self._models, self._folders, self._later)):
            self._job("AnyJob", {})

    def renamed(
        self, template: dict[str, Any], environment: Environment, scope: str
    ) -> dict[str, str]:
        """Return what is called otherwise in the tests, the longest names first."""
        found: dict[str, str] = {}
        for resource in template["Resources"].values():
            properties = environment.resolve(resource.get("Properties", {}), template)
            if resource["Type"].startswith("Custom::AutoML") and scope:
                found[properties["NameScope"]] = scope
                found[properties["StateMachineArn"]] = MACHINE
                if "TransformMachineArn" in properties:
                    found[properties["TransformMachineArn"]] = TRANSFORM_MACHINE
            if resource["Type"] == "Custom::AutoMLInput":
                found |= self._place_of(properties)
        return dict(sorted(found.items(), key=lambda item: -len(item[0])))

    def _place_of(self, properties: dict[str, Any]) -> dict[str, str]:
        [options] = self._folders.values()
        asset = f"{properties['AssetBucket']}/{properties['AssetKey']}"
        return {
            _key(properties["S3Uri"]): _key(options["S3Uri"]),
            _key(properties["Folder"]): _key(_folder_of(options)),
            asset: f"{options['AssetBucket']}/{options['AssetKey']}",
        }

    def _job(self, id: str, options: dict[str, Any], *channels: Any) -> Any:
        from cdk_automlv2 import AutoMLDataChannel, AutoMLJobV2, AutoMLTabularConfig

        sources = [item["DataSource"]["S3DataSource"] for item in options.get(_INPUTS, [])]
        inputs = [AutoMLDataChannel(item["S3DataType"], item["S3Uri"]) for item in sources]
        output = options.get("OutputDataConfig", {})
        return AutoMLJobV2(
            self._stack,
            id,
            problem_config=AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600),
            inputs=[*inputs, *channels] or AutoMLDataChannel("S3Prefix", "s3://in/train/"),
            output_path=output.get("S3OutputPath", _OUTPUT),
            output_kms_key=output.get("KmsKeyId"),
            volume_kms_key=options.get("SecurityConfig", {}).get("VolumeKmsKeyId"),
            role=options.get("RoleArn", _JOB_ROLE),
            job_name=options.get("AutoMLJobName"),
        )

    def _folder(self, id: str, options: dict[str, str]) -> None:
        from cdk_automlv2 import LocalAutoMLDataChannel

        self._folders[id] = options
        output = _folder_of(options).partition("/inputs/")[0]
        channel = LocalAutoMLDataChannel("S3Prefix", _some_folder())
        self._job(id, {"OutputDataConfig": {"S3OutputPath": f"{output}/"}}, channel)

    def _model(self, id: str, options: dict[str, Any]) -> Any:
        from cdk_automlv2 import AutoMLModel

        role = options.get("ExecutionRoleArn", _HOST_ROLE)
        if "ModelPackage" in options:
            arn = options["ModelPackage"]
            return AutoMLModel.from_model_package(self._stack, id, arn, role=role)
        is_own = self._jobs and "AutoMLJobName" not in options
        job = self._jobs[0] if is_own else self._attached(id, options)
        return AutoMLModel(self._stack, id, job=job, role=role, name=options.get("ModelName"))

    def _package(self, id: str, options: dict[str, Any]) -> None:
        import aws_cdk as cdk

        from cdk_automlv2 import AutoMLModel, ModelRegistration

        stays = options.get("Retain", "true") == "true"
        policy = cdk.RemovalPolicy.RETAIN if stays else cdk.RemovalPolicy.DESTROY
        register_in = ModelRegistration(options["ModelPackageGroupName"], removal_policy=policy)
        job = self._attached(id, {})
        AutoMLModel(self._stack, id, job=job, role=_HOST_ROLE, register_in=register_in)

    def _endpoint(self, id: str, options: dict[str, Any]) -> None:
        from cdk_automlv2 import AutoMLEndpoint, Deployment

        alarms = options.get("DeploymentConfig", {}).get("AutoRollbackConfiguration")
        AutoMLEndpoint(
            self._stack,
            id,
            model=self._models[0] if self._models else self._model(f"{id}Model", {}),
            instance_type="ml.m5.large",
            endpoint_name=options.get("EndpointName"),
            volume_kms_key=options.get("KmsKeyId"),
            deployment=Deployment.all_at_once(alarms=["any"]) if alarms else None,
        )

    def _transform(self, id: str, options: dict[str, Any]) -> None:
        from cdk_automlv2.batch.transform import AutoMLBatchTransform

        resources = options.get("TransformResources", {})
        AutoMLBatchTransform(
            self._stack,
            id,
            model=self._models[0] if self._models else self._model(f"{id}Model", {}),
            input_data="s3://in/new/",
            output="s3://out/answers/",
            instance_type=resources.get("InstanceType", "ml.m5.large"),
            volume_kms_key=resources.get("VolumeKmsKeyId"),
        )

    def _candidates(self, id: str, options: dict[str, Any]) -> None:
        from cdk_automlv2 import AutoMLCandidates

        AutoMLCandidates(self._stack, id, job=self._attached(id, options))

    def _attached(self, id: str, options: dict[str, Any]) -> Any:
        from cdk_automlv2 import AutoMLJobV2

        name = options.get("AutoMLJobName", "somebodys-job")
        output = options.get("OutputPath", _OUTPUT)
        return AutoMLJobV2.from_auto_ml_job_name(
            self._stack, f"{id}Job", str(name), output_path=output
        )


_INPUTS = "AutoMLJobInputDataConfig"


@cache
def _some_folder() -> str:
    folder = Path(tempfile.mkdtemp(prefix="automlv2-folder-"))
    (folder / "0.csv").write_text("x,y\n1,2\n")
    return str(folder)


def _folder_of(options: Mapping[str, str]) -> str:
    parent = options["S3Uri"].rstrip("/").rpartition("/")[0]
    return options.get("Folder", f"{parent}/")


def _key(uri: str) -> str:
    return uri.removeprefix("s3://").partition("/")[2]


def _renamed(documents: list[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    text = json.dumps(documents)
    for before, after in names.items():
        text = text.replace(json.dumps(before)[1:-1], json.dumps(after)[1:-1])
    renamed: list[dict[str, Any]] = json.loads(text)
    return renamed
