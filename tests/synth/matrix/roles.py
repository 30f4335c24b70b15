"""May the roles of jobs and models do what they are for?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.iam import Question, calls, evaluate
from tests.lifecycle.fake_aws import FakeAws

_PLACE = calls.Place()


class Roles:
    """Policies by the name of the role, whichever stack they stand in."""

    def __init__(self) -> None:
        self._documents: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._made: set[str] = set()

    def add(self, kind: str, properties: dict[str, Any], arn: str) -> None:
        """Note a role, or what is granted to one."""
        if kind == "AWS::IAM::Role":
            name = arn.rpartition("/")[2]
            self._made.add(name)
            self._documents[name] += [
                item["PolicyDocument"] for item in properties.get("Policies", [])
            ]
        elif kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for name in properties.get("Roles", []):
                self._documents[name].append(properties["PolicyDocument"])

    def check(self, kind: str, properties: dict[str, Any], aws: FakeAws) -> None:
        """Ask IAM for what a job or model is going to do.

        Raises:
            AssertionError: If it may not.
        """
        arn = properties.get("RoleArn") or properties.get("ExecutionRoleArn") or ""
        name = arn.rpartition("/")[2]
        if name not in self._documents:
            return  # A role of somebody else's, which is not granted anything.
        questions = _of_job(properties) if kind == "AutoMLJobV2" else _of_model(properties, aws)
        for question in questions:
            allowed = evaluate(self._documents[name], question).allowed
            assert allowed, f"{kind}: {name} may not {question}"


def _of_job(properties: dict[str, Any]) -> Iterator[Question]:
    for channel in properties["AutoMLJobInputDataConfig"]:
        yield from _reading(channel["DataSource"]["S3DataSource"]["S3Uri"])
    output = properties["OutputDataConfig"]
    key = output.get("KmsKeyId", "")
    bucket, prefix = _split(output["S3OutputPath"])
    for operation in ("put_object", "get_object"):
        request = {"Bucket": bucket, "Key": f"{prefix}job/model.tar.gz"}
        yield from calls.s3(operation, request, key, _PLACE)
    yield Question("logs:PutLogEvents", _logs("log-group:/aws/sagemaker/Jobs:log-stream:x"))
    security = properties.get("SecurityConfig", {})
    if "VpcConfig" in security:
        yield Question("ec2:CreateNetworkInterface", "*")
    if "VolumeKmsKeyId" in security:
        context = {"kms:GrantIsForAWSResource": "true"}
        yield Question("kms:CreateGrant", security["VolumeKmsKeyId"], context)


def _of_model(properties: dict[str, Any], aws: FakeAws) -> Iterator[Question]:
    if "ModelPackage" in properties:
        package = aws.packages[properties["ModelPackage"]]
        for container in package["InferenceSpecification"]["Containers"]:
            yield from _reading(f"{container['ModelDataUrl'].rpartition('/')[0]}/")
        return
    job = aws.jobs[properties["AutoMLJobName"].lower()]["Request"]
    output = job["OutputDataConfig"]
    yield from _reading(f"{output['S3OutputPath']}job/", output.get("KmsKeyId", ""))


def _reading(uri: str, key: str = "") -> Iterator[Question]:
    bucket, prefix = _split(uri)
    yield from calls.s3("list_objects_v2", {"Bucket": bucket, "Prefix": prefix}, key, _PLACE)
    yield from calls.s3("get_object", {"Bucket": bucket, "Key": f"{prefix}x"}, key, _PLACE)


def _split(uri: str) -> tuple[str, str]:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix


def _logs(resource: str) -> str:
    return f"arn:aws:logs:{_PLACE.region}:{_PLACE.account}:{resource}"
