"""The questions that a call of an API asks IAM, with the context that the service sends.

An operation may need several rights: creating something with tags needs ``AddTags`` too, and
handing over a role ``PassRole``. A table says which; what is not in it is an error.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .decision import Question

Request = Mapping[str, Any]
TagsOf = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Place:
    """Where a call goes to."""

    account: str = "111122223333"
    region: str = "eu-west-1"
    partition: str = "aws"

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of a SageMaker resource; lower case, as the service has it."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{kind}/{name.lower()}"


_ON = {
    "create_auto_ml_job_v2": (("automl-job", "AutoMLJobName"),),
    "describe_auto_ml_job_v2": (("automl-job", "AutoMLJobName"),),
    "stop_auto_ml_job": (("automl-job", "AutoMLJobName"),),
    "create_model": (("model", "ModelName"),),
    "describe_model": (("model", "ModelName"),),
    "delete_model": (("model", "ModelName"),),
    "create_endpoint_config": (("endpoint-config", "EndpointConfigName"),),
    "describe_endpoint_config": (("endpoint-config", "EndpointConfigName"),),
    "delete_endpoint_config": (("endpoint-config", "EndpointConfigName"),),
    "create_endpoint": (("endpoint", "EndpointName"), ("endpoint-config", "EndpointConfigName")),
    "update_endpoint": (("endpoint", "EndpointName"), ("endpoint-config", "EndpointConfigName")),
    "update_endpoint_weights_and_capacities": (("endpoint", "EndpointName"),),
    "describe_endpoint": (("endpoint", "EndpointName"),),
    "delete_endpoint": (("endpoint", "EndpointName"),),
    "create_model_package": (("model-package", "ModelPackageGroupName"),),
    "describe_model_package": (("model-package", "ModelPackageName"),),
    "delete_model_package": (("model-package", "ModelPackageName"),),
    "create_transform_job": (("transform-job", "TransformJobName"),),
    "describe_transform_job": (("transform-job", "TransformJobName"),),
    "stop_transform_job": (("transform-job", "TransformJobName"),),
}
"""The kinds of resources that an operation of SageMaker is asked for, and what names them."""

_LISTS = frozenset(
    {
        "list_auto_ml_jobs",
        "list_candidates_for_auto_ml_job",
        "list_endpoint_configs",
        "list_endpoints",
        "list_models",
        "list_transform_jobs",
    }
)
_TAGGING = frozenset({"add_tags", "delete_tags", "list_tags"})
_ACTIONS = {
    "create_auto_ml_job_v2": "CreateAutoMLJobV2",
    "describe_auto_ml_job_v2": "DescribeAutoMLJobV2",
    "stop_auto_ml_job": "StopAutoMLJob",
    "list_auto_ml_jobs": "ListAutoMLJobs",
    "list_candidates_for_auto_ml_job": "ListCandidatesForAutoMLJob",
}


def action_of(operation: str) -> str:
    """Return the name of an operation as the API has it."""
    words = (word.capitalize() for word in operation.split("_"))
    return _ACTIONS.get(operation) or "".join(words)


def sagemaker(operation: str, request: Request, place: Place, tags_of: TagsOf) -> list[Question]:
    """Return what an operation of SageMaker, named as in boto3, asks.

    Args:
        operation: Such as ``create_endpoint``.
        request: Its arguments.
        place: Account and Region.
        tags_of: Tags that a resource has, by its ARN; none for what is not there.

    Raises:
        KeyError: If the operation is not known here.
    """
    action = f"sagemaker:{action_of(operation)}"
    if operation in _LISTS:
        return [Question(action, "*")]
    if operation in _TAGGING:
        context = _resource_tags(tags_of(request["ResourceArn"]))
        return [Question(action, request["ResourceArn"], context | _tags_asked(request))]
    found = []
    for kind, member in _ON[operation]:
        arn = _named(place, kind, request[member])
        own = {} if _is_made_by(operation, kind) else _resource_tags(tags_of(arn))
        found.append(Question(action, arn, own | _tags_asked(request) | _settings(request)))
    return [*found, *_dependent(operation, request, found[0].resource, place)]


def _named(place: Place, kind: str, name: str) -> str:
    """Return the ARN; of a version that is to be made, as the service asks for it."""
    if name.startswith("arn:"):
        return name
    return place.arn(kind, f"{name}/1" if kind == "model-package" else name)


def _dependent(operation: str, request: Request, arn: str, place: Place) -> Iterator[Question]:
    """Yield the rights that SageMaker asks for besides."""
    if request.get("Tags"):
        context = _tags_asked(request) | {"sagemaker:TaggingAction": action_of(operation)}
        yield Question("sagemaker:AddTags", arn, context)
    for role in _roles(request):
        context = {
            "iam:PassedToService": "sagemaker.amazonaws.com",
            "iam:AssociatedResourceArn": arn,
        }
        yield Question("iam:PassRole", role, context)
    for key in _volume_keys(operation, request):
        via = {"kms:ViaService": f"sagemaker.{place.region}.amazonaws.com"}
        key_arn = _key_arn(key, place)
        yield Question("kms:CreateGrant", key_arn, via | {"kms:GrantIsForAWSResource": "true"})
        yield Question("kms:DescribeKey", key_arn, via)


def _is_made_by(operation: str, kind: str) -> bool:
    return operation.startswith("create_") and kind == _ON[operation][0][0]


def _resource_tags(tags: Mapping[str, str]) -> dict[str, Any]:
    own = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    return own | {f"sagemaker:ResourceTag/{key}": value for key, value in tags.items()}


def _tags_asked(request: Request) -> dict[str, Any]:
    """Return the context of the tags in a request; a key that is empty is left out."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or []}
    keys = [*tags, *request.get("TagKeys", [])]
    asked: dict[str, Any] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return asked | ({"aws:TagKeys": keys} if keys else {})


def _settings(request: Request) -> dict[str, Any]:
    """Return the keys by which organisations enforce VPC and isolation."""
    vpc = request.get("VpcConfig") or request.get("SecurityConfig", {}).get("VpcConfig") or {}
    found: dict[str, Any] = {}
    if vpc:
        found["sagemaker:VpcSubnets"] = list(vpc["Subnets"])
        found["sagemaker:VpcSecurityGroupIds"] = list(vpc["SecurityGroupIds"])
    if "EnableNetworkIsolation" in request:
        found["sagemaker:NetworkIsolation"] = request["EnableNetworkIsolation"]
    return found


def _roles(request: Request) -> list[str]:
    found = [request[key] for key in ("RoleArn", "ExecutionRoleArn") if request.get(key)]
    emr = request.get("AutoMLComputeConfig", {}).get("EmrServerlessComputeConfig", {})
    return found + ([emr["ExecutionRoleARN"]] if emr else [])


def _volume_keys(operation: str, request: Request) -> list[str]:
    keys = [request.get("SecurityConfig", {}).get("VolumeKmsKeyId")]
    if operation == "create_endpoint_config":
        keys.append(request.get("KmsKeyId"))
    if operation == "create_transform_job":
        keys.append(request["TransformResources"].get("VolumeKmsKeyId"))
    return [key for key in keys if key]


def _key_arn(key: str, place: Place) -> str:
    if key.startswith("arn:"):
        return key
    what = key if key.startswith("alias/") else f"key/{key}"
    return f"arn:{place.partition}:kms:{place.region}:{place.account}:{what}"


def s3(
    operation: str, request: Request, key: str = "", place: Place | None = None
) -> list[Question]:
    """Return what an operation of S3, named as in boto3, asks.

    Args:
        operation: Such as ``list_objects_v2``.
        request: Its arguments.
        key: ARN of the KMS key of the bucket, if it has one.
        place: Account and Region.
    """
    place = place or Place()
    bucket = f"arn:{place.partition}:s3:::{request['Bucket']}"
    if operation == "list_objects_v2":
        return [Question("s3:ListBucket", bucket, {"s3:prefix": request.get("Prefix", "")})]
    if operation == "delete_objects":
        objects = request["Delete"]["Objects"]
        return [Question("s3:DeleteObject", f"{bucket}/{item['Key']}") for item in objects]
    action, decrypt = {
        "get_object": ("s3:GetObject", "kms:Decrypt"),
        "head_object": ("s3:GetObject", "kms:Decrypt"),
        "put_object": ("s3:PutObject", "kms:GenerateDataKey"),
        "upload_fileobj": ("s3:PutObject", "kms:GenerateDataKey"),
        "delete_object": ("s3:DeleteObject", ""),
        "abort_multipart_upload": ("s3:AbortMultipartUpload", ""),
    }[operation]
    found = [Question(action, f"{bucket}/{request['Key']}")]
    if key and decrypt:
        context = {
            "kms:ViaService": f"s3.{place.region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": found[0].resource,
            "kms:EncryptionContextKeys": ["aws:s3:arn"],
        }
        found.append(Question(decrypt, key, context))
    return found


def scaling(
    operation: str, request: Request, target: str, tags_of: TagsOf, place: Place | None = None
) -> list[Question]:
    """Return what an operation of Application Auto Scaling, named as in boto3, asks.

    Args:
        operation: Such as ``put_scaling_policy``.
        request: Its arguments.
        target: ARN of the scalable target that it is about; empty if there is none yet.
        tags_of: Tags that a target has, by its ARN.
        place: Account and Region.
    """
    place = place or Place()
    action = f"application-autoscaling:{action_of(operation)}"
    if operation.startswith("describe_"):
        return [Question(action, "*")]
    start = f"arn:{place.partition}:application-autoscaling:{place.region}:{place.account}"
    arn = request.get("ResourceARN") or target or f"{start}:scalable-target/new"
    own = {f"aws:ResourceTag/{key}": value for key, value in tags_of(arn).items()}
    given = request.get("Tags") or {}
    asked: dict[str, Any] = {f"aws:RequestTag/{key}": value for key, value in given.items()}
    context = own | asked | ({"aws:TagKeys": list(given)} if given else {})
    found = [Question(action, arn, context)]
    if operation == "register_scalable_target" and given:
        found.append(Question("application-autoscaling:TagResource", arn, context))
    return found


def others(operation: str, request: Request, place: Place | None = None) -> list[Question]:
    """Return what an operation of any other service asks."""
    place = place or Place()
    if operation in _OF_RELEASES:
        return _of_releases(operation, request, place)
    match operation:
        case "start_execution":
            return [Question("states:StartExecution", request["stateMachineArn"])]
        case "describe_stacks" | "describe_stack_resource" | "describe_stack_resources":
            return [Question(f"cloudformation:{action_of(operation)}", request["StackName"])]
        case "describe_stack_events" | "get_template" | "list_stack_resources":
            return [Question(f"cloudformation:{action_of(operation)}", request["StackName"])]
        case "describe_alarms":
            start = f"arn:{place.partition}:cloudwatch:{place.region}:{place.account}:alarm:"
            names = request["AlarmNames"]
            return [Question("cloudwatch:DescribeAlarms", f"{start}{name}") for name in names]
        case "delete_alarms" | "put_metric_alarm":
            start = f"arn:{place.partition}:cloudwatch:{place.region}:{place.account}:alarm:"
            names = request.get("AlarmNames") or [request["AlarmName"]]
            action = f"cloudwatch:{action_of(operation)}"
            return [Question(action, f"{start}{name}") for name in names]
        case "get_parameter" | "put_parameter" | "delete_parameter":
            name = request["Name"].lstrip("/")
            arn = f"arn:{place.partition}:ssm:{place.region}:{place.account}:parameter/{name}"
            return [Question(f"ssm:{action_of(operation)}", arn)]
    raise KeyError(operation)


_OF_RELEASES = frozenset(
    {
        *("get_item", "put_item", "query", "transact_write_items"),
        *("invoke", "invoke_endpoint", "put_events", "stop_execution"),
    }
)


def _of_releases(operation: str, request: Request, place: Place) -> list[Question]:
    match operation:
        case "stop_execution":
            return [Question("states:StopExecution", request["executionArn"])]
        case "transact_write_items":
            tables = {item["Put"]["TableName"] for item in request["TransactItems"]}
            return [_on_table("put_item", table, place) for table in sorted(tables)]
        case "put_events":
            bus = f"arn:{place.partition}:events:{place.region}:{place.account}:event-bus/default"
            sources = {entry["Source"] for entry in request["Entries"]}
            return [Question("events:PutEvents", bus, {"events:source": one}) for one in sources]
        case "invoke":
            return [Question("lambda:InvokeFunction", request["FunctionName"])]
        case "invoke_endpoint":
            arn = place.arn("endpoint", request["EndpointName"])
            return [Question("sagemaker:InvokeEndpoint", arn)]
    return [_on_table(operation, request["TableName"], place)]


def _on_table(operation: str, name: str, place: Place) -> Question:
    arn = f"arn:{place.partition}:dynamodb:{place.region}:{place.account}:table/{name}"
    return Question(f"dynamodb:{action_of(operation)}", arn)
